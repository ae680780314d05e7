"""One throwaway PostgreSQL for a whole test run, shared by its workers; databases cloned from a migrated template."""

import asyncio
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import psutil

from onehall.kernel.store import migrate
from onehall.launch.postgres import postmaster, start
from onehall.launch.postgres.cluster import NAME

# the controlling process makes the folder and tells its workers by this variable
VARIABLE = "TESTS_OF_ONEHALL"
EXAMPLES = "EXAMPLES_OF_ONEHALL"  # how many random stories are played: ONEHALL_EXAMPLES, kept from the house
PREFIX = "onehall-tests-"
PLAIN = "plain"
MEMORY, MEMORY_MIN = Path("/dev/shm"), 8 * 2**30  # bytes
SECRET = "a secret that only the tests of the house know"
OPTIONS = "STRATEGY FILE_COPY"
LENT_MAX = 60  # what is deleted leaves its room behind
TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'onehall'::regnamespace ORDER BY relname"
SHAPE = """SELECT md5(string_agg(a.attrelid::regclass || a.attname || a.atttypid || a.attnotnull, ','
        ORDER BY a.attrelid::regclass::text, a.attnum)
    || (SELECT count(*) FROM pg_constraint WHERE connamespace = 'onehall'::regnamespace)) AS shape
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'onehall'::regnamespace AND a.attnum > 0"""
OTHERS_END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
MARK = "SELECT txid_current()::bigint AS xid"
KEY = """SELECT string_agg(format('o.%I = s.%I', a.attname, a.attname), ' AND ') FROM pg_index i
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey) WHERE i.indisprimary AND i.indrelid = one.oid"""
RESTORE = f"""DO $$ DECLARE one record; mark bigint; here bigint; held bigint; same text; BEGIN
    SET LOCAL session_replication_role = replica;
    SELECT xid INTO mark FROM seed.mark;
    FOR one IN SELECT c.oid, c.relname, s.oid IS NOT NULL AS held FROM pg_class c
        LEFT JOIN pg_class s ON s.relname = c.relname AND s.relnamespace = 'seed'::regnamespace
        WHERE c.relkind = 'r' AND c.relnamespace = 'onehall'::regnamespace
    LOOP
        CONTINUE WHEN NOT one.held AND pg_relation_size(one.oid) = 0;  -- nothing was ever written there
        EXECUTE format('DELETE FROM onehall.%I WHERE xmin::text::bigint > %s', one.relname, mark);  -- what was written or changed
        CONTINUE WHEN NOT one.held;
        EXECUTE format('SELECT count(*) FROM onehall.%I', one.relname) INTO here;
        EXECUTE format('SELECT count(*) FROM seed.%I', one.relname) INTO held;
        CONTINUE WHEN here = held;
        {KEY} INTO same;
        EXECUTE format('INSERT INTO onehall.%I SELECT s.* FROM seed.%I s WHERE NOT EXISTS (SELECT 1 FROM onehall.%I o WHERE %s)',
            one.relname, one.relname, one.relname, same);
    END LOOP;
    UPDATE seed.mark SET xid = txid_current();
END $$"""
_free: dict[str, list[tuple[str, int]]] = {}
_lent: dict[str, tuple[str, int]] = {}


def begin() -> None:
    """This will make the folder of this run, and sweep up after runs that were killed."""
    place = room()
    for old in [each for parent in {place, Path(tempfile.gettempdir())} for each in parent.glob(f"{PREFIX}*")]:
        owner = old.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            remove(old)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=place))
    folder.chmod(0o755)
    os.environ[EXAMPLES] = os.environ.get("ONEHALL_EXAMPLES", "")
    for name in [name for name in os.environ if name.startswith("ONEHALL_") or name == "DATABASE_URL"]:
        del os.environ[name]  # a person's own settings change no test
    os.environ |= {VARIABLE: str(folder), "ONEHALL_HOME": str(folder / "house"), "ONEHALL_SECRET": SECRET}


