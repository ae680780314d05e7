"""The decisions on bills, case by case."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from onehall.domains.billing import rules
from onehall.domains.billing.model.bills import TaxRate
from onehall.domains.billing.model.usage import Subscription
from onehall.kernel.i18n import ZONE
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal

bills = rules.bills
JUNE = date(2026, 6, 1)


def at(month: int, day: int, hour: int = 0) -> datetime:
    """A time in the operator's zone."""
    return datetime(2026, month, day, hour, tzinfo=ZONE)


def test_a_cycle_begins_at_midnight_here() -> None:
    assert bills.midnight(JUNE) == datetime(2026, 5, 31, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cycle", "after"), [(JUNE, date(2026, 7, 1)), (date(2026, 12, 15), date(2027, 1, 15)), (date(2026, 1, 28), date(2026, 2, 28))]
)
def test_the_next_cycle_and_the_one_before(cycle: date, after: date) -> None:
    assert (bills.next_cycle(cycle), bills.cycle_before(after)) == (after, cycle)


@pytest.mark.parametrize(
    ("since", "day", "now", "cycles"),
    [
        (at(5, 20), 1, at(7, 1), [date(2026, 5, 1), JUNE]),
        (at(5, 20), 1, at(7, 1) - timedelta(seconds=1), [date(2026, 5, 1)]),
        (at(6, 20), 15, at(7, 15), [date(2026, 6, 15)]),
        (at(6, 20), 1, at(6, 30), []),
    ],
)
def test_only_cycles_that_are_over_are_billed(since: datetime, day: int, now: datetime, cycles: list[date]) -> None:
    assert bills.closed_cycles(since, day, now) == cycles


@pytest.mark.parametrize(
    ("mode", "since", "until", "share"),
    [
        ("whole", at(6, 30), None, Fraction(1)),
        ("whole", at(1, 1), at(6, 2), Fraction(1)),
        ("whole", at(1, 1), at(6, 1), Fraction(0)),  # it ended as the cycle began
        ("whole", at(7, 1), None, Fraction(0)),
        ("half", at(6, 15, 23), None, Fraction(1)),
        ("half", at(6, 16), None, Fraction(1, 2)),
        ("half", at(1, 1), at(6, 16), Fraction(1, 2)),  # 15 days stood
        ("half", at(1, 1), at(6, 17), Fraction(1)),
        ("per_day", at(6, 16), None, Fraction(15, 30)),  # the 16th to the 30th
        ("per_day", at(6, 30, 23), None, Fraction(1, 30)),
        ("per_day", at(1, 1), at(6, 10, 12), Fraction(10, 30)),  # the 10th counts
        ("per_day", at(1, 1), at(6, 11), Fraction(10, 30)),  # the 11th does not
        ("per_day", at(6, 5), at(6, 8), Fraction(3, 30)),
        ("per_day", at(1, 1), None, Fraction(1)),
    ],
)
def test_a_part_of_a_cycle(mode: str, since: datetime, until: datetime | None, share: Fraction) -> None:
    assert bills.share_of_cycle(mode, JUNE, since, until) == share


@pytest.mark.parametrize(("mode", "changed", "then"), [("whole", True, "per_day"), ("whole", False, "whole"), ("half", False, "half")])
def test_a_change_of_plan_within_a_cycle_goes_by_the_day(mode: str, changed: bool, then: str) -> None:
    assert bills.mode_of_cycle(mode, changed) == then


@pytest.mark.parametrize(
    ("fee", "share", "minor"),
    [(5900, Fraction(1), 5900), (5901, Fraction(1, 2), 2951), (5900, Fraction(10, 31), 1903), (1, Fraction(1, 3), 0)],
)
def test_a_part_of_a_fee(fee: int, share: Fraction, minor: int) -> None:
    assert bills.part_of_fee(fee, share) == minor  # 5900 * 10 / 31 = 1903.2; 5901 / 2 = 2950.5


@pytest.mark.parametrize(("when", "used", "owes"), [("always", False, True), ("used", False, False), ("used", True, True)])
def test_who_owes_a_fee(when: str, used: bool, owes: bool) -> None:
    assert bills.owes_fee(when, used) is owes


@pytest.mark.parametrize(
    ("of", "percent", "amount", "minor"),
    [(5900, Decimal(20), 0, 1180), (5905, Decimal(10), 0, 591), (5900, None, 1000, 1000), (500, None, 1000, 500), (0, Decimal(50), 0, 0)],
)
def test_a_discount(of: int, percent: Decimal | None, amount: int, minor: int) -> None:
    assert bills.discount(of, percent, amount) == minor  # 590.5 counts as 591


@pytest.mark.parametrize(
    ("cycle", "months", "stands"), [(JUNE, 1, True), (date(2026, 7, 1), 1, False), (date(2026, 7, 1), 2, True), (date(2030, 1, 1), 0, True)]
)
def test_what_runs_for_some_months(cycle: date, months: int, stands: bool) -> None:
    assert bills.stands_in(at(6, 20), cycle, 1, months) is stands


def test_cycles_are_counted() -> None:
    assert bills.cycles_between(date(2025, 11, 1), date(2026, 2, 1)) == 3


def test_instalments_sum_to_the_whole() -> None:
    whole = Money(299900)
    parts = [bills.instalment(whole, 7, part) for part in range(1, 8)]
    assert (sum(part.minor for part in parts), parts[0], parts[6]) == (299900, Money(42843), Money(42842))  # 299900 / 7 = 42842.86
    assert bills.instalments_left(whole, 7, 5) == Money(42843 + 42842)
    assert bills.instalments_left(whole, 7, 7) == Money(0)


