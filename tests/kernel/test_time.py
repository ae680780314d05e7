"""The clock, and half-open periods."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onehall.kernel.clock import MovableClock, SystemClock
from onehall.kernel.period import Period

TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
PERIODS = st.builds(lambda a, b, open_: Period(min(a, b), None if open_ else max(a, b)), TIMES, TIMES, st.booleans())
DAY = datetime(2026, 5, 1, tzinfo=UTC)


def test_the_machines_time_is_in_utc() -> None:
    assert SystemClock().now().tzinfo is UTC
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_movable_clock_goes_forward_only() -> None:
    clock = MovableClock()
    before = clock.now()
    clock.move(timedelta(days=2))
    clock.move(timedelta(hours=1))
    assert timedelta(days=2, hours=1) <= clock.now() - before < timedelta(days=2, hours=1, seconds=5)
    with pytest.raises(ValueError, match="forward"):
        clock.move(timedelta(seconds=-1))


def test_the_start_is_in_and_the_end_is_out() -> None:
    period = Period(DAY, DAY + timedelta(days=1))
    assert DAY in period
    assert DAY + timedelta(days=1) not in period
    assert DAY - timedelta(microseconds=1) not in period
    assert DAY + timedelta(days=10_000) in Period(DAY)


def test_an_empty_period_holds_nothing() -> None:
    assert DAY not in Period(DAY, DAY)


@given(PERIODS, PERIODS, TIMES)
def test_periods_that_share_a_moment_overlap_and_both_agree(a: Period, b: Period, at: datetime) -> None:
    assert a.overlaps(b) is b.overlaps(a)
    if at in a and at in b:
        assert a.overlaps(b)


@given(TIMES, TIMES, TIMES)
def test_neighbours_do_not_overlap(x: datetime, y: datetime, z: datetime) -> None:
    first, middle, last = sorted((x, y, z))
    assert not Period(first, middle).overlaps(Period(middle, last))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (DAY, DAY - timedelta(days=1)),
        (DAY.replace(tzinfo=None), None),
        (DAY, (DAY + timedelta(days=1)).replace(tzinfo=None)),
    ],
)
def test_a_period_needs_a_zone_and_an_end_after_its_start(start: datetime, end: datetime | None) -> None:
    with pytest.raises(ValueError, match="a period"):
        Period(start, end)
