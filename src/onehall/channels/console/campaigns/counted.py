"""What came of a campaign, counted now and then: a page that is looked at often does not count millions of rows each time.

Each count is exact as of its moment, which the page tells. How long it is kept follows from what it took: at most a twentieth of the
time goes into counting, whoever looks and however large the campaign is. One that has come to its end changes no more.
"""

import asyncio
import time
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final
from weakref import WeakKeyDictionary

import msgspec

from onehall.domains import engage
from onehall.domains.engage import Campaign, Figures
from onehall.kernel.store import Store

SHARE: Final = 20  # so many times as long as it took a count is kept
QUICK_SECONDS: Final = 0.05
ENDED_SECONDS: Final = 600.0
IN_FLIGHT: Final = timedelta(minutes=10)
KEPT_MAX: Final = 200
OVER: Final = frozenset({"done", "stopped"})


class Counted(msgspec.Struct, frozen=True):
    """Figures as of a moment; `until`, by the process's own clock, they are good enough."""

    figures: Figures
    at: datetime
    until: float


class _Place:
    """What a process keeps for one store; one count of a campaign is under way at a time."""

    def __init__(self) -> None:
        self.kept: OrderedDict[str, Counted] = OrderedDict()
        self.locks: dict[str, asyncio.Lock] = {}


_places: "WeakKeyDictionary[Store, _Place]" = WeakKeyDictionary()


async def figures(store: Store, one: Campaign) -> Counted:
    """This will give a campaign's figures with the moment at which they were counted."""
    place = _places.get(store) or _places.setdefault(store, _Place())
    async with place.locks.setdefault(one.id, asyncio.Lock()):
        known = place.kept.get(one.id)
        if known is None or time.monotonic() >= known.until:
            known = place.kept[one.id] = await _count(store, one)
            place.kept.move_to_end(one.id)
    while len(place.kept) > KEPT_MAX:
        place.locks.pop(place.kept.popitem(last=False)[0], None)
    return known


def kept_seconds(took: float, *, settled: bool) -> float:
    """A quick count is made anew each time, a slow one kept twenty times as long as it took, that of an ended campaign ten minutes."""
    if settled:
        return max(ENDED_SECONDS, took * SHARE)
    return took * SHARE if took > QUICK_SECONDS else 0.0


async def _count(store: Store, one: Campaign) -> Counted:
    began = time.monotonic()
    async with store.edge(0) as tx:
        found, at = await engage.queries.figures(tx, one), tx.now
    took = time.monotonic() - began
    quiet = one.state in OVER and one.ended is not None and at - one.ended > IN_FLIGHT  # a step that was under way may still come in
    settled = quiet and found.fits and not found.of("sent")
    return Counted(found, at, began + took + kept_seconds(took, settled=settled))
