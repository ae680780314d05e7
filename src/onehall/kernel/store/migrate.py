"""Numbered migrations, room by room, one statement a call; what was done is never edited, only followed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg

from onehall.kernel.store.pool import SCHEMA

GROUND_TRIES = 5
_GROUND = """
CREATE TABLE IF NOT EXISTS migration (room text, name text, at timestamptz DEFAULT now(), PRIMARY KEY (room, name))
"""
_RACED = (asyncpg.UniqueViolationError, asyncpg.DuplicateTableError, asyncpg.DuplicateSchemaError)
SOURCE = Path(__file__).parents[2]
DOMAINS = ("party", "catalogue", "inventory", "billing", "order", "fulfilment")
ROOMS = ("kernel", *(f"domains/{name}" for name in DOMAINS), "adapters", "channels/sms")


async def migrate(dsn: str, say: Callable[[str], None] = lambda line: None) -> int:
    """This will bring a database to today's schema; gives the number of migrations done. Safe twice, and at once."""
    connection = await asyncpg.connect(dsn, server_settings={"search_path": SCHEMA})
    try:
        await _lay_ground(connection)
        return await _follow(connection, say)
    finally:
        await connection.close()


async def missing_migrations(connection: asyncpg.Connection) -> list[str]:
    """This will name the migrations that this code knows and the database does not; what it has beyond them is another's matter."""
    try:
        done = {(row["room"], row["name"]) for row in await connection.fetch(f"SELECT room, name FROM {SCHEMA}.migration")}
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        done = set()
    return [f"{room}/{path.name}" for room, path in _found() if (room, path.name) not in done]


async def _lay_ground(connection: asyncpg.Connection) -> None:
    """Of two who find a bare database one may lose the race for a name even with IF NOT EXISTS; it looks again."""
    for attempt in range(GROUND_TRIES):
        try:
            await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
            await connection.execute(_GROUND)
            return
        except _RACED:
            if attempt == GROUND_TRIES - 1:
                raise


async def _follow(connection: asyncpg.Connection, say: Callable[[str], None]) -> int:
    done = 0
    async with connection.transaction():
        await connection.execute("LOCK TABLE migration IN EXCLUSIVE MODE")
        known = {(row["room"], row["name"]) for row in await connection.fetch("SELECT room, name FROM migration")}
        for room, path in _found():
            if (room, path.name) not in known:
                for statement in statements(path.read_text()):
                    await connection.execute(statement)
                await connection.execute("INSERT INTO migration (room, name) VALUES ($1, $2)", room, path.name)
                say(f"migrated {room} {path.stem}")
                done += 1
    return done


def _found() -> Iterator[tuple[str, Path]]:
    for room in ROOMS:
        for path in sorted((SOURCE / room / "migrations").glob("*.sql")):
            yield room, path


def statements(text: str) -> list[str]:
    """This will cut a migration at the semicolons that end a line; comments (`--`) are left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("--")]
    found = [part.strip() for part in ("\n".join(lines) + "\n").split(";\n")]
    return [part for part in found if part]
