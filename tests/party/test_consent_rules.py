"""What a word about marketing changes, and when it counts."""

from datetime import UTC, datetime, timedelta

import pytest

from onehall.domains.party import rules
from onehall.kernel.refusals import Refusal

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
ALL = frozenset({"sms", "push", "wechat", "call", "mail"})


@pytest.mark.parametrize(
    ("before", "way", "allowed", "after"),
    [
        (frozenset(), None, True, ALL), (ALL, None, False, frozenset()), (ALL, "call", False, ALL - {"call"}),
        (frozenset({"sms"}), "mail", True, frozenset({"sms", "mail"})), (frozenset(), "sms", False, frozenset()),
    ],
)  # fmt: skip
def test_ways_after(before: frozenset, way: str | None, allowed: bool, after: frozenset) -> None:
    assert rules.consents.ways_after(before, way, allowed) == after


def test_a_way_that_is_none() -> None:
    with pytest.raises(Refusal) as refused:
        rules.consents.ways_after(ALL, "pigeon", False)
    assert (refused.value.code, refused.value.status) == ("consent.way", 422)


def test_stops_at() -> None:
    tick = timedelta(microseconds=1)
    assert rules.consents.stops_at(NOON, None) == NOON
    assert rules.consents.stops_at(NOON, NOON - tick) == NOON
    assert rules.consents.stops_at(NOON, NOON) == NOON + tick
    assert rules.consents.stops_at(NOON, NOON + timedelta(seconds=2)) == NOON + timedelta(seconds=2) + tick  # a clock ahead of ours
