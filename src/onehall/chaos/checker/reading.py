"""What an invariant is written in: one snapshot of the tables, the house's time, and what is still under way."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg
import msgspec

SCHEMA: Final = "onehall"
SOON: Final = timedelta(minutes=15)  # work due within this time still moves what it names; the longest wait between tries is ten
FAULTS_MAX: Final = 1000
LIVE: Final = ("active", "suspended", "pendingTerminate")
BEGUN: Final = ("created", "pendingActive", *LIVE)
_AHEAD: Final = "SELECT value FROM sim_switch WHERE adapter = 'clock' AND name = 'ahead_s'"
_UNDER_WAY: Final = """
-- fan-out: every id that work still to be done names; who stood behind it (origin) is not what it moves
SELECT DISTINCT found[1] AS id
FROM job j, regexp_matches(concat_ws(' ', (j.body - 'origin')::text, j.lane), '[0-7][0-9a-hjkmnp-tv-z]{23}', 'g') AS found
WHERE j.state = 'ready' AND j.due <= $1 AND NOT (j.kind = 'payment.lapse' AND EXISTS (
    SELECT 1 FROM payment p WHERE p.id = j.body->>'payment' AND p.status <> 'pending'))
"""


class Fault(msgspec.Struct, frozen=True):
    """One thing that is not as it must be: which invariant, what (its id), and why."""

    invariant: str
    id: str
    why: str


class Reader:
    """One snapshot of a database. `under_way`: the ids that work names which is due now or soon; what they show is not final."""

    def __init__(self, connection: Any, now: datetime, under_way: frozenset[str], explained: frozenset[str]) -> None:
        self.connection = connection
        self.now = now
        self.under_way = under_way
        self.explained = explained

    async def rows(self, sql: str, *values: Any) -> list[Any]:
        """This will read rows."""
        found: list[Any] = await self.connection.fetch(sql, *values)
        return found

    async def faults(self, invariant: str, sql: str, *values: Any) -> list[Fault]:
        """This will read faults: columns `id`, `why`, and `by`, the id whose pending work would still put it right."""
        rows = await self.connection.fetch(sql, *values)
        return [Fault(invariant, str(row["id"]), row["why"]) for row in rows if row["by"] not in self.under_way][:FAULTS_MAX]


Invariant = Callable[[Reader], Awaitable[list[Fault]]]


@asynccontextmanager
async def reading(dsn: str, explained: frozenset[str] = frozenset()) -> AsyncIterator[Reader]:
    """This will open one read-only snapshot of a database; nothing is changed, nobody is kept waiting."""
    connection = await asyncpg.connect(dsn, server_settings={"search_path": SCHEMA, "timezone": "UTC", "application_name": "onehall check"})
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield await reader_on(connection, explained)
    finally:
        await connection.close()


async def reader_on(connection: Any, explained: frozenset[str] = frozenset()) -> Reader:
    """This will read on a connection that is in a transaction."""
    ahead = await connection.fetchval(_AHEAD)
    now = await connection.fetchval("SELECT now()") + timedelta(seconds=int(ahead or 0))
    rows = await connection.fetch(_UNDER_WAY, now + SOON)
    return Reader(connection, now, frozenset(row["id"] for row in rows), explained)
