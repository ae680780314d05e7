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
SECRET = "a secret that only the tests of the house know"
OPTIONS = "STRATEGY FILE_COPY"


def begin() -> None:
    """This will make the folder of this run, and sweep up after runs that were killed."""
    for old in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = old.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            remove(old)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    folder.chmod(0o755)
    os.environ[EXAMPLES] = os.environ.get("ONEHALL_EXAMPLES", "")
    for name in [name for name in os.environ if name.startswith("ONEHALL_") or name == "DATABASE_URL"]:
        del os.environ[name]  # a person's own settings change no test
    os.environ |= {VARIABLE: str(folder), "ONEHALL_HOME": str(folder / "house"), "ONEHALL_SECRET": SECRET}


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
            gate.truncate(0)
            gate.write("made")
    return name


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
