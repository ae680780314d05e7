"""The pool of connections, and the edge: the one place where a transaction is opened and committed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar

import asyncpg
import msgspec

from onehall.kernel import ids
from onehall.kernel.clock import Clock, SystemClock, machine_time
from onehall.kernel.events import NOBODY, Origin
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal
from onehall.kernel.store.glance import Far, Glance
from onehall.kernel.store.leaving import Again, Hand
from onehall.kernel.store.transaction import Tx

SCHEMA = "onehall"
RETRIES_MAX = 4
STATEMENTS_KEPT = 1000
"""Prepared statements of a connection: what is not kept is parsed and planned again, which costs as much as it does."""

_RETRYABLE = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError, asyncpg.UniqueViolationError, Again)  # somebody was quicker
_GONE = (
    asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.AdminShutdownError,
    asyncpg.CannotConnectNowError, asyncpg.CrashShutdownError, ConnectionError, TimeoutError,
    asyncpg.InsufficientResourcesError, asyncpg.PostgresSystemError,  # no connection, memory or disk is left, or the disk fails
    asyncpg.InternalClientError,  # a connection that was cut in the middle of a word
)  # fmt: skip
T = TypeVar("T")


class Store:
    """A PostgreSQL database and the clock by which its rows are written."""

    def __init__(self, dsn: str, *, clock: Clock | None = None, pool_size: int = 20, wait_seconds: float = 30) -> None:
        self.dsn = dsn
        self.clock = clock or SystemClock()
        self.pool_size = pool_size
        self.wait_seconds = wait_seconds
        self.wakers: list[Callable[[datetime], None]] = []
        self.hand: Hand | None = None
        self.pool: Any = None
        self.replica: Far | None = None

    async def open(self) -> "Store":
        """This will connect.

        :raises OSError, asyncpg.PostgresError: nobody answers there, or not for us.
        """
        self.pool = await asyncpg.create_pool(
            self.dsn, min_size=1, max_size=self.pool_size, init=self._begin, reset=_leave_as_it_is,
            server_settings={"search_path": SCHEMA, "timezone": "UTC", "application_name": "onehall"},
            max_inactive_connection_lifetime=300, command_timeout=60, statement_cache_size=STATEMENTS_KEPT,
            max_cached_statement_lifetime=0,
        )  # fmt: skip
        return self

    async def close(self) -> None:
        """This will close every connection."""
        if self.pool is not None:
            await self.pool.close()
            self.pool = None

    @asynccontextmanager
    async def edge(self, home: int | str | None = None, origin: Origin = NOBODY, *, alone: bool = False) -> AsyncIterator[Tx]:
        """This will open one transaction in one home (a bucket, or an id that carries it) and commit it at the end.

        What is raised inside undoes all of it. `alone`: at most one statement writes there, and is committed when it is answered,
        which spares two round trips; what is left to do comes after it, so it is for what may be done twice, and tells nothing.
        :raises Refusal: `unavailable`, 503, when the database cannot be reached.
        """
        tx = Tx(self, _home(home), self.clock.now(), origin, alone=alone)
        try:
            yield tx
            await tx.commit()
        except _GONE as error:
            raise unavailable() from error
        finally:
            await tx.close()

    @asynccontextmanager
    async def glance(self, home: int | str | None = None, origin: Origin = NOBODY) -> AsyncIterator[Glance]:
        """This will open a look that may be some seconds behind: at the replica if it is fit, else at the primary.

        For what nobody has just changed themselves: shop windows, lists and reports. It commits nothing.
        :raises Refusal: `unavailable`, 503, when neither can be reached.
        """
        tx = Glance(self, _home(home), self.clock.now(), origin)
        try:
            yield tx
        except _GONE as error:
            raise unavailable() from error
        finally:
            await tx.close()

    async def run(
        self, home: int | str | None, work: Callable[[Tx], Awaitable[T]], origin: Origin = NOBODY, *, alone: bool = False
    ) -> T:
        """This will do `work` in a transaction (`alone`: see `edge`), again, four times at most, when the database asks for a retry."""
        for attempt in range(RETRIES_MAX):
            try:
                async with self.edge(home, origin, alone=alone) as tx:
                    return await work(tx)
            except _RETRYABLE:
                if attempt == RETRIES_MAX - 1:
                    raise
                await asyncio.sleep(0.02 * 2**attempt)
        raise AssertionError("not reached")

    async def _begin(self, connection: Any) -> None:
        """Each new connection sets the clock right, since the ids of all processes are to sort as they were made."""
        await prepare(connection)
        asked = machine_time()
        theirs = await connection.fetchval("SELECT clock_timestamp()")
        if isinstance(self.clock, SystemClock):
            self.clock.meet(theirs, asked, machine_time())

    def wake(self, due: datetime) -> None:
        """This will tell the workers of this process that work is due at a time."""
        for waker in self.wakers:
            waker(due)


def unavailable() -> Refusal:
    """This will make the refusal for when the database is away."""
    return Refusal("unavailable", _("We cannot do this right now. Please try again in a minute."), 503)


def _home(home: int | str | None) -> int:
    if home is None:
        return ids.random_home()
    return ids.home_of(home) if isinstance(home, str) else home


async def prepare(connection: Any) -> None:
    """This will teach a connection our bodies: in binary form, for jsonb the text after a byte of version; so COPY takes them too."""
    for name, mark in (("jsonb", b"\x01"), ("json", b"")):
        await connection.set_type_codec(
            name, schema="pg_catalog", format="binary", encoder=lambda value, mark=mark: mark + msgspec.json.encode(value),
            decoder=lambda value, mark=mark: msgspec.json.decode(value[len(mark) :]),
        )  # fmt: skip


async def lone(dsn: str, name: str) -> Any:
    """This will give a connection of its own, for who listens and does not ask.

    :raises OSError, asyncpg.PostgresError: nobody answers there, or not for us.
    """
    return await asyncpg.connect(dsn, server_settings={"application_name": name})


async def lazy_pool(dsn: str, name: str, size: int, connect_seconds: float) -> Any:
    """This will give a pool that connects at its first use, so that nobody has to be there yet."""
    return await asyncpg.create_pool(
        dsn, min_size=0, max_size=size, init=prepare, timeout=connect_seconds, command_timeout=60,
        server_settings={"search_path": SCHEMA, "timezone": "UTC", "application_name": name},
    )  # fmt: skip


async def _leave_as_it_is(connection: Any) -> None:
    """No session state is ever left, so there is nothing to reset."""
