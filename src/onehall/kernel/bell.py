"""The bell: a NOTIFY by which a process that leaves work wakes the workers of other processes.

It is a hint and nothing more: it is rung after the commit and outside of it, at most twenty times a second for each process (in the
transaction it would make all commits stand in line), and it stops at one node of a sharded database. Who misses it finds the
work by polling, half a second later.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg

from onehall.kernel.store import Store
from onehall.kernel.store.pool import lone

CHANNEL: Final = "onehall_work"
SOON: Final = timedelta(seconds=0.5)  # what is due later is found by polling
BETWEEN_SECONDS: Final = 0.05
AGAIN_SECONDS: Final = 2.0
_RING: Final = f"NOTIFY {CHANNEL}"
_AWAY: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


class Bell:
    """Rings for the workers of other processes; for a process that has none of its own."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._wanted = False
        self._ringing: asyncio.Task[None] | None = None

    def start(self) -> None:
        """This will ring whenever this process leaves work."""
        self.store.wakers.append(self.ring)

    async def stop(self) -> None:
        """This will ring no more."""
        with suppress(ValueError):
            self.store.wakers.remove(self.ring)
        if self._ringing:
            self._ringing.cancel()
            await asyncio.gather(self._ringing, return_exceptions=True)

    def ring(self, due: datetime) -> None:
        """This will ring in the background if work is due soon; many wishes are one ring."""
        if due > self.store.clock.now() + SOON:
            return
        self._wanted = True
        if self._ringing is None or self._ringing.done():
            self._ringing = asyncio.get_running_loop().create_task(self._ring())

    async def _ring(self) -> None:
        while self._wanted:
            self._wanted = False
            with suppress(*_AWAY):
                await self.store.pool.execute(_RING)
            await asyncio.sleep(BETWEEN_SECONDS)


class Ear:
    """Listens to the bell on a connection of its own, for a process with a worker."""

    def __init__(self, dsn: str, woken: Callable[[], None]) -> None:
        self.dsn = dsn
        self.woken = woken
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """This will listen in the background, again when the connection breaks."""
        self._task = asyncio.get_running_loop().create_task(self._listen())

    async def stop(self) -> None:
        """This will stop listening."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _listen(self) -> None:
        while True:
            with suppress(*_AWAY):
                await self._until_it_breaks()
            await asyncio.sleep(AGAIN_SECONDS)

    async def _until_it_breaks(self) -> None:
        broken = asyncio.Event()
        connection: Any = await lone(self.dsn, "onehall bell")
        try:
            connection.add_termination_listener(lambda _connection: broken.set())
            await connection.add_listener(CHANNEL, lambda *_heard: self.woken())
            self.woken()  # what was left while nobody listened
            await broken.wait()
        finally:
            connection.terminate()
