"""The relay: reads the log in order and tells it to the bus outside, at least once and in order per key; the bus drops what it has.

Of all workers of a house one relays, under a lease. A quick look each half second takes what is new in the homes that were busy; a
whole look each few seconds takes every home, and notes durably how far it came. While the bus is away nothing moves, nothing is lost,
and `onehall_bus_waiting` grows.
"""

import asyncio
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final, Protocol

import msgspec

from onehall.kernel import ids, relaying, telemetry
from onehall.kernel.jobs import Later
from onehall.kernel.refusals import Refusal
from onehall.kernel.relaying import Place
from onehall.kernel.store import Store

LEASE: Final = timedelta(seconds=15)
LOOK_SECONDS: Final = 0.5
WHOLE_SECONDS: Final = 5.0
AWAY_SECONDS: Final = 2.0
EACH: Final = 8  # facts of one home at first; the homes that have more are read on by themselves
ROWS: Final = 10_000
SUBJECT: Final = "onehall"


class Message(msgspec.Struct, frozen=True):
    """A fact on its way out: the bus takes the same id once, and keeps the order of a key."""

    id: str
    subject: str
    key: str
    body: bytes


class Outward(Protocol):
    """The bus outside."""

    async def open(self) -> None:
        """This will connect, and see to it that there is a place for the messages.

        :raises Later: it cannot be reached.
        """

    async def publish(self, messages: Sequence[Message]) -> set[str]:
        """This will publish messages, those of one key one after another; gives the ids of those that are safe there."""

    async def close(self) -> None:
        """This will disconnect."""


class Relay:
    """Tells the log of a store to a bus."""

    def __init__(self, store: Store, bus: Outward) -> None:
        self.store = store
        self.bus = bus
        self.lease = secrets.token_hex(8)
        self.told: set[str] = set()  # since the last whole look
        self.place: Place | None = None
        self._whole_at = 0.0
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """This will relay in the background."""
        self._task = asyncio.create_task(self._keep_on())

    async def stop(self) -> None:
        """This will stop; another process goes on at once."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self.place:
            with suppress(Refusal):
                async with self.store.edge(0) as tx:
                    await relaying.leave(tx, self.lease)
        await self.bus.close()

    async def look(self, *, whole: bool = True) -> int:
        """This will tell what is new, in every home or in those that were busy; gives how many facts.

        :raises Later: the bus is away; what it took is known.
        """
        async with self.store.edge(0) as tx:
            place = self.place = await relaying.take(tx, self.lease, tx.now + LEASE)
        if place is None:
            return 0
        self.told |= place.told
        await self._gauge(place)
        before = len(self.told)
        try:
            await self.bus.open()
            homes = range(ids.HOMES) if whole else await self._busy(place)
            last, picture = await self._tell(place, dict.fromkeys(homes, relaying.floor(place)))
        except Later:
            async with self.store.edge(0) as tx:
                await relaying.note(tx, self.told, self.lease)
            raise
        told = len(self.told) - before
        if whole:
            await self._keep(Place(max(last.id, place.id), picture, max(last.at, place.at)))
        return told

    async def _tell(self, place: Place, after: dict[int, str]) -> tuple[Place, str]:
        last, picture = place, ""
        while after:
            limit = max(EACH, ROWS // len(after))
            async with self.store.edge(0) as tx:
                seen, rows = await relaying.news(tx, after, place, limit)
            picture = picture or seen  # what is committed after the first reading is seen again at the next look
            await self._publish([row for row in rows if row["id"] not in self.told])
            if rows:
                last = Place(max(last.id, rows[-1]["id"]), "", max([last.at, *(row["at"] for row in rows)]))
            after = _unfinished(rows, limit)
        return last, picture or place.picture

    async def _publish(self, rows: list[Any]) -> None:
        if not rows:
            return
        taken = await self.bus.publish([message(row) for row in rows])
        self.told |= taken
        telemetry.BUS_TOLD.inc(len(taken))
        if len(taken) < len(rows):
            raise Later("the bus did not take all")

    async def _busy(self, place: Place) -> list[int]:
        async with self.store.edge(0) as tx:
            return await relaying.lately(tx, place.at - timedelta(seconds=WHOLE_SECONDS))

    async def _keep(self, place: Place) -> None:
        async with self.store.edge(0) as tx:
            if await relaying.keep(tx, place, self.lease, tx.now + LEASE):
                self.place, self.told = place, set()

    async def _gauge(self, place: Place) -> None:
        if time.monotonic() - self._whole_at < WHOLE_SECONDS:
            return
        async with self.store.edge(0) as tx:
            waiting = await relaying.behind(tx, place)
        telemetry.BUS_WAITING.set(max(0, waiting - len(self.told)))
        telemetry.BUS_BEHIND.set((tx.now - place.at).total_seconds() if waiting > len(self.told) else 0)

    async def _keep_on(self) -> None:
        while True:
            whole = time.monotonic() - self._whole_at >= WHOLE_SECONDS
            wait = LOOK_SECONDS
            try:
                await self.look(whole=whole)
                self._whole_at = time.monotonic() if whole else self._whole_at
            except (Later, Refusal) as away:
                telemetry.log.warning("the bus or the database is away", reason=str(away))
                self._whole_at, wait = 0.0, AWAY_SECONDS
            except Exception:
                telemetry.INCIDENTS.labels("relay").inc()
                telemetry.log.exception("the relay stumbled")
                wait = AWAY_SECONDS
            await asyncio.sleep(wait)


def message(row: Any) -> Message:
    """This will write a fact of the log as a message: its subject names its type, its body is the whole row."""
    body = {name: value for name, value in row.items() if name != "picture" and value is not None}
    return Message(row["id"], f"{SUBJECT}.{row['type']}", row["key"], msgspec.json.encode(body))


def _unfinished(rows: list[Any], limit: int) -> dict[int, str]:
    counts: dict[int, tuple[int, str]] = {}
    for row in rows:
        counts[row["home"]] = (counts.get(row["home"], (0, ""))[0] + 1, row["id"])
    return {home: last for home, (count, last) in counts.items() if count >= limit}
