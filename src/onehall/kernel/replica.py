"""A read replica: how far it is behind is measured each second, and it is left alone while it is away or too far behind.

The measure needs no clock of the other machine: the primary's place in its log is noted with the time; what the replica has replayed
tells of when its picture is.
"""

import asyncio
import time
from collections import deque
from contextlib import suppress
from typing import Any, Final

import asyncpg

from onehall.kernel import telemetry
from onehall.kernel.store import Store
from onehall.kernel.store.glance import Away
from onehall.kernel.store.pool import lazy_pool
from onehall.kernel.store.transaction import Row

LOOK_SECONDS: Final = 1.0
ANSWER_SECONDS_MAX: Final = 2.0
BLIND_SECONDS_MAX: Final = 4.0  # so long after the last good look it still counts as fit
NOTED_MAX: Final = 600
_WRITTEN: Final = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"
_REPLAYED: Final = "SELECT pg_is_in_recovery(), pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint"
_GONE: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


class Replica:
    """A copy of the database that follows it; `lag` is in seconds, None while it is not known."""

    def __init__(self, store: Store, dsn: str, *, lag_seconds_max: float, pool_size: int = 10) -> None:
        self.store = store
        self.dsn = dsn
        self.lag_seconds_max = lag_seconds_max
        self.pool_size = pool_size
        self.lag: float | None = None
        self._seen = 0.0
        self._noted: deque[tuple[float, int]] = deque(maxlen=NOTED_MAX)
        self._pool: Any = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """This will look at the replica now, and go on looking; one that is away is no trouble."""
        self._pool = await lazy_pool(self.dsn, "onehall reads", self.pool_size, ANSWER_SECONDS_MAX)
        await self.look()
        self.store.replica = self
        self._task = asyncio.create_task(self._keep_looking())

    async def stop(self) -> None:
        """This will leave the replica alone from now on."""
        self.store.replica = None
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._pool:
            self._pool.terminate()

    @property
    def fit(self) -> bool:
        """This will tell whether it may be read."""
        return self.lag is not None and self.lag <= self.lag_seconds_max and time.monotonic() - self._seen < BLIND_SECONDS_MAX

    async def fetch(self, sql: str, values: tuple[Any, ...]) -> list[Row]:
        """This will read there.

        :raises Away: it does not answer, or what is asked for is being changed there.
        """
        try:
            found: list[Row] = await self._pool.fetch(sql, *values)
        except (asyncpg.SyntaxOrAccessError, asyncpg.DataError):
            raise
        except _GONE as error:
            self.lag = None
            telemetry.REPLICA_READS.labels("fell back").inc()
            raise Away from error
        telemetry.REPLICA_READS.labels("replica").inc()
        return found

    async def look(self) -> None:
        """This will measure how far it is behind."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                self.lag = await self._measure()
        except _GONE:
            self.lag = None
        self._seen = time.monotonic()
        telemetry.REPLICA_LAG.set(-1 if self.lag is None else self.lag)

    async def _measure(self) -> float | None:
        began = time.monotonic()
        self._noted.append((began, await self.store.pool.fetchval(_WRITTEN)))
        follows, replayed = await self._pool.fetchrow(_REPLAYED)
        if not follows or replayed is None:
            return None  # it is no replica, or one no more: what it says is its own
        pictured = [at for at, written in self._noted if written <= replayed]
        return began - max(pictured) if pictured else None

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            with suppress(Exception):
                before = self.fit
                await self.look()
                if before != self.fit:
                    telemetry.log.warning("the replica is " + ("read again" if self.fit else "left alone"), lag=self.lag)
