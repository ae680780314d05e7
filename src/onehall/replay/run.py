"""A day from its midnight to the morning after: what is planned happens, then the night's work is done and the month is billed."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Final

import msgspec

from onehall.launch import bills
from onehall.replay import books as ledgers
from onehall.replay.books import Books
from onehall.replay.day import Day
from onehall.replay.house import leave, opened
from onehall.replay.scene import Scene, Served
from onehall.replay.scripts import play

NIGHT_ENDS: Final = timedelta(hours=28)
AFTERWARDS: Final = timedelta(minutes=1)  # for what the bills leave to be done
SAYS_EVERY: Final = timedelta(hours=1)
Say = Callable[[str], None]


class Played(msgspec.Struct, frozen=True):
    """A day that is over: its books, their digest, the diary."""

    books: Books
    digest: str
    diary: list[Served]


async def play_day(day: Day, dsn: str, *, settled: bool = False) -> Played:
    """This will play a day in an empty database, or in one where its people live already."""
    async with opened(day, dsn, settled=settled) as scene:
        return await played(scene)


async def played(scene: Scene, say: Say = lambda line: None) -> Played:
    """This will let a day happen in a house that is open, and the night after it."""
    day, street = scene.day, scene.street
    for event in day.events:
        street.at(day.moment(event), partial(play, scene, event))
    street.minutely.append(_hourly(scene, say))
    await street.run()
    await street.work_until(day.start + NIGHT_ENDS)
    await bills.bill_all(street.store, lambda line: None, None, 1)
    await street.work_until(street.clock.at + AFTERWARDS)
    await scene.app.state.hall.visits.write()
    await leave(scene)
    found = await ledgers.read(street.store, scene.diary)
    return Played(found, ledgers.digest(found), scene.diary)


def _hourly(scene: Scene, say: Say) -> Callable[[], Awaitable[None]]:
    told = scene.day.start

    async def tell() -> None:
        nonlocal told
        if scene.clock.at - told >= SAYS_EVERY:
            told += SAYS_EVERY * ((scene.clock.at - told) // SAYS_EVERY)
            say(f"  {told:%H:%M}  {len(scene.diary):,} served")

    return tell
