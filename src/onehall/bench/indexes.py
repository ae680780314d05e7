"""Tables without their indexes and keys for a while, as when a dump is restored: building one whole costs a tenth of growing it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from onehall.kernel.store import Store
from onehall.kernel.store.pool import SCHEMA

CONNECTIONS: Final = 2
MEMORY: Final = "512MB"  # for each index while it is built
SECONDS_MAX: Final = 3600
_CONSTRAINTS = """
SELECT c.conrelid::regclass::text AS of, c.conname AS name, pg_get_constraintdef(c.oid) AS said, c.contype::text AS kind
FROM pg_constraint c WHERE c.connamespace = $1::regnamespace AND c.contype IN ('p', 'u', 'f') AND c.conrelid::regclass::text = ANY($2)
ORDER BY c.contype
"""
_INDEXES = """
SELECT i.indexname AS name, i.indexdef AS said FROM pg_indexes i
WHERE i.schemaname = $1 AND i.tablename = ANY($2) AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)
"""
_HOMED = "SELECT table_name FROM information_schema.columns WHERE table_schema = $1 AND column_name = 'home'"


@asynccontextmanager
async def without_indexes(store: Store, say: Callable[[str], None]) -> AsyncIterator[None]:
    """This will take the indexes and keys off every table of customers, and build them again at the end."""
    async with store.pool.acquire() as connection:
        tables = [row["table_name"] for row in await connection.fetch(_HOMED, SCHEMA)]
        keys, indexes = await connection.fetch(_CONSTRAINTS, SCHEMA, tables), await connection.fetch(_INDEXES, SCHEMA, tables)
        foreign = [key for key in keys if key["kind"] == "f"]
        for key in [*foreign, *(key for key in keys if key["kind"] != "f")]:
            await connection.execute(f"ALTER TABLE {key['of']} DROP CONSTRAINT {key['name']}")
        for index in indexes:
            await connection.execute(f"DROP INDEX {index['name']}")
    yield
    say("  building the indexes")
    own = [f"ALTER TABLE {key['of']} ADD CONSTRAINT {key['name']} {key['said']}" for key in keys if key["kind"] != "f"]
    await _build(store, list(_in_turns(own, [index["said"] for index in indexes]).values()))
    await _build(store, [[f"ALTER TABLE {key['of']} ADD CONSTRAINT {key['name']} {key['said']}" for key in foreign]])


async def _build(store: Store, by_table: list[list[str]]) -> None:
    """Several at once, each of a table of its own: a key may not be added while another index of its table is built."""
    waiting = iter(by_table)

    async def work() -> None:
        async with store.pool.acquire() as connection:
            await connection.execute(f"SET maintenance_work_mem = '{MEMORY}'")
            for statements in waiting:
                for statement in statements:
                    await connection.execute(statement, timeout=SECONDS_MAX)
            await connection.execute("RESET maintenance_work_mem")

    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))


def _in_turns(keys: list[str], indexes: list[str]) -> dict[str, list[str]]:
    by_table: dict[str, list[str]] = {}
    for statement in keys:
        by_table.setdefault(statement.split()[2].removeprefix(f"{SCHEMA}."), []).append(statement)
    for statement in indexes:
        by_table.setdefault(statement.split(" ON ", 1)[1].split()[0].removeprefix(f"{SCHEMA}."), []).append(statement)
    return by_table
