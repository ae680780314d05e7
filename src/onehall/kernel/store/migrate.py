"""Numbered migrations, room by room, one statement a call; what was done is never edited, only followed.

The house may be in use meanwhile, by code of yesterday: a migration first only adds what yesterday's code does not miss (expand), and a
later release takes away what nobody uses any more (contract). An index on a table in use is made CONCURRENTLY, IF NOT EXISTS, in a
file of its own.
"""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg

from onehall.kernel.store.pool import SCHEMA

GROUND_TRIES = 5
LOCK_MS = 500  # so long those who use a table wait behind a migration that waits for it
LOCK_TRIES = 120
LOCK_PAUSE_SECONDS = 1.0
ASIDE = "CONCURRENTLY "
_GROUND = """
CREATE TABLE IF NOT EXISTS migration (room text, name text, at timestamptz DEFAULT now(), PRIMARY KEY (room, name))
"""
_RACED = (asyncpg.UniqueViolationError, asyncpg.DuplicateTableError, asyncpg.DuplicateSchemaError)
SOURCE = Path(__file__).parents[2]
DOMAINS = ("party", "catalogue", "inventory", "billing", "order", "fulfilment", "estore", "outreach", "sweep", "engage")
_DIALOGUES = ("dialogues", "channels/sms", "channels/hotline")
ROOMS = ("kernel", *(f"domains/{name}" for name in DOMAINS), "adapters", *_DIALOGUES, "channels/wechat", "channels/agent", "hall")


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
    """A bare database is filled in one go. One that may be in use is changed file by file, and no file blocks its users for long."""
    done = await _fill(connection, say)
    for room, path in _found() if not done else ():
        done += await _patiently(connection, room, path, say)
    return done


async def _fill(connection: asyncpg.Connection, say: Callable[[str], None]) -> int:
    async with connection.transaction():
        await connection.execute("LOCK TABLE migration IN EXCLUSIVE MODE")
        if await connection.fetchval("SELECT EXISTS (SELECT 1 FROM migration)"):
            return 0
        found = list(_found())
        for room, path in found:
            await _do(connection, room, path, say, [statement.replace(ASIDE, "") for statement in statements(path.read_text())])
    return len(found)


async def _patiently(connection: asyncpg.Connection, room: str, path: Path, say: Callable[[str], None]) -> int:
    for attempt in range(LOCK_TRIES):
        try:
            return await _change(connection, room, path, say)
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            if attempt == LOCK_TRIES - 1:
                raise
            if attempt == 0:
                say(f"{room} {path.stem} waits for its turn; those who use the table go first")
            await asyncio.sleep(LOCK_PAUSE_SECONDS)
    raise AssertionError("not reached")


async def _change(connection: asyncpg.Connection, room: str, path: Path, say: Callable[[str], None]) -> int:
    wanted = statements(path.read_text())
    aside = any(ASIDE in statement for statement in wanted)
    await connection.execute(f"SET lock_timeout = {0 if aside else LOCK_MS}")
    try:
        if aside:  # such a statement waits without being in anybody's way, and takes no transaction; it must be safe twice
            return 0 if await _is_done(connection, room, path) else await _do(connection, room, path, say, wanted)
        async with connection.transaction():
            await connection.execute("LOCK TABLE migration IN EXCLUSIVE MODE")
            return 0 if await _is_done(connection, room, path) else await _do(connection, room, path, say, wanted)
    finally:
        await connection.execute("RESET lock_timeout")


async def _is_done(connection: asyncpg.Connection, room: str, path: Path) -> bool:
    return bool(await connection.fetchval("SELECT EXISTS (SELECT 1 FROM migration WHERE room = $1 AND name = $2)", room, path.name))


async def _do(connection: asyncpg.Connection, room: str, path: Path, say: Callable[[str], None], wanted: list[str]) -> int:
    for statement in wanted:
        await connection.execute(statement)
    await connection.execute("INSERT INTO migration (room, name) VALUES ($1, $2) ON CONFLICT DO NOTHING", room, path.name)
    say(f"migrated {room} {path.stem}")
    return 1


def _found() -> Iterator[tuple[str, Path]]:
    for room in ROOMS:
        for path in sorted((SOURCE / room / "migrations").glob("*.sql")):
            yield room, path


def statements(text: str) -> list[str]:
    """This will cut a migration at the semicolons that end a line; comments (`--`) are left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("--")]
    found = [part.strip() for part in ("\n".join(lines) + "\n").split(";\n")]
    return [part for part in found if part]
