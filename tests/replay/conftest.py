"""A small day, and databases in which its town is settled."""

import asyncio
import os
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
def fresh(plain_template: str, small_day: Day) -> Iterator[Callable[[bool], str]]:
    """Gives the DSN of a database of one's own: an empty one, or one in which the people of the small day live already."""
    made: list[str] = []

    async def settle(dsn: str) -> None:
        async with opened(small_day, dsn):
            pass

    def database(settled: bool) -> str:
        source = databases.template("settled_town", settle, source=plain_template) if settled else plain_template
        made.append(f"t_day_{os.getpid()}_{next(_numbers)}")
        return databases.clone(source, made[-1])

    before = settings.current()
    yield database
    settings.install(before)
    OURS.set(False)
    for name in made:
        databases.drop(name)


@pytest.fixture(scope="module")
def play(fresh: Callable[[bool], str]) -> Callable[..., Played]:
    """Plays a day in a database of its own."""

    def played(day: Day, *, settled: bool = False) -> Played:
        return asyncio.run(play_day(day, fresh(settled), settled=settled))

    return played