def room() -> Path:
    """This will name where databases are made: in memory where there is much of it.

    A database is a thousand files, and a disk looks long for a place where files were deleted a moment ago.
    """
    try:
        roomy = shutil.disk_usage(MEMORY).free >= MEMORY_MIN and os.access(MEMORY, os.W_OK)
    except OSError:
        roomy = False
    return MEMORY if roomy else Path(tempfile.gettempdir())


def finish() -> None:
    """This will end the PostgreSQL of this run and remove its folder."""
    remove(Path(os.environ.pop(VARIABLE)))


def remove(folder: Path) -> None:
    """This will end the PostgreSQL in a test folder, if one lives, and remove both."""
    place = (folder / NAME).resolve()
    try:
        entry = postmaster.entry_of(place)
        if entry:
            postmaster.end(entry, place)
    except OSError:
        return  # another account's run: not ours to end
    for gone in (place, folder):
        shutil.rmtree(gone, ignore_errors=True)


def server() -> postmaster.Entry:
    """This will give the run's PostgreSQL; the first to ask starts it."""
    folder = Path(os.environ[VARIABLE])
    with (folder / "gate").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        entry = postmaster.entry_of((folder / NAME).resolve())
        if entry is None:
            running = asyncio.run(start(folder, fast_unsafe=True))
            running.lock.close()
            entry = running.entry
    return entry


def template(name: str, fill: Callable[[str], Any] | None = None, source: str = "template1") -> str:
    """This will give the name of a database to clone from: made once a run, migrated, then filled by `fill(dsn)`."""
    entry = server()
    with Path(os.environ[VARIABLE], f"gate-{name}").open("a+") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        gate.seek(0)
        if gate.read() != "made":
            drop(name)
            clone(source, name)
            asyncio.run(migrate(entry.dsn(name)))
            if fill:
                asyncio.run(fill(entry.dsn(name)))
            asyncio.run(_remember(entry.dsn(name)))
            gate.truncate(0)
            gate.write("made")
    return name


def borrow(source: str, name: str) -> str:
    """This will give a database as the template is: one that was given back, else a clone. A clone costs ten times as much."""
    if not _free.setdefault(source, []):
        clone(source, name)
        _free[source].append((name, 0))
    lent, times = _free[source].pop()
    _lent[lent] = (source, times + 1)
    return lent


def give_back(name: str) -> None:
    """This will make a borrowed database as its template is, for the next test; one that cannot be made so, or is worn, is dropped."""
    source, times = _lent.pop(name)
    try:
        clean = times < LENT_MAX and asyncio.run(_restored(server().dsn(name)))
    except (asyncpg.PostgresError, OSError):
        clean = False
    if clean:
        _free[source].append((name, times))
    else:
        drop(name)


async def _remember(dsn: str) -> None:
    """What a template holds is kept beside it, with the shape of its tables, so that a clone can be made so again."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("DROP SCHEMA IF EXISTS seed CASCADE; CREATE SCHEMA seed")
        for (table,) in await connection.fetch(TABLES):
            if await connection.fetchval(f"SELECT EXISTS (SELECT 1 FROM onehall.{table})"):
                await connection.execute(f"CREATE TABLE seed.{table} AS TABLE onehall.{table}")
        await connection.execute(f"CREATE TABLE seed.shape AS {SHAPE}")
        await connection.execute(f"CREATE TABLE seed.mark AS {MARK}")
    finally:
        await connection.close()


async def _restored(dsn: str) -> bool:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(OTHERS_END)
        if await connection.fetchval(SHAPE) != await connection.fetchval("SELECT shape FROM seed.shape"):
            return False
        await connection.execute(RESTORE)
        return True
    finally:
        await connection.close()


def clone(source: str, name: str) -> str:
    """This will make a fresh database from a template and give its DSN."""
    entry = server()
    asyncio.run(_run(entry, f"CREATE DATABASE {name} TEMPLATE {source} {OPTIONS}"))
    return entry.dsn(name)


def drop(name: str) -> None:
    """This will remove a database, ending what is still connected to it."""
    asyncio.run(_run(server(), f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


async def _run(entry: postmaster.Entry, *statements: str) -> None:
    connection = await asyncpg.connect(entry.dsn("postgres"))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
