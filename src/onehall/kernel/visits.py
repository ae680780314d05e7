"""Visits: functions that were served without a journey, counted in memory and written to the log a batch a second."""

import asyncio
from contextlib import suppress
from datetime import datetime

import msgspec

from onehall.kernel import ids, telemetry
from onehall.kernel.events import Fact, Origin
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store

BATCH_MAX = 500
WAITING_MAX = 50_000
EVERY_SECONDS = 1.0


class Visited(Fact, frozen=True, tag="function.visited"):
    """A function was served in one breath."""

    function: str
    outcome: str = "done"


class Visits:
    """What was served since the last writing. A process that is killed loses a second of these, and nothing else."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.waiting: list[tuple[datetime, Fact, Origin]] = []
        self.lost = 0
        self._task: asyncio.Task[None] | None = None

    def count(self, at: datetime, fact: Fact, origin: Origin) -> None:
        """This will count one visit."""
        if len(self.waiting) < WAITING_MAX:
            self.waiting.append((at, fact, origin))
        else:
            self.lost += 1

    async def write(self) -> None:
        """This will write what waits into the log; what the log will not take is lost and told of.

        :raises Refusal: `unavailable`, 503; what was not written waits on.
        """
        while self.waiting:
            batch, self.waiting = self.waiting[:BATCH_MAX], self.waiting[BATCH_MAX:]
            try:
                await self._write(batch)
            except Refusal:  # the database is away, and comes back
                self.waiting = batch + self.waiting
                raise
            except Exception:  # no later try would end better, and those behind it shall not wait for ever
                self.lost += len(batch)
                telemetry.INCIDENTS.labels("visits").inc()
                telemetry.log.exception("visits cannot be written", count=len(batch))

    async def start(self) -> None:
        """This will write every second from now on."""
        self._task = asyncio.create_task(self._loop())

    async def stop(self) -> None:
        """This will write a last time and stop."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        with suppress(Exception):
            await self.write()

    async def _loop(self) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            with suppress(Exception):
                await self.write()

    async def _write(self, batch: list[tuple[datetime, Fact, Origin]]) -> None:
        rows = [_row(*visit) for visit in batch]
        async with self.store.edge(0) as tx:
            await tx.write(
                "-- fan-out: a batch of visits, each in its own home, written in the background\n"
                "INSERT INTO event (home, id, at, type, key, party, staff, function, channel, source, unit, body) "
                "SELECT * FROM unnest($1::smallint[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], "
                "$7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::jsonb[])",
                *(list(column) for column in zip(*rows, strict=True)),
            )


def _row(at: datetime, fact: Fact, origin: Origin) -> tuple[object, ...]:
    home = ids.home_of(origin.party) if origin.party else ids.random_home()
    type_ = str(fact.__struct_config__.tag)
    return (
        home, ids.new_id(home, at), at, type_, fact.key, origin.party, origin.staff, origin.function, origin.channel,
        origin.source, origin.unit, msgspec.to_builtins(fact),
    )  # fmt: skip
