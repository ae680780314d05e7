"""What may be used, owed, given and shared: the rules one by one."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from onehall.domains.billing.model import Payer
from onehall.domains.billing.rules import charging
from onehall.kernel.refusals import Refusal

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def payer(**more: Any) -> Payer:
    """This will make an account while it is rated."""
    plain = {
        "id": "a", "party": None, "unit": None, "mode": "prepaid", "currency": "CNY", "free": 100, "floor": 0, "unbilled": 0,
        "credit_limit": 0, "cycle_day": 1,
    }  # fmt: skip
    return Payer(**(plain | more))


@pytest.mark.parametrize(("free", "unbilled", "owes"), [(100, 0, -100), (-3000, 500, 3500), (0, 0, 0)])
def test_owing_is_what_bills_left_open_and_what_was_used_since(free: int, unbilled: int, owes: int) -> None:
    assert charging.owing(free, unbilled) == owes


@pytest.mark.parametrize(
    ("mode", "free", "unbilled", "limit", "over"),
    [("postpaid", -900, 100, 1000, False), ("postpaid", -900, 101, 1000, True), ("postpaid", -9**9, 0, 0, False),
     ("prepaid", -1, 9, 1, False)],  # fmt: skip
)
def test_is_over_credit_only_beyond_the_limit(mode: str, free: int, unbilled: int, limit: int, over: bool) -> None:
    assert charging.is_over_credit(mode, free, unbilled, limit) is over


@pytest.mark.parametrize(
    ("account", "more", "may"),
    [
        (payer(), 100, True), (payer(), 101, False), (payer(floor=-50), 150, True), (payer(free=-5), 0, True),
        (payer(mode="postpaid", free=0, credit_limit=100), 100, True), (payer(mode="postpaid", free=0, credit_limit=100), 101, False),
        (payer(mode="postpaid", free=0), 10**9, True),
    ],
)  # fmt: skip
def test_may_owe_as_far_as_money_or_credit_reaches(account: Payer, more: int, may: bool) -> None:
    assert charging.may_owe(account, more) is may


@pytest.mark.parametrize(
    ("limits", "spent", "data", "passed"),
    [({}, 9, D(9), ""), ({"spend_limit": 10}, 10, D(9), ""), ({"spend_limit": 10}, 11, D(9), "money"),
     ({"data_cap": D(8)}, 0, D(9), "data")],
)
def test_limit_passed_names_what_went_beyond(limits: dict[str, Any], spent: int, data: D, passed: str) -> None:
    assert charging.limit_passed(payer(**limits), spent, data) == passed


@pytest.mark.parametrize(
    ("why", "state", "gone"),
    [("credit", (False, True, True), True), ("credit", (True, False, False), False), ("arrears", (True, False, True), True),
     ("arrears", (False, True, False), False), ("empty", (True, True, False), True), ("empty", (False, False, True), False)],
)  # fmt: skip
def test_is_reason_gone_looks_at_its_own_reason(why: str, state: tuple[bool, bool, bool], gone: bool) -> None:
    over, overdue, owing = state
    assert charging.is_reason_gone(why, over_credit=over, overdue=overdue, owing_fee=owing) is gone


@pytest.mark.parametrize(("last", "fresh"), [(None, True), (NOW - timedelta(days=29), False), (NOW - timedelta(days=30), True)])
def test_is_new_trip_after_thirty_days(last: datetime | None, fresh: bool) -> None:
    assert charging.is_new_trip(last, NOW) is fresh


@pytest.mark.parametrize(
    ("words", "amount"), [("100", 100), (" 5 MB", 5), ("0", None), ("1.5", None), ("-1", None), ("x", None), ("9999999", None)],
)
def test_gift_amount_is_whole_mb(words: str, amount: int | None) -> None:
    if amount is not None:
        assert charging.gift_amount(words) == amount
        return
    with pytest.raises(Refusal, match=r"gift\.amount"):
        charging.gift_amount(words)


@pytest.mark.parametrize(
    ("amount", "left", "given", "times", "code"),
    [(10, 10, 0, 0, ""), (11, 10, 0, 0, "gift.left"), (2, 9, 20_479, 0, "gift.month"), (1, 9, 0, 10, "gift.times")],
)
def test_check_gift_keeps_to_what_is_left_and_to_the_month(amount: int, left: int, given: int, times: int, code: str) -> None:
    if not code:
        charging.check_gift(amount, D(left), D(given), times)
        return
    with pytest.raises(Refusal, match=code.replace(".", r"\.")):
        charging.check_gift(amount, D(left), D(given), times)


@pytest.mark.parametrize(("of", "may"), [("line-1", True), ("gift:1", False), ("rolled:line-1", False)])
def test_may_be_given_only_what_is_ones_own(of: str, may: bool) -> None:
    assert charging.may_be_given(of) is may


@pytest.mark.parametrize(
    ("of", "months", "left", "rolls"), [("p", 1, 5, True), ("p", 0, 5, False), ("p", 1, 0, False), ("rolled:p", 1, 5, False)],
)
def test_rolls_over_once_where_the_plan_says_so(of: str, months: int, left: int, rolls: bool) -> None:
    assert charging.rolls_over(of, months, D(left)) is rolls


def test_member_number_has_eleven_digits() -> None:
    assert charging.member_number("+86 138-0000-0001") == "13800000001"
    with pytest.raises(Refusal, match=r"number\.form"):
        charging.member_number("1380000000")


@pytest.mark.parametrize("rule", [charging.member_limit, charging.own_limit])
def test_member_limit_and_own_limit_are_whole_numbers(rule: Any) -> None:
    assert [rule("0"), rule(" 300 ")] == [0, 300]
    for words in ("-1", "1.5", "much", "1000001"):
        with pytest.raises(Refusal, match=r"limit\.form"):
            rule(words)


def test_check_members_lets_nine_in() -> None:
    charging.check_members(8)
    with pytest.raises(Refusal, match=r"share\.full"):
        charging.check_members(9)


@pytest.mark.parametrize(
    ("kind", "amount", "code"),
    [("data_mb", "1", ""), ("data_mb", "0", "use.amount"), ("data_mb", "NaN", "use.amount"), ("data_mb", "1e10", "use.amount"),
     ("", "1", "use.kind"), ("a b", "1", "use.kind")],
)  # fmt: skip
def test_check_wanted_takes_more_than_nothing_of_a_named_kind(kind: str, amount: str, code: str) -> None:
    if not code:
        charging.check_wanted(kind, D(amount))
        return
    with pytest.raises(Refusal, match=code.replace(".", r"\.")):
        charging.check_wanted(kind, D(amount))


@pytest.mark.parametrize(("seconds", "lasts"), [(600, 600), (7200, 3600), (0, 1)])
def test_lease_is_as_long_as_asked_and_allowed(seconds: int, lasts: int) -> None:
    assert charging.lease(seconds, 60) == timedelta(seconds=lasts)


def test_is_known_kind_of_allowance() -> None:
    assert [charging.is_known_kind(kind) for kind in ("data_mb", "voice_min", "sms", "video")] == [True, True, True, False]
