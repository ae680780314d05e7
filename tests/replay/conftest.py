"""A small day, and databases in which its town is settled."""

import asyncio
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from onehall.kernel import settings
from onehall.replay.clock import OURS
from onehall.replay.day import Day
from onehall.replay.house import opened
from onehall.replay.plan import plan
from onehall.replay.run import Played, play_day
from tests.ground import database as databases

SCALE = 0.003  # 60 services
_numbers = count()


@pytest.fixture(scope="module")
def small_day() -> Day:
    """The day of seed 1."""
    return plan(1, SCALE)


@pytest.fixture(scope="module")
def play(plain_template: str, small_day: Day) -> Iterator[Callable[..., Played]]:
    """Plays a day in a fresh database; `settled`, in one where the people of the small day live already."""
    made: list[str] = []

    async def settle(dsn: str) -> None:
        async with opened(small_day, dsn):
            pass

    def played(day: Day, *, settled: bool = False) -> Played:
        source = databases.template("settled_town", settle, source=plain_template) if settled else plain_template
        made.append(f"t_day_{next(_numbers)}")
        return asyncio.run(play_day(day, databases.clone(source, made[-1]), settled=settled))

    before = settings.current()
    yield played
    settings.install(before)
    OURS.set(False)
    for name in made:
        databases.drop(name)
