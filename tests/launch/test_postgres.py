"""The embedded PostgreSQL: cold starts, kills, orphans, broken folders, closed folders, accounts."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from onehall.launch import postgres
from onehall.launch.postgres import cluster, postmaster
from onehall.launch.trouble import Trouble
from tests.tidy.source import ROOT

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can step down to another account")


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder with a short path that every account can enter; whatever runs in it is ended after the test."""
    with tempfile.TemporaryDirectory(prefix="onehall-launch-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "home"
        place = (Path(folder) / "home" / cluster.NAME).resolve()
        left = postmaster.entry_of(place)
        if left:
            postmaster.end(left, place)


async def ask(dsn: str, *statements: str) -> object:
    """This will run statements and give the first value of the last one."""
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return await connection.fetchval(statements[-1])
    finally:
        await connection.close()


def leave_running(home: Path) -> postmaster.Entry:
    """This will start a PostgreSQL from another process and kill that process with -9, so that it stays as an orphan."""
    script = f"""
import asyncio, os
from pathlib import Path
from onehall.launch import postgres
async def main():
    await postgres.start(Path({str(home)!r}))
    os.kill(os.getpid(), 9)
asyncio.run(main())
"""
    ended = subprocess.run([sys.executable, "-c", script], env=os.environ | {"PYTHONPATH": str(ROOT / "src")})
    assert ended.returncode == -signal.SIGKILL
    entry = postmaster.entry_of((home / cluster.NAME).resolve())
    assert entry is not None
    return entry


def alive(pid: int) -> bool:
    """This will say whether a process lives and is not a zombie."""
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


async def test_cold_start_serves_utf8_sorted_by_bytes_and_stop_ends_it(home: Path) -> None:
    running = await postgres.start(home)
    assert await ask(running.dsn, "SELECT current_database()::text") == "onehall"
    assert await ask(running.dsn, "SELECT '中' || setting FROM pg_settings WHERE name = 'server_encoding'") == "中UTF8"
    assert await ask(running.dsn, "SELECT 'a' < 'B' COLLATE \"default\"") is False
    assert await ask(running.dsn, "SHOW synchronous_commit") == "on"
    assert await ask(running.dsn, "SHOW listen_addresses") == ""
    assert postmaster.serves(running.entry.pid, running.place) and not postmaster.serves(running.entry.pid, home / "another")
    await running.stop()
    assert not alive(running.entry.pid)
    assert not (running.place / "postmaster.pid").exists()


async def test_what_was_committed_outlives_kill_9_of_the_postmaster(home: Path) -> None:
    first = await postgres.start(home)
    await ask(first.dsn, "CREATE TABLE kept (n int)", "INSERT INTO kept SELECT generate_series(1, 1000) RETURNING 1")
    os.kill(first.entry.pid, signal.SIGKILL)
    first.lock.close()
    second = await postgres.start(home)
    assert not second.adopted
    assert second.entry.pid != first.entry.pid
    assert await ask(second.dsn, "SELECT count(*) FROM kept") == 1000
    await second.stop()


async def test_an_orphan_is_adopted_with_all_it_holds(home: Path) -> None:
    orphan = await asyncio.to_thread(leave_running, home)
    told: list[str] = []
    running = await postgres.start(home, say=told.append)
    assert running.adopted
    assert running.entry.pid == orphan.pid
    assert told == [f"Found the database still running from an earlier start (process {orphan.pid}): using it"]
    await running.stop()
    assert not alive(orphan.pid)


async def test_a_pid_file_with_a_strangers_number_is_not_believed(home: Path) -> None:
    first = await postgres.start(home, fast_unsafe=True)
    await first.stop()
    stranger = subprocess.Popen(["sleep", "60"])
    lines = [str(stranger.pid), str(first.place), "1700000000", "5432", str(first.place), "", "1 1", "ready   "]
    (first.place / "postmaster.pid").write_text("\n".join(lines) + "\n")
    second = await postgres.start(home, fast_unsafe=True)
    assert not second.adopted
    await second.stop()
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


async def test_a_second_start_on_one_folder_is_told_who_has_it(home: Path) -> None:
    first = await postgres.start(home, fast_unsafe=True)
    with pytest.raises(Trouble, match=rf"already runs on the data folder {home} \(process {os.getpid()}\)"):
        await postgres.start(home)
    assert alive(first.entry.pid)
    await first.stop()


def leave_half(home: Path, *, database: bool) -> Path:
    """This will make a data folder as an initdb leaves it that was broken off, with or without a database in it."""
    half = home / cluster.NAME
    (half / "base" / ("16384" if database else "1")).mkdir(parents=True)
    (half / "postgresql.conf").write_text("# half\n")
    return half


async def test_a_half_initialised_folder_without_a_database_is_made_anew(home: Path) -> None:
    leave_half(home, database=False)
    (home / f"{cluster.NAME}.new-1").mkdir()
    told: list[str] = []
    running = await postgres.start(home, fast_unsafe=True, say=told.append)
    assert await ask(running.dsn, "SELECT 1") == 1
    await running.stop()
    assert len(told) == 1 and told[0].startswith("The data folder was half-initialised and held no database: made anew")
    assert not (home / f"{cluster.NAME}.new-1").exists()


async def test_a_half_folder_that_holds_a_database_is_refused_and_left_as_it_is(home: Path) -> None:
    half = leave_half(home, database=True)
    with pytest.raises(Trouble, match=r"is not whole \(PG_VERSION is missing\)"):
        await postgres.start(home)
    assert sorted(path.name for path in half.iterdir()) == ["base", "postgresql.conf"]
    assert postgres.holder(home) is None


async def test_a_folder_of_another_version_is_refused_in_one_line(home: Path) -> None:
    running = await postgres.start(home, fast_unsafe=True)
    await running.stop()
    version = running.place / "PG_VERSION"
    written = version.read_text()
    version.write_text("12\n")
    with pytest.raises(Trouble, match="was written by PostgreSQL 12"):
        await postgres.start(home)
    version.write_text(written)


async def test_a_long_path_gets_a_short_socket_that_is_removed_again(home: Path) -> None:
    running = await postgres.start(home / ("deep" * 10) / ("deeper" * 10), fast_unsafe=True)
    folder = Path(running.entry.socket_folder)
    assert folder.name.startswith(postmaster.SHORT) and folder.stat().st_mode & 0o777 == 0o700
    assert await ask(running.dsn, "SELECT 1") == 1
    await running.stop()
    assert not folder.exists()


@needs_root
async def test_root_steps_down_to_an_unprivileged_account(home: Path) -> None:
    running = await postgres.start(home, fast_unsafe=True)
    assert running.place == home / cluster.NAME
    assert psutil.Process(running.entry.pid).uids().effective == running.place.stat().st_uid != 0
    await running.stop()


@needs_root
async def test_root_shelters_the_database_of_a_closed_folder(home: Path, request: pytest.FixtureRequest) -> None:
    home.mkdir(mode=0o700)
    first = await postgres.start(home, fast_unsafe=True)
    request.addfinalizer(remover(first.place))
    assert not first.place.is_relative_to(home)
    await ask(first.dsn, "CREATE TABLE kept ()", "SELECT 1")
    await first.stop()
    second = await postgres.start(home, fast_unsafe=True)
    assert second.place == first.place
    assert await ask(second.dsn, "SELECT count(*) FROM kept") == 0
    await second.stop()


def remover(place: Path) -> Callable[[], None]:
    """This will give what removes a sheltered cluster after its test."""
    return lambda: subprocess.run(["rm", "-rf", str(place)], check=True) and None


@needs_root
def test_a_plain_user_runs_it_alone_and_cannot_take_a_strangers(home: Path) -> None:
    """The library folder may be closed to the user on this machine; then there is nothing to try."""
    home.mkdir()
    os.chown(home, 1234, 1234)
    script = f"""
import asyncio, os
from pathlib import Path
from onehall.launch import postgres
async def main():
    running = await postgres.start(Path({str(home)!r}), fast_unsafe=True)
    print(os.stat(running.place).st_uid)
    await running.stop()
asyncio.run(main())
"""
    answer = as_user(script)
    if "Permission denied" in answer.stderr or answer.returncode == 126:
        pytest.skip("another account cannot read this project's libraries here")
    assert answer.stdout.strip() == "1234", answer.stderr
    os.chown(home / cluster.NAME, 4321, 4321)
    answer = as_user(script)
    assert "belongs to the account number 4321: start Onehall as that account" in answer.stderr
    os.chown(home / cluster.NAME, 1234, 1234)


def as_user(script: str) -> "subprocess.CompletedProcess[str]":
    """This will run Python code as a plain user without a name, in the project's environment."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        return subprocess.run(
            [sys.executable, "-c", script], env=environment, cwd="/", user=1234, group=1234, extra_groups=[],
            capture_output=True, text=True,
        )  # fmt: skip
    except PermissionError as error:
        return subprocess.CompletedProcess([], 126, "", str(error))
