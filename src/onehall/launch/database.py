"""The database that a command works on: a PostgreSQL of the operator's own, or the embedded one."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
from msgspec import structs

from onehall.kernel.settings import Settings
from onehall.kernel.store import Store, migrate
from onehall.launch import postgres
from onehall.launch.trouble import Trouble

PROJECT = Path(__file__).resolve().parents[3]
CONNECT_SECONDS_MAX = 10
POSTGRES_OLDEST = 140000  # 14, as server_version_num says it
EXAMPLE = "postgresql://user:password@host:5432/onehall"
Say = Callable[[str], None]
Stop = Callable[[], Awaitable[None]]


def at_home(settings: Settings, environ: dict[str, str]) -> Settings:
    """This will place the data folder: as set, or `.onehall` in the project, wherever the command is called from."""
    if environ.get("ONEHALL_HOME"):
        return structs.replace(settings, home=str(settings.folder.absolute()))
    project = PROJECT if (PROJECT / "pyproject.toml").exists() else Path.cwd()
    return structs.replace(settings, home=str(project / ".onehall"))


async def stand_up(settings: Settings, say: Say) -> tuple[str, Stop]:
    """This will give the DSN of a database that answers, and what ends it again; ends nothing that is not ours.

    :raises Trouble: it cannot be reached or started.
    """
    if settings.database_url:
        await check(settings.database_url)
        return settings.database_url, _nothing
    running = await postgres.start(settings.folder, say=say)
    return running.dsn, running.stop


async def check(dsn: str) -> None:
    """This will try a DSN.

    :raises Trouble: one line with the reason and the place, never the password.
    """
    where = shown(dsn)
    try:
        connection = await asyncpg.connect(dsn, timeout=CONNECT_SECONDS_MAX)
    except Exception as error:  # asyncpg lets through errors of sockets, TLS, names and its own, of many kinds
        raise Trouble(f"The database of DATABASE_URL ({where}) cannot be used: {_why(error, dsn)}") from None
    try:
        version = int(await connection.fetchval("SHOW server_version_num"))
    finally:
        await connection.close()
    if version < POSTGRES_OLDEST:
        raise Trouble(f"The database of DATABASE_URL ({where}) is PostgreSQL {version // 10000}; 14 or newer is needed")


def shown(dsn: str) -> str:
    """This will give a DSN in the form in which it may be shown and logged.

    :raises Trouble: it is not a DSN.
    """
    try:
        parts = urlsplit(dsn)
        place = f"{parts.hostname or 'local socket'}{f':{parts.port}' if parts.port else ''}"
    except ValueError:
        raise Trouble(f"DATABASE_URL is not an address of a PostgreSQL: it should be like {EXAMPLE}") from None
    if parts.scheme not in ("postgresql", "postgres"):
        raise Trouble(f"DATABASE_URL is not an address of a PostgreSQL: it should be like {EXAMPLE}")
    user = f"{parts.username}@" if parts.username else ""
    return f"{parts.scheme}://{user}{place}{parts.path}"


def _why(error: Exception, dsn: str) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {CONNECT_SECONDS_MAX} s"
    said = " ".join(str(error).split()) or type(error).__name__
    secret = re.search(r"//[^/@]*:([^@]*)@", dsn)
    return said.replace(secret[1], "***") if secret and secret[1] else said


async def bring_up_to_date(dsn: str, say: Say) -> int:
    """This will migrate; gives the number of migrations done.

    :raises Trouble: the database does not let us.
    """
    try:
        return await migrate(dsn, say)
    except (asyncpg.InsufficientPrivilegeError, asyncpg.ReadOnlySQLTransactionError) as error:
        raise Trouble(f"The database does not let us make our tables: {error}") from None
    except asyncpg.LockNotAvailableError:
        raise Trouble("A table is in use for so long that it could not be changed; what was done is kept: run this again later") from None


@asynccontextmanager
async def opened(settings: Settings, say: Say) -> AsyncIterator[Store]:
    """This will give a migrated store for one command, beside a house that runs or without one.

    When the house runs on this data folder its PostgreSQL is used; else one is started for the while.
    """
    beside = None if settings.database_url else postgres.running_in(settings.folder)
    dsn, stop = (beside, _nothing) if beside else await stand_up(settings, say)
    try:
        await bring_up_to_date(dsn, say)
        store = await Store(dsn, pool_size=settings.database_pool).open()
        try:
            yield store
        finally:
            await store.close()
    finally:
        await stop()


async def _nothing() -> None:
    """What is not ours is not ended."""
