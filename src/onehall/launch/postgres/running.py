"""Starting the embedded PostgreSQL of a data folder, once at a time, and ending it."""

import asyncio
import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import asyncpg

from onehall.launch.postgres import binaries, cluster, postmaster
from onehall.launch.postgres.account import account_for
from onehall.launch.trouble import Trouble

DATABASE = "onehall"
LOCK = "running.lock"
LOCK_SECONDS_MAX = 3  # an earlier run that is just ending gets this long


@dataclass
class Running:
    """A live embedded PostgreSQL of ours."""

    dsn: str
    entry: postmaster.Entry
    place: Path
    lock: TextIO
    adopted: bool

    def dsn_of(self, database: str) -> str:
        """This will give the address of another database of it."""
        return self.entry.dsn(database)

    async def stop(self) -> None:
        """This will end the PostgreSQL that was started or adopted, wait for it, and let the data folder go."""
        await asyncio.to_thread(postmaster.end, self.entry, self.place)
        self.lock.close()


async def start(home: Path, *, fast_unsafe: bool = False, say: cluster.Say = lambda line: None) -> Running:
    """This will start the PostgreSQL whose cluster lies in `home`, or adopt it when it lives, and make our database.

    `fast_unsafe` is for tests: nothing is flushed to disk.
    :raises Trouble: in one line, why not: taken by another run, broken, not permitted.
    """
    home = _made(home)
    lock = await _locked(home)
    work = asyncio.ensure_future(asyncio.to_thread(_start, home, lock, fast_unsafe, say))
    try:
        running = await asyncio.shield(work)
    except asyncio.CancelledError:
        await (await work).stop()
        raise
    except BaseException:
        lock.close()
        raise
    try:
        await _make_database(running)
    except BaseException:
        await running.stop()
        raise
    return running


def holder(home: Path) -> int | None:
    """This will give the process number of the run that holds a data folder, or None."""
    try:
        with (home / LOCK).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _written(home)
    except OSError:
        return None
    return None


def running_in(home: Path) -> str | None:
    """This will give the DSN of the PostgreSQL that another run keeps alive in a data folder, or None."""
    if holder(home) is None:
        return None
    place = (home / cluster.NAME).resolve()
    entry = postmaster.entry_of(place)
    return entry.dsn(DATABASE) if entry and entry.ready and postmaster.serves(entry.pid, place) else None


def _made(home: Path) -> Path:
    home = Path(os.path.abspath(home))
    try:
        if not home.exists():
            home.mkdir(parents=True)
            home.chmod(0o755)
        return home.resolve(strict=True)
    except OSError as error:
        raise Trouble(f"The data folder {home} cannot be made: {error.strerror}") from None


async def _locked(home: Path) -> TextIO:
    try:
        lock = (home / LOCK).open("a+")
    except OSError as error:
        raise Trouble(f"The data folder {home} cannot be written: {error.strerror}") from None
    for _ in range(LOCK_SECONDS_MAX * 10):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            await asyncio.sleep(0.1)
            continue
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        return lock
    lock.close()
    other = _written(home) or "unknown"
    raise Trouble(
        f"Onehall already runs on the data folder {home} (process {other}): stop it, or choose another by ONEHALL_HOME"
    )


def _written(home: Path) -> int | None:
    try:
        return int((home / LOCK).read_text())
    except (OSError, ValueError):
        return None


def _start(home: Path, lock: TextIO, fast_unsafe: bool, say: cluster.Say) -> Running:
    account = account_for(home / cluster.NAME)
    place = cluster.settled(home, account)
    bin_folder = binaries.binaries(account) / "bin"
    entry = postmaster.orphan(place)
    adopted = entry is not None
    if entry is None:
        postmaster.clean_up(place)
        cluster.ensure(place, account, bin_folder, say, durable=not fast_unsafe)
        entry = postmaster.launch(place, account, bin_folder, home / "postgres.log", durable=not fast_unsafe)
    else:
        say(f"Found the database still running from an earlier start (process {entry.pid}): using it")
    return Running(entry.dsn(DATABASE), entry, place, lock, adopted)


async def _make_database(running: Running) -> None:
    connection = await asyncpg.connect(running.dsn_of("postgres"))
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
            await connection.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await connection.close()
