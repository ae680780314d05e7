"""The day as it runs, or an earlier one, counted from the one log and the rows of work; what of it is over is counted once and kept."""

import time
from collections import OrderedDict
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec

from onehall.kernel.i18n import ZONE
from onehall.kernel.store import Store, Tx

SLOT: Final = timedelta(minutes=10)
SLOTS: Final = 144  # of a day
STILL: Final = timedelta(minutes=2)  # so long after its end a slot may still get a fact: one that was under way, a visit not yet written
REST: Final = 10  # a count that took a second is made again after ten: who watches never becomes the load
REST_SECONDS_MIN: Final = 0.9
KEPT_MAX: Final = 20
Key = tuple[str, date]  # a part of the operator, and a day
BUYING: Final = "line.open"
_COUNT: Final = """-- fan-out: the console, off the hot path; at most ten minutes of the log, and the slots that were not counted yet
SELECT floor(extract(epoch FROM at - $1) / 600)::int AS slot, type, channel, coalesce(function = $2, false) AS buying,
       CASE type WHEN 'journey.ended' THEN body ->> 'why' WHEN 'payment.received' THEN body ->> 'method' ELSE '' END AS how,
       coalesce(body -> 'amount' ->> 'currency', '') AS currency, count(*) AS count,
       coalesce(sum((body -> 'amount' ->> 'minor')::bigint), 0)::bigint AS minor
FROM event WHERE at >= $3 AND at < $4 AND type IN ('function.visited', 'journey.opened', 'journey.proven', 'journey.paid', 'journey.ended',
                                                  'payment.received', 'refund.done', 'order.failed')
  AND ($5 OR unit = $6 OR starts_with(unit, $7)) GROUP BY 1, 2, 3, 4, 5, 6"""
_QUEUES: Final = """-- fan-out: the console, off the hot path
SELECT kind, count(*) AS count, extract(epoch FROM $1 - min(due))::int AS age_seconds
FROM job WHERE state = 'ready' AND due <= $1 GROUP BY kind ORDER BY min(due) LIMIT 12"""


class Count(msgspec.Struct, frozen=True):
    """So many facts of a kind in ten minutes of the day. `how`: the end of a journey, or the way of a payment; `minor`: the money of it."""

    slot: int
    type: str
    channel: str
    buying: bool
    how: str
    currency: str
    count: int
    minor: int


class Queue(msgspec.Struct, frozen=True):
    """Work of a kind that is due now and not done, and for how many seconds the oldest of it has been."""

    kind: str
    count: int
    age_seconds: int


class Day(msgspec.Struct, frozen=True):
    """What is known of a day so far; `now` is its last moment when it is over."""

    start: datetime
    now: datetime
    counts: tuple[Count, ...]
    queues: tuple[Queue, ...]


class Today:
    """The counts of the day of one process, for each part of the operator that is looked at."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._over: OrderedDict[Key, tuple[int, list[Count]]] = OrderedDict()
        self._last: OrderedDict[Key, tuple[float, Day]] = OrderedDict()

    async def look(self, unit: str, of: date | None = None) -> Day:
        """This will give a day of a part of the operator, today's if none is said, at most a second old while counting is quick."""
        key = (unit, of or self.store.clock.now().astimezone(ZONE).date())
        until, last = self._last.get(key, (0.0, None))
        if last is not None and time.monotonic() < until:
            return last
        began = time.monotonic()
        async with self.store.edge(0) as tx:
            found = await self._count(tx, *key)
        took = time.monotonic() - began
        self._last[key] = (time.monotonic() + max(REST_SECONDS_MIN, REST * took), found)
        _bound(self._last)
        return found

    async def _count(self, tx: Tx, unit: str, of: date) -> Day:
        midnight = datetime(of.year, of.month, of.day, tzinfo=ZONE)
        done, kept = self._over.get((unit, of), (0, []))
        end = midnight + SLOTS * SLOT
        values = (midnight, BUYING, midnight + done * SLOT, min(end, tx.now + STILL), "." not in unit, unit, f"{unit}.")
        fresh = [Count(**dict(row)) for row in await tx.read(_COUNT, *values)]
        over = min(SLOTS, max(done, (tx.now - STILL - midnight) // SLOT))
        self._over[unit, of] = (over, [*kept, *(one for one in fresh if one.slot < over)])
        _bound(self._over)
        queues = [Queue(**dict(row)) for row in await tx.read(_QUEUES, tx.now)]
        return Day(midnight, min(max(tx.now, midnight), end), (*kept, *fresh), tuple(queues))


def _bound(kept: "OrderedDict[Key, Any]") -> None:
    while len(kept) > KEPT_MAX:
        kept.popitem(last=False)
