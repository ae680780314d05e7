"""Bad weather for journeys: a store whose process dies at a chosen commit, and a clock that no two moments share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from onehall.kernel.clock import MovableClock
from onehall.kernel.events import NOBODY, Origin
from onehall.kernel.store import Store, Tx

OPENED = datetime(2026, 1, 1, 8, tzinfo=UTC)
TICK = timedelta(milliseconds=1)


class Crash(BaseException):
    """The process died here; nobody in it can catch that."""


class TickingClock(MovableClock):
    """It runs with the machine's, and is a millisecond later at least each time it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.last = datetime(2020, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        self.last = max(super().now(), self.last + TICK)
        return self.last


class FrailStore(Store):
    """`dies_in` edges from now the process dies, right before its commit, or right after with `committed`."""

    def __init__(self, dsn: str, **wishes: Any) -> None:
        super().__init__(dsn, clock=TickingClock(), **wishes)
        self.dies_in = 0
        self.committed = False
        self.deaths = 0

    def arm(self, edges: int, committed: bool) -> None:
        self.dies_in, self.committed = edges, committed

    @asynccontextmanager
    async def edge(self, home: int | str | None = None, origin: Origin = NOBODY, *, alone: bool = False) -> AsyncIterator[Tx]:
        struck = False
        async with super().edge(home, origin, alone=alone) as tx:
            yield tx
            struck = self.dies_in == 1
            self.dies_in = max(0, self.dies_in - 1)
            if struck and not self.committed:
                self.die()
        if struck:
            self.die()

    def die(self) -> None:
        self.deaths += 1
        raise Crash
