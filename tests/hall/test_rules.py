"""The decisions of the counter as tables of cases."""

import pytest

from onehall.hall import rules
from onehall.hall.rules import Way
from onehall.kernel.functions import Ask, Proof

WEB, SMS, KIOSK = Way("web", 5), Way("sms", 10), Way("kiosk", 80)
HOTLINE, DESK = Way("hotline", 600, human=True), Way("desk", 1800, human=True)


@pytest.mark.parametrize(
    ("monthly", "months", "band"),
    [
        (None, 0, "guest"), (None, 99, "guest"), (0, 0, "basic"), (4_999, 23, "basic"), (5_000, 0, "middle"), (0, 24, "middle"),
        (9_999, 60, "middle"), (10_000, 59, "middle"), (10_000, 60, "high"), (14_999, 59, "middle"), (15_000, 0, "high"),
    ],
)  # fmt: skip
def test_band_of(monthly: int | None, months: int, band: str) -> None:
    assert rules.band_of(monthly, months) == band


@pytest.mark.parametrize(
    ("family", "asks", "proof", "simple"),
    [
        ("query", {Ask.CHOOSE}, Proof.LINE, True), ("recharge", {Ask.PAY}, Proof.NONE, True), ("serve", set(), Proof.CODE, True),
        ("serve", {Ask.ATTACH}, Proof.CODE, False), ("query", {Ask.SIGN}, Proof.NONE, False), ("serve", set(), Proof.REAL_NAME, False),
        ("handle", {Ask.CONFIRM}, Proof.CODE, False), ("sell", set(), Proof.NONE, False),
    ],
)  # fmt: skip
def test_is_simple(family: str, asks: set[Ask], proof: Proof, simple: bool) -> None:
    assert rules.is_simple(family, asks, proof) is simple


def test_is_valued() -> None:
    assert [band for band in rules.BANDS if rules.is_valued(band)] == ["high"]


@pytest.mark.parametrize(
    ("simple", "band", "here", "others", "better"),
    [
        (True, "basic", HOTLINE, [WEB, SMS, KIOSK, DESK], WEB),  # the cheapest without a person
        (True, "guest", DESK, [HOTLINE], None),  # a person is no saving of this kind
        (True, "middle", KIOSK, [WEB], None),  # 75 saved, 100 asked for
        (True, "high", HOTLINE, [WEB], None),  # never sent away
        (False, "high", WEB, [SMS, DESK, HOTLINE], HOTLINE), (False, "high", SMS, [WEB], None),
        (False, "high", DESK, [HOTLINE], None), (False, "middle", WEB, [HOTLINE], None), (False, "basic", DESK, [WEB], None),
    ],
)  # fmt: skip
def test_better_way(simple: bool, band: str, here: Way, others: list[Way], better: Way | None) -> None:
    assert rules.better_way(simple, band, here, others, 100) == better


def test_a_saving_of_nothing_is_no_saving() -> None:
    assert rules.better_way(True, "basic", WEB, [Way("wechat", 5)], 0) is None


def test_is_held_out_is_by_lot_and_always_the_same() -> None:
    held = [party for party in (f"p{number}" for number in range(5_000)) if rules.is_held_out(party, 10)]
    assert 400 < len(held) < 600  # 500, and five standard deviations of 21 to each side
    assert held == [party for party in (f"p{number}" for number in range(5_000)) if rules.is_held_out(party, 10)]
    assert not any(rules.is_held_out(party, 0) for party in held)
    assert all(rules.is_held_out(party, 11) for party in held)  # a larger share holds the smaller
    assert all(rules.is_held_out(f"p{number}", 100) for number in range(100))


def test_is_closed_for_all_or_for_the_band() -> None:
    closed = frozenset({("topup", "sms", ""), ("topup", "web", "guest")})
    assert rules.is_closed(closed, "topup", "sms", "high") and rules.is_closed(closed, "topup", "web", "guest")
    assert not rules.is_closed(closed, "topup", "web", "high") and not rules.is_closed(closed, "topup", "web", "")
