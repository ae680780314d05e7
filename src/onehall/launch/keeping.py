"""`onehall db backup`, `archive` and `restore`: copies of the database, and the way back to any moment since.

They drive PostgreSQL's own programs. A backup folder holds `base-<time>` (one for each backup), `wal` (all that was written since
`archive` runs) and `secret`, without which sealed documents of the database cannot be read.
"""

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import asyncpg

from onehall.kernel.settings import SECRET_FILE, Settings, read
from onehall.launch import database, postgres, tools
from onehall.launch.recovering import restored
from onehall.launch.say import say
from onehall.launch.trouble import Trouble

SLOT: Final = "onehall_archive"
BASE, WAL = "base-", "wal"


async def backup(folder: Path) -> None:
    """Copy the whole database into a backup folder, while it works.

    Parameters
    ----------
    folder
        Where backups are kept; each is a folder of its own in it.
    """
    settings = _settings()
    async with _there(settings) as dsn:
        programs = tools.folder(await _version(dsn), tools.own_account(), "pg_basebackup")
        place = _made(folder) / f"{BASE}{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        draft = place.with_name(f".{place.name}")
        shutil.rmtree(draft, ignore_errors=True)
        # what is written while it is copied comes along, so that it is whole also without an archive
        await _run(programs / "pg_basebackup", "-D", draft, "-X", "stream", "-c", "fast", "-d", dsn)
        for left in draft.glob(".s.PGSQL.*"):
            left.unlink()
        draft.rename(place)
    _keep_secret(settings, folder)
    say(f"The database is copied to {place}")


async def archive(folder: Path) -> None:
    """Keep all that the database writes in a backup folder, until Ctrl-C; with it any moment since the backup can be restored.

    Parameters
    ----------
    folder
        Where backups are kept.
    """
    settings = _settings()
    async with _there(settings) as dsn:
        program = tools.folder(await _version(dsn), tools.own_account(), "pg_receivewal") / "pg_receivewal"
        place = _made(folder / WAL)
        # the slot has the database keep what was not fetched yet, also while nobody archives
        await _run(program, "-d", dsn, "--create-slot", "--if-not-exists", "--slot", SLOT)
        receiving = await asyncio.create_subprocess_exec(
            program, "-D", place, "-d", dsn, "--slot", SLOT, "--synchronous", stderr=asyncio.subprocess.DEVNULL, start_new_session=True
        )
        say(f"All that is written is kept in {place}. Ctrl-C closes it.")
        await _until_stopped(receiving)


async def restore(folder: Path, *, to: str = "", backup: str = "") -> None:
    """Put the database of a backup, as it was at a moment, into the data folder (ONEHALL_HOME), which must hold none.

    Parameters
    ----------
    folder
        Where backups are kept.
    to
        The moment, as 2026-10-12T14:30:00Z; when left out, the end of what was kept.
    backup
        The name of the backup to begin with; when left out, the last one before the moment.
    """
    settings = _settings()
    moment = _moment(to)
    base = _chosen(folder, moment, backup)
    if (settings.folder / "postgres").exists():
        raise Trouble(f"The data folder {settings.home} holds a database already: name an empty one by ONEHALL_HOME")
    settings.folder.mkdir(parents=True, exist_ok=True)
    last = await restored(settings, base, folder / WAL, moment, say)
    kept = folder / SECRET_FILE
    if kept.exists():
        shutil.copy(kept, settings.folder / SECRET_FILE)
    say(f"The database is restored from {base.name}; the last fact in it is of {last:%Y-%m-%d %H:%M:%S} UTC")
    say(f"  ONEHALL_HOME={settings.home} onehall up      opens it")


def _settings() -> Settings:
    return database.at_home(read(), dict(os.environ))


@asynccontextmanager
async def _there(settings: Settings) -> AsyncIterator[str]:
    """The database that is to be kept: that of DATABASE_URL, that of the house which runs, or it is started for the while."""
    beside = None if settings.database_url else postgres.running_in(settings.folder)
    if beside:
        yield beside
        return
    dsn, stop = await database.stand_up(settings, say)
    try:
        yield dsn
    finally:
        await asyncio.shield(stop())


async def _version(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        return int(await connection.fetchval("SHOW server_version_num")) // 10000
    finally:
        await connection.close()


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise Trouble(f"The backup folder {folder} cannot be made: {error.strerror}") from None
    return folder.resolve()


async def _run(*command: str | Path) -> None:
    running = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE)
    _out, said = await running.communicate()
    if running.returncode:
        last = (said.decode(errors="replace").strip().splitlines() or ["no reason given"])[-1]
        raise Trouble(f"{Path(command[0]).name}: {last.split(': error: ')[-1]}")


async def _until_stopped(running: asyncio.subprocess.Process) -> None:
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    ended = asyncio.ensure_future(running.wait())
    asked = asyncio.ensure_future(stopped.wait())
    await asyncio.wait({ended, asked}, return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    if not ended.done():
        with contextlib.suppress(ProcessLookupError):
            running.send_signal(signal.SIGINT)
        await ended
    elif running.returncode:
        raise Trouble(f"pg_receivewal ended with status {running.returncode}")


def _keep_secret(settings: Settings, folder: Path) -> None:
    kept = settings.folder / SECRET_FILE
    if kept.exists() and not settings.secret:
        shutil.copy(kept, folder / SECRET_FILE)
        (folder / SECRET_FILE).chmod(0o600)


def _moment(words: str) -> datetime | None:
    if not words:
        return None
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        raise Trouble(f"{words!r} is no moment: it should be like 2026-10-12T14:30:00Z") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _chosen(folder: Path, moment: datetime | None, wanted: str) -> Path:
    found = sorted(place for place in folder.glob(f"{BASE}*") if not wanted or place.name == wanted)
    if moment is not None:
        found = [place for place in found if place.name <= f"{BASE}{moment:%Y%m%dT%H%M%SZ}"]
    if not found:
        raise Trouble(f"There is no such backup in {folder}" + (f" from before {moment:%Y-%m-%d %H:%M:%S} UTC" if moment else ""))
    return found[-1]