@pytest.mark.parametrize(
    ("until", "months"), [(None, 0), (at(6, 1), 0), (at(6, 15), 0), (at(6, 16), 1), (at(7, 15), 1), (at(7, 16), 2), (at(12, 31), 7)]
)
def test_months_that_are_left(until: datetime | None, months: int) -> None:
    assert bills.months_left(until, at(6, 15)) == months


@pytest.mark.parametrize(
    ("months", "least", "percent", "minor"), [(7, 4900, 90, 30870), (0, 4900, 90, 0), (3, 33, 50, 50), (1, 4900, 100, 4900)]
)
def test_leaving_early(months: int, least: int, percent: int, minor: int) -> None:
    assert bills.early_exit(months, Money(least), Decimal(percent)) == Money(minor)  # 7 x 49.00 x 90 %; 49.5 counts as 50


@pytest.mark.parametrize(
    ("kind", "category"), [("instalment", "goods"), ("device", "goods"), ("service", "value_added"), ("plan", "basic"), ("", "basic")]
)
def test_what_is_taxed_as_what(kind: str, category: str) -> None:
    assert bills.tax_category(kind) == category


@pytest.mark.parametrize(
    ("currency", "day", "percent"),
    [("CNY", date(2019, 4, 1), 9), ("CNY", date(2019, 3, 31), 10), ("CNY", date(2018, 4, 30), 0), ("USD", JUNE, 0)],
)
def test_the_rate_of_tax_of_a_day(currency: str, day: date, percent: int) -> None:
    rates = [
        TaxRate("CNY", "basic", date(2019, 4, 1), None, Decimal(9)),
        TaxRate("CNY", "basic", date(2018, 5, 1), date(2019, 4, 1), Decimal(10)),
    ]
    assert bills.tax_percent(rates, currency, "basic", day) == percent


@pytest.mark.parametrize(("minor", "percent", "tax"), [(10900, 9, 900), (5900, 9, 487), (-5900, 9, -487), (100, 0, 0), (5900, 6, 334)])
def test_tax_is_contained(minor: int, percent: int, tax: int) -> None:
    assert bills.tax_contained(minor, Decimal(percent)) == tax  # 5900 x 9 / 109 = 487.16; 5900 x 6 / 106 = 333.96


def test_a_bill_is_due_at_the_end_of_the_twentieth_day_after() -> None:
    assert bills.due_on(at(7, 1, 3)) == datetime(2026, 7, 21, 23, 59, 59, tzinfo=ZONE)


@pytest.mark.parametrize(("owed", "before", "due"), [(7000, 0, 7000), (7000, 2000, 5000), (0, 0, 0), (1000, 2000, 0)])
def test_what_is_due(owed: int, before: int, due: int) -> None:
    assert bills.due(owed, before) == due


@pytest.mark.parametrize(
    ("due", "paid", "status"), [(0, 0, "settled"), (100, 0, "sent"), (100, 40, "partially_paid"), (100, 100, "settled")]
)
def test_the_status_of_a_bill(due: int, paid: int, status: str) -> None:
    assert bills.bill_status(due, paid) == status


def test_the_number_of_a_bill() -> None:
    assert bills.bill_no(JUNE, 0, "05qnwsq801xe9gpw3gm6gcms") == "202606-W3GM6GCMS"[:7] + "PW3GM6GCMS"
    assert bills.bill_no(JUNE, 2, "05qnwsq801xe9gpw3gm6gcms").endswith("-2")


@pytest.mark.parametrize(
    ("status", "minor", "days", "code"), [("", 100, 151, "dispute.late"), ("", 0, 1, "dispute.nothing"), ("open", 100, 1, "dispute.known")]
)
def test_what_cannot_be_contested(status: str, minor: int, days: int, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        bills.check_dispute(status, minor, at(1, 1), at(1, 1) + timedelta(days=days))


def test_what_can_be_contested() -> None:
    bills.check_dispute("", 1, at(1, 1), at(1, 1) + timedelta(days=150))


@pytest.mark.parametrize("wanted", [0, -1, 61])
def test_no_more_is_given_back_than_was_billed(wanted: int) -> None:
    bills.check_credit(60, 100, 40)
    with pytest.raises(Refusal, match="credit.amount"):
        bills.check_credit(wanted, 100, 40)


@pytest.mark.parametrize(
    ("fees", "free", "floor", "taken"), [([5900, 1000], 6900, 0, 6900), ([5900, 1000], 6899, 0, 0), ([100], 0, -100, 100), ([], 0, 0, 0)]
)
def test_fees_in_advance_are_taken_together_or_not_at_all(fees: list[int], free: int, floor: int, taken: int) -> None:
    assert bills.advance_due(fees, free, floor) == taken


def plan(id_: str, since: datetime, until: datetime | None) -> Subscription:
    """A plan of the line."""
    return Subscription(id_, "a", "line", "186", "line", "plan", id_, None, "x", 5900, "CNY", since, until, {})


def test_what_stands_in_a_cycle_and_what_changed_in_it() -> None:
    old, new, over, never = (
        plan("a", at(1, 1), at(6, 10)),
        plan("b", at(6, 10), None),
        plan("c", at(1, 1), at(6, 1)),
        plan("d", at(6, 5), at(6, 5)),
    )
    assert bills.standing([old, new, over, never], JUNE) == [old, new]
    assert bills.changed_in(old, [old, new], JUNE) and bills.changed_in(new, [old, new], JUNE)
    assert not bills.changed_in(new, [new], JUNE) and not bills.changed_in(plan("e", at(6, 1), None), [over], JUNE)


def test_half_a_fen_counts_as_one_on_either_side() -> None:
    assert (bills.rounded(Decimal("0.5")), bills.rounded(Decimal("-0.5")), bills.rounded(Decimal("0.4"))) == (1, -1, 0)
