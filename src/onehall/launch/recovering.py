"""A restored cluster: the copy in its place, the log replayed up to a moment, and the database opened for good from there."""

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import asyncpg

from onehall.kernel.settings import Settings
from onehall.launch import tools
from onehall.launch.database import Say
from onehall.launch.postgres import cluster, postmaster
from onehall.launch.postgres.account import Account, account_for
from onehall.launch.postgres.running import DATABASE
from onehall.launch.trouble import Trouble

REPLAY_SECONDS_MAX: Final = 6 * 3600
OWN = "postgresql.auto.conf"


async def restored(settings: Settings, base: Path, wal: Path, moment: datetime | None, say: Say) -> datetime:
    """This will restore a copy into the data folder, up to a moment; gives the time of the last fact that it knows.

    :raises Trouble: the moment cannot be reached, or the programs of that version are not there.
    """
    account = account_for(settings.folder / cluster.NAME)
    programs = tools.folder(int((base / "PG_VERSION").read_text()), account, "postgres")
    place = cluster.settled(settings.folder, account)
    try:
        say(f"Copying {base.name}")
        await asyncio.to_thread(_lay, base, wal, place, account, moment)
        return await _replay(place, account, programs, settings.folder / "postgres.log", say)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        if (settings.folder / cluster.NAME).is_symlink():
            (settings.folder / cluster.NAME).unlink()
        raise


def _lay(base: Path, wal: Path, place: Path, account: Account, moment: datetime | None) -> None:
    shutil.copytree(base, place, symlinks=True)
    kept = place / "archive"
    kept.mkdir()
    for one in sorted(wal.iterdir()) if wal.exists() else ():
        shutil.copy(one, kept / one.name.removesuffix(".partial"))  # the one that was being written when the archive stopped
    until = [f"recovery_target_time = '{moment.isoformat()}'"] if moment else []
    with (place / OWN).open("a") as settings:
        fetch = f"restore_command = 'cp \"{kept}/%f\" \"%p\"'"
        settings.write("\n".join(["", "# restoring", fetch, *until, "recovery_target_action = promote\n"]))
    (place / "recovery.signal").touch()
    for path in (place, *place.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o700 if path.is_dir() else 0o600)
        if account.dropped:
            shutil.chown(path, account.uid, account.gid)


async def _replay(place: Path, account: Account, programs: Path, log: Path, say: Say) -> datetime:
    say("Replaying what was written since")
    entry = await asyncio.to_thread(postmaster.launch, place, account, programs, log, durable=True)
    try:
        last = await _opened(entry, place, log)
    finally:
        await asyncio.to_thread(postmaster.end, entry, place)
    text = (place / OWN).read_text()
    (place / OWN).write_text(text[: text.index("\n# restoring")])
    shutil.rmtree(place / "archive")
    return last


async def _opened(entry: postmaster.Entry, place: Path, log: Path) -> datetime:
    for _look in range(REPLAY_SECONDS_MAX * 5):
        try:
            connection = await asyncpg.connect(entry.dsn(DATABASE), timeout=10)
        except (OSError, asyncpg.PostgresError):
            if not postmaster.serves(entry.pid, place):
                raise Trouble(f"That moment cannot be restored: {_why(log)}") from None
        else:
            try:
                if not await connection.fetchval("SELECT pg_is_in_recovery()"):
                    at: datetime | None = await connection.fetchval("SELECT max(at) FROM onehall.event")
                    return at or datetime.now(UTC)
            finally:
                await connection.close()
        await asyncio.sleep(0.2)
    raise Trouble("The log could not be replayed in six hours")


def _why(log: Path) -> str:
    grave = [line.split("FATAL:", 1)[1].strip() for line in log.read_text(errors="replace").splitlines() if "FATAL:" in line]
    return grave[-1] if grave else f"see {log}"
