"""The order of a day: people act one at a time, rest, and act again; between them the house does the work that is due, at its time."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any, Final

from onehall.kernel import telemetry
from onehall.kernel.store import Store
from onehall.kernel.worker import Worker
from onehall.replay.clock import DayClock

CLAIM: Final = 100
MINUTE: Final = timedelta(minutes=1)
NEVER: Final = timedelta(days=3650)
JUST_NOW: Final = timedelta(milliseconds=5)  # what fell due while we looked is looked at again


class Hand(Worker):
    """A worker that does what is due one by one, in the order in which it was left."""

    async def drain(self) -> int:
        """This will work until nothing is due now; gives how many rows were taken."""
        taken = 0
        while batch := await self._claim(CLAIM):
            for job, lease in sorted(batch, key=lambda held: held[0].id):
                await self._do(job, lease)
            taken += len(batch)
        return taken


class Street:
    """Where the day's people are while they wait. Only one of them acts at a time, so that a day has one order and no other."""

    def __init__(self, store: Store, world: Any, clock: DayClock) -> None:
        self.store = store
        self.clock = clock
        self.hand = Hand(store, world)
        self.next_due: datetime = clock.at
        self.pace = 0.0  # real seconds for a second of the day; 0 is as fast as it goes
        self.minutely: list[Callable[[], Awaitable[None]]] = []
        self._waiting: list[tuple[datetime, int, Callable[[], None]]] = []
        self._places = count()
        self._free = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        store.wakers.append(self._left)

    def at(self, moment: datetime, act: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """This will have something begin at a time."""
        heappush(self._waiting, (moment, next(self._places), lambda: self._begin(act)))

    async def rest(self, seconds: float) -> None:
        """This will let time pass for one who acts; others act meanwhile."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        due = self.clock.at + timedelta(seconds=seconds)
        heappush(self._waiting, (due, next(self._places), lambda: woken.set_result(None)))
        self._free.set()
        await woken

    async def run(self) -> None:
        """This will let all happen that is to happen, until nobody waits any more."""
        minute = start = self.clock.at
        began = time.monotonic()
        while self._waiting:
            moment, _place, wake = heappop(self._waiting)
            if moment - minute >= MINUTE:
                minute = moment
                for look in self.minutely:
                    await look()
            await asyncio.sleep((moment - start).total_seconds() * self.pace - (time.monotonic() - began) if self.pace else 0)
            await self.work_until(moment)
            self._free.clear()
            wake()
            await self._free.wait()
        await self.work_until(self.clock.at)

    async def work_until(self, moment: datetime) -> None:
        """This will do the work of the house up to a time, each piece when it is due."""
        while self.next_due <= moment:
            self.clock.reach(self.next_due)
            self.next_due = moment + NEVER
            await self.hand.drain()
            self.next_due = min(self.next_due, await self._later())
        self.clock.reach(moment)

    async def _later(self) -> datetime:
        """What is due already and was not taken waits behind something in its lane, and comes with it."""
        sql = "SELECT min(due) AS due FROM job WHERE state = 'ready' AND due > $1 -- fan-out: one look between two steps of a day"
        async with self.store.edge(0) as tx:
            row = await tx.read_one(sql, tx.now - JUST_NOW)
        return (row and row["due"]) or self.clock.at + NEVER

    def _left(self, due: datetime) -> None:
        self.next_due = min(self.next_due, due)

    def _begin(self, act: Callable[[], Coroutine[Any, Any, None]]) -> None:
        task = asyncio.get_running_loop().create_task(act())
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            telemetry.log.error("somebody's day went wrong", exc_info=error)
        self._free.set()
