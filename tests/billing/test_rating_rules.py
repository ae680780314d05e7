"""What use costs, by tables of cases."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest

from onehall.domains.billing.model import Draw, Pool, Subscription, Use
from onehall.domains.billing.rules import rating
from onehall.domains.catalogue import Case, Tariff, Tier

AT = datetime(2026, 3, 10, 4, tzinfo=UTC)  # a Tuesday, noon in the operator's zone
FLAT = (Tier(D(10)),)
STEPS = (Tier(D(10), up_to=D(100)), Tier(D(5), up_to=D(200)), Tier(D(2)))


def use(kind="voice_min", amount="1", at=AT, **more) -> Use:
    return Use(source="t", record="1", number="n", kind=kind, amount=D(amount), at=at, **more)


def pool(id_: str, total: str, used: str = "0", *, until=None, start=AT - timedelta(days=1), **more) -> Pool:
    return Pool(id_, "plan", "data_mb", D(total), D(used), D(0), start, until, **more)


@pytest.mark.parametrize(
    ("case", "amount", "counted"),
    [
        (Case(step=D(1)), "8.52", "9"), (Case(step=D(1)), "9.00", "9"), (Case(step=D(1)), "0", "0"), (Case(step=D(1)), "0.01", "1"),
        (Case(step=D(0)), "89.86", "89.86"), (Case(step=D("0.1")), "0.11", "0.2"), (Case(step=D(1), least=D(3)), "1", "3"),
        (Case(step=D(1), free=D(2)), "4.5", "3"), (Case(step=D(1), free=D(2)), "1", "0"),
        (Case(step=D(1), least=D(5), free=D(2)), "1", "3"),  # what is free is free of the least too
    ],
)  # fmt: skip
def test_a_record_counts_in_whole_steps(case: Case, amount: str, counted: str) -> None:
    assert rating.units(case, D(amount)) == D(counted)


@pytest.mark.parametrize(
    ("case", "left_over", "minor"),
    [
        (Case(tiers=FLAT), "3", "30"), (Case(tiers=FLAT), "0", "0"), (Case(tiers=(Tier(D(1000), D(1024)),)), "1024", "1000"),
        (Case(tiers=(Tier(D(1000), D(1024)),)), "1024.01", "2000"),  # the second GB is begun
        (Case(tiers=STEPS), "100", "1000"), (Case(tiers=STEPS), "150", "1250"),  # 100 * 10 + 50 * 5
        (Case(tiers=STEPS), "300", "1700"),  # 100 * 10 + 100 * 5 + 100 * 2
        (Case(tiers=STEPS, model="volume"), "100", "1000"), (Case(tiers=STEPS, model="volume"), "150", "750"),  # 150 * 5
        (Case(tiers=STEPS, model="volume"), "300", "600"),
    ],
)  # fmt: skip
def test_cost_by_tier(case: Case, left_over: str, minor: str) -> None:
    assert rating.cost(case, D(left_over)) == D(minor)


def test_price_is_what_a_record_adds_to_the_month() -> None:
    gigabytes = Case(basis="month", tiers=(Tier(D(1000), D(1024)),))
    assert [rating.price(gigabytes, D(before), D(500)) for before in (0, 500, 1000, 1500)] == [1000, 0, 1000, 0]
    volume = Case(basis="month", model="volume", tiers=STEPS)
    assert rating.price(volume, D(100), D(1)) == 505 - 1000  # 101 * 5: all units become cheaper
    third = Case(tiers=(Tier(D("0.5")),))
    assert [rating.price(third, D(0), D(1)), rating.rounded(D("0.49")), rating.rounded(D("0.5"))] == [1, 0, 1]


def test_the_first_case_that_fits_prices_a_use() -> None:
    night = Case(key="night", hours=(22 * 60, 6 * 60), tiers=FLAT)
    rest = Case(key="rest", days=("restday",), tiers=FLAT)
    abroad = Case(key="abroad", zones=("JP",), tiers=FLAT)
    short = Case(key="short", prefixes=("95", "96"), tiers=FLAT)
    tariff = Tariff("voice_min", (abroad, short, night, rest, Case(key="day", tiers=FLAT)))

    def key(**more) -> str | None:
        found = rating.case_of(tariff, use(**more), lambda day: rating.day_kind(day, {date(2026, 3, 11): "restday"}))
        return found.key if found else None

    assert [key(), key(zone="JP"), key(peer="95588"), key(at=AT + timedelta(hours=10))] == ["day", "abroad", "short", "night"]
    assert [key(at=AT + timedelta(hours=17)), key(at=AT + timedelta(hours=24))] == ["night", "rest"]  # 05:00, and a public holiday
    assert rating.case_of(Tariff("voice_min", (abroad,)), use(), lambda day: "workday") is None


def test_a_day_is_what_the_calendar_says_or_its_weekday() -> None:
    holidays = {date(2026, 10, 1): "restday", date(2026, 10, 10): "workday"}
    days = [date(2026, 10, 1), date(2026, 10, 10), date(2026, 10, 11), date(2026, 10, 12)]
    assert [rating.day_kind(day, holidays) for day in days] == ["restday", "workday", "restday", "workday"]


def test_allowances_are_drawn_by_priority_then_end_then_age() -> None:
    soon, late, first = pool("b", "10", until=AT + timedelta(1)), pool("a", "10"), pool("z", "10", priority=-1)
    old = pool("0", "9", until=AT)
    order = rating.drawing_order([late, soon, first, old])
    assert [one.id for one in order] == ["z", "0", "b", "a"]
    assert rating.draws(order, "data_mb", "l", AT, D(25)) == [Draw("z", D(10)), Draw("b", D(10)), Draw("a", D(5))]  # "0" has ended
    assert rating.draws(order, "sms", "l", AT, D(1)) == []


def test_members_draw_no_more_than_their_share() -> None:
    shared = pool("s", "100", "60", members={"a": (D(30), D(25)), "b": (None, D(35))})
    assert [rating.draws([shared], "data_mb", line, AT, D(50)) for line in "abc"] == [[Draw("s", D(5))], [Draw("s", D(40))], []]


@pytest.mark.parametrize(
    ("minor", "unbilled", "free", "floor", "mode", "main", "owed"),
    [
        (500, 0, 800, 0, "prepaid", -500, 0), (500, 0, 300, 0, "prepaid", -300, 200), (500, 0, 0, -200, "prepaid", -200, 300),
        (500, 70, -900, 0, "prepaid", 0, 500), (-500, 200, 0, 0, "prepaid", 300, -200), (-100, 200, 0, 0, "prepaid", 0, -100),
        (500, 0, 800, 0, "postpaid", 0, 500), (-500, 0, 800, 0, "postpaid", 0, -500),
    ],
)  # fmt: skip
def test_use_is_settled_from_prepaid_money_first(
    minor: int, unbilled: int, free: int, floor: int, mode: str, main: int, owed: int
) -> None:
    assert rating.settled(minor, unbilled, free, floor, mode) == (main, owed)
    assert owed - main == minor


@pytest.mark.parametrize(
    ("used", "alerted", "told"),
    [("49.9", 0, 0), ("50", 0, 50), ("79", 50, 0), ("80", 50, 80), ("100", 0, 100), ("100", 100, 0), ("100", 80, 100)],
)
def test_a_share_is_told_once(used: str, alerted: int, told: int) -> None:
    assert rating.reached(D(0), D(used), D(100), alerted) == told


def test_a_cycle_begins_on_the_accounts_day() -> None:
    midnight = datetime(2026, 2, 28, 16, tzinfo=UTC)  # the first of March in the operator's zone
    assert [rating.cycle_start(midnight, day) for day in (1, 2, 28)] == [date(2026, 3, 1), date(2026, 2, 2), date(2026, 2, 28)]


def test_the_plan_that_the_number_had_rates_a_record() -> None:
    def plan(id_: str, since: datetime, until: datetime | None) -> Subscription:
        return Subscription(id_, "a", "l", "n", "l", "plan", id_, None, {}, 0, "CNY", since, until)

    both = [plan("old", AT - timedelta(9), AT), plan("new", AT, None)]
    found = [rating.plan_at(both, "n", at) for at in (AT - timedelta(10), AT - timedelta(1), AT)]
    assert [one.id if one else None for one in found] == [None, "old", "new"]
    assert rating.plan_at(both, "another", AT) is None


def test_order_counts_where_prices_or_allowances_differ() -> None:
    even, night = Case(step=D(1), tiers=FLAT), Case(key="night", hours=(0, 360), tiers=FLAT)
    month, next_month = pool("a", "1", until=AT + timedelta(1)), pool("b", "1", start=AT + timedelta(1))
    plain = [Tariff("data_mb", (even,))]
    assert rating.counts_in_any_order(plain, [month, next_month], "data_mb")
    assert rating.counts_in_any_order(plain, [pool("a", "1"), pool("b", "1")], "data_mb")
    assert not rating.counts_in_any_order(plain, [month, pool("c", "1")], "data_mb")
    assert not rating.counts_in_any_order([Tariff("data_mb", (night, even))], [], "data_mb")
    assert not rating.counts_in_any_order([*plain, Tariff("data_mb", (Case(step=D(2), tiers=FLAT),))], [], "data_mb")
    assert not rating.counts_in_any_order([Tariff("data_mb", (Case(step=D(1), tiers=(Tier(D("0.5")),)),))], [], "data_mb")
    assert not rating.counts_in_any_order(plain, [pool("a", "1", members={"x": (None, D(0))})], "data_mb")
