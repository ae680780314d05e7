"""The clock of the simulated world: moved in one process, it goes on in all. How far it is ahead is one of the switches."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Final

from onehall.kernel import telemetry
from onehall.kernel.clock import MovableClock
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store

EVERY_SECONDS: Final = 0.5
_AHEAD: Final = "SELECT value FROM sim_switch WHERE adapter = 'clock' AND name = 'ahead_s'"
_MOVE: Final = """
INSERT INTO sim_switch (adapter, name, value) VALUES ('clock', 'ahead_s', $1)
ON CONFLICT (adapter, name) DO UPDATE SET value = to_jsonb(sim_switch.value::bigint + excluded.value::bigint) RETURNING value
"""


class Clockwork:
    """What moves the clock of a house, and keeps this process's as far ahead as the others'."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """This will catch up now, and go on doing so."""
        await self.catch_up()
        self._task = asyncio.create_task(self._keep_up())

    async def stop(self) -> None:
        """This will stop following."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def move(self, by: timedelta) -> None:
        """This will move the clock forward, here at once and in every other process of the house within half a second.

        It stays ahead after a restart, for time only goes forward.
        :raises Refusal: 409, this house goes by the machine's clock.
        """
        clock = self.store.clock
        if not isinstance(clock, MovableClock):
            raise Refusal("clock.fixed", _("This house goes by the machine's clock."), 409)
        before = clock.ahead
        async with self.store.edge(0) as tx:
            row = await tx.write_one(_MOVE, int(by.total_seconds()))
        said = timedelta(seconds=row["value"]) if row else timedelta(0)
        clock.ahead = max(clock.ahead, said, before + by)
        self.store.wake(clock.now())

    async def catch_up(self) -> None:
        """This will move the clock to where the others' is; never back."""
        clock = self.store.clock
        async with self.store.edge(0) as tx:
            row = await tx.read_one(_AHEAD)
        if row and isinstance(clock, MovableClock) and clock.ahead < timedelta(seconds=row["value"]):
            clock.ahead = timedelta(seconds=row["value"])
            self.store.wake(clock.now())

    async def _keep_up(self) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                with suppress(Refusal):  # the database is away, and comes back
                    await self.catch_up()
            except Exception:
                telemetry.INCIDENTS.labels("clock").inc()
                telemetry.log.exception("the clock cannot be read")
