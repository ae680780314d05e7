"""Machines whose clocks are wrong go by the database's, so that what several of them write sorts as it was made."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from onehall.kernel import clock
from onehall.kernel.clock import MovableClock, SystemClock
from onehall.kernel.store import Store
from tests.launch.commands import surroundings

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def _wrong(by: timedelta) -> type[datetime]:
    class Wrong(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + by

    return Wrong


@pytest.mark.parametrize("minutes", [5, -5])
async def test_a_wrong_clock_is_put_right_by_the_database(database: str, minutes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "datetime", _wrong(timedelta(minutes=minutes)))
    ours = MovableClock()
    ours.move(timedelta(hours=1))
    assert abs(ours.now() - datetime.now(UTC) - timedelta(hours=1)) > timedelta(minutes=4)
    store = await Store(database, clock=ours, pool_size=1).open()
    try:
        assert abs(ours.now() - datetime.now(UTC) - timedelta(hours=1)) < SECOND
    finally:
        await store.close()


@pytest.mark.parametrize(
    ("theirs", "took", "apart"),
    [
        (NOON, 0.0, 0.0),
        (NOON + SECOND * 0.9, 0.0, 0.0),  # within a second it is left
        (NOON + SECOND * 300, 0.0, 300.0),
        (NOON - SECOND * 300, 0.0, -300.0),
        (NOON + SECOND * 300, 0.5, 299.75),  # half of the half second lies before the answer was given
        (NOON + SECOND * 300, 1.5, 0.0),  # what took too long tells nothing
    ],
)
def test_how_far_apart_two_clocks_are(theirs: datetime, took: float, apart: float) -> None:
    ours = SystemClock()
    ours.meet(theirs, NOON, NOON + SECOND * took)
    assert ours.apart == SECOND * apart


def test_a_clock_that_was_wrong_and_is_right_again_is_followed() -> None:
    ours = SystemClock()
    ours.meet(NOON + SECOND * 300, NOON, NOON)
    ours.meet(NOON + SECOND * 0.2, NOON, NOON)
    assert ours.apart == timedelta(0)


def test_a_process_that_only_works_knows_what_listeners_are_told_of() -> None:
    told = "from onehall import app; from onehall.kernel.resources.changes import KNOWN; print(('payment', 'payment') in KNOWN)"
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, env=surroundings(), timeout=60)
    assert run.stdout.strip() == "True", run.stderr
