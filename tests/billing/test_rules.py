"""The decisions of billing, case by case."""

from datetime import UTC, date, datetime

import pytest

from onehall.domains.billing import rules
from onehall.domains.billing.model import Book, Leg, Move, Side
from onehall.kernel.money import Money, money
from onehall.kernel.refusals import Refusal

A, B, C = Side(Book.MAIN, "a"), Side(Book.REVENUE), Side(Book.CLEARING, "p")


@pytest.mark.parametrize(("words", "fen"), [("10", 1000), ("5000", 500000), (" 50 ", 5000), ("50元", 5000), ("¥100", 10000)])
def test_a_top_up_amount(words: str, fen: int) -> None:
    assert rules.top_up_amount(words) == Money(fen)


@pytest.mark.parametrize("words", ["9", "5001", "0", "-50", "50.5", "1e3", "", "fifty", "５０", "9" * 40, "１０"])
def test_no_top_up_amount(words: str) -> None:
    with pytest.raises(Refusal, match="topup.amount"):
        rules.top_up_amount(words)


@pytest.mark.parametrize("words", ["13800138000", "+8613800138000", "138-0013-8000", "138 0013 8000"])
def test_a_phone_number(words: str) -> None:
    assert rules.phone_number(words) == "13800138000"


@pytest.mark.parametrize("words", ["1380013800", "138001380000", "abc", "", "１３８００１３８０００"])
def test_no_phone_number(words: str) -> None:
    with pytest.raises(Refusal, match="number.form"):
        rules.phone_number(words)


@pytest.mark.parametrize(
    ("moves", "legs"),
    [
        ((Move(A, B, Money(5)),), [Leg(A, -5), Leg(B, 5)]),
        ((Move(A, B, Money(5)), Move(B, A, Money(5))), []),
        ((Move(A, B, Money(5)), Move(B, C, Money(2))), [Leg(A, -5), Leg(B, 3), Leg(C, 2)]),
        ((Move(A, B, Money(0)),), []),
    ],
)
def test_legs(moves: tuple[Move, ...], legs: list[Leg]) -> None:
    assert rules.legs(moves) == legs
    assert sum(leg.minor for leg in legs) == 0


@pytest.mark.parametrize("move", [Move(A, B, Money(-1)), Move(A, A, Money(1))])
def test_no_legs(move: Move) -> None:
    with pytest.raises(ValueError):
        rules.legs((move,))


def test_month_start_is_midnight_in_the_operators_zone() -> None:
    at = datetime(2026, 2, 28, 16, 30, tzinfo=UTC)  # the first of March, 00:30, in Shanghai
    assert rules.month_start(at) == datetime(2026, 2, 28, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "months", "there"),
    [
        ((2026, 1, 31), 1, (2026, 2, 28)), ((2026, 1, 31), 2, (2026, 3, 31)), ((2026, 12, 15), 1, (2027, 1, 15)),
        ((2028, 1, 30), 1, (2028, 2, 29)),
    ],
)  # fmt: skip
def test_month_later(start: tuple[int, int, int], months: int, there: tuple[int, int, int]) -> None:
    later = rules.month_later(datetime(*start, 2, tzinfo=UTC), months)
    assert (later.year, later.month, later.day) == there


@pytest.mark.parametrize(("part", "fen"), [(1, 3334), (2, 3333), (3, 3333)])
def test_deposit_part(part: int, fen: int) -> None:
    assert rules.deposit_part(Money(10000), 3, part) == Money(fen)  # 10000 = 3334 + 3333 + 3333


@pytest.mark.parametrize("status", ["done", "expired", "voided", "failed", "late"])
def test_is_open_for_money(status: str) -> None:
    assert rules.is_open_for_money("pending") and not rules.is_open_for_money(status)


def test_check_amount() -> None:
    rules.check_amount(Money(100), Money(100))
    for came in (Money(99), Money(101), Money(100, "USD")):
        with pytest.raises(Refusal, match="payment.amount"):
            rules.check_amount(Money(100), came)


@pytest.mark.parametrize(
    ("received", "spent", "wanted", "ok"), [(100, 0, 100, True), (100, 40, 60, True), (100, 40, 61, False), (100, 0, 0, False)]
)
def test_check_refund(received: int, spent: int, wanted: int, ok: bool) -> None:
    if ok:
        rules.check_refund(received, spent, Money(wanted))
        return
    with pytest.raises(Refusal, match="refund.amount"):
        rules.check_refund(received, spent, Money(wanted))


@pytest.mark.parametrize(
    ("method", "staff", "status", "code"),
    [("cash", None, "pending", "forbidden"), ("gold", "s1", "pending", "payment.method"), ("card", "s1", "expired", "payment.closed")],
)
def test_check_counter(method: str, staff: str | None, status: str, code: str) -> None:
    rules.check_counter("cash", "s1", "pending")
    with pytest.raises(Refusal, match=code):
        rules.check_counter(method, staff, status)


@pytest.mark.parametrize(("balances", "owed"), [([], 0), ([500], 0), ([-300, 500, -200], 500)])
def test_arrears(balances: list[int], owed: int) -> None:
    assert rules.arrears([Money(minor) for minor in balances]) == Money(owed)


@pytest.mark.parametrize(("left", "total", "percent"), [(0, 100, 0), (1, 1000, 1), (999, 1000, 99), (5, 5, 100), (1, 0, 0)])
def test_share(left: int, total: int, percent: int) -> None:
    assert rules.share(left, total) == percent


@pytest.mark.parametrize(
    ("kind", "amount", "english", "chinese"),
    [
        ("data_mb", 512, "512 MB", "512MB"), ("data_mb", 1024, "1 GB", "1GB"), ("data_mb", 1536, "1.5 GB", "1.5GB"),
        ("data_mb", 10240, "10 GB", "10GB"), ("voice_min", 100, "100 minutes", "100分钟"), ("sms", 30, "30 messages", "30条"),
        ("voice_min", 1, "1 minute", "1分钟"), ("sms", 1, "1 message", "1条"),
    ],
)  # fmt: skip
def test_quantity(kind: str, amount: int, english: str, chinese: str) -> None:
    assert (rules.quantity(kind, amount).render("en"), rules.quantity(kind, amount).render("zh-CN")) == (english, chinese)


def test_kind_name() -> None:
    assert [str(rules.kind_name(kind)) for kind in (*rules.KINDS, "x")] == ["Data", "Calls", "Messages", "Other"]


def test_reserved_until() -> None:
    assert rules.reserved_until(datetime(2026, 1, 1, tzinfo=UTC)) == datetime(2026, 1, 2, tzinfo=UTC)


def test_payment_id() -> None:
    assert rules.payment_id(" 01ABCDEFGHJKMNPQRSTVWXYZ ") == "01abcdefghjkmnpqrstvwxyz"
    with pytest.raises(Refusal, match="payment.form"):
        rules.payment_id("1")


def test_limits_are_what_the_hall_says() -> None:
    assert (rules.TOP_UP_MIN, rules.TOP_UP_MAX) == (money(10), money(5000))


@pytest.mark.parametrize(("until", "day"), [((2031, 7, 31, 16), 31), ((2031, 7, 31, 15, 59), 31), ((2031, 7, 30, 17), 31)])
def test_an_allowance_stands_until_its_last_day_in_the_operators_zone(until: tuple[int, ...], day: int) -> None:
    assert rules.stands_until(datetime(*until, tzinfo=UTC)) == date(2031, 7, day)  # type: ignore[misc, arg-type]
