"""Whether anybody listens: an API that has no listener leaves no work for one, which spares a third of all jobs.

A process that serves reads twice a second which APIs have listeners, and believes what it read for a second and a half. One that
does not know leaves the work, as a command does that runs for a moment. Where a house has several processes the answer to a
registration waits until nobody can believe any more what was so before it: a listener hears all that changes after its answer.
"""

import asyncio
import time
from contextlib import suppress
from typing import Final
from weakref import WeakKeyDictionary

from onehall.kernel import telemetry
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store

READ_SECONDS: Final = 0.5
BELIEVED_SECONDS: Final = 1.5


class Audience:
    """The APIs that have listeners, as one process knows them; `alone`: no other process of the house changes anything."""

    def __init__(self, store: Store, *, alone: bool = True) -> None:
        self.store = store
        self.alone = alone
        self.heard: frozenset[str] = frozenset()
        self.read_at = float("-inf")
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """This will read who listens, and go on reading in the background."""
        await self.read()
        _known[self.store] = self
        self._task = asyncio.create_task(self._keep_up())

    async def stop(self) -> None:
        """This will read no more; from now on this process does not know."""
        _known.pop(self.store, None)
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def read(self) -> None:
        """This will read who listens."""
        begun = time.monotonic()
        async with self.store.edge(0) as tx:
            rows = await tx.read("SELECT DISTINCT api FROM hub")
        if begun > self.read_at:
            self.heard, self.read_at = frozenset(row["api"] for row in rows), begun

    async def _keep_up(self) -> None:
        while True:
            await asyncio.sleep(READ_SECONDS)
            try:
                await self.read()
            except Refusal:
                continue  # the database is away; what is believed runs out
            except Exception:
                telemetry.INCIDENTS.labels("audience").inc()
                telemetry.log.exception("who listens could not be read")


_known: "WeakKeyDictionary[Store, Audience]" = WeakKeyDictionary()


def nobody_hears(store: Store, api: str) -> bool:
    """This will tell whether it is certain that an API has no listener."""
    audience = _known.get(store)
    return audience is not None and api not in audience.heard and time.monotonic() - audience.read_at < BELIEVED_SECONDS


async def learn(store: Store) -> None:
    """This will wait until every process of the house knows of a listener whose registration is committed."""
    audience = _known.get(store)
    if audience is not None:
        await audience.read()
    if audience is None or not audience.alone:
        await asyncio.sleep(BELIEVED_SECONDS)
