"""`onehall up`: one line for every trouble, everything ended that was started, nothing lost that was committed."""

import asyncio
import importlib.util
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from tests.launch.commands import Up, free_port, house_folder, run

pytestmark = pytest.mark.skipif(importlib.util.find_spec("onehall.app") is None, reason="the app is not there yet")
NEXT_START_SECONDS_MAX = 4
CANNOT = "The database of DATABASE_URL"


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder of its own."""
    with house_folder() as folder:
        yield folder


def alive(pid: int) -> bool:
    """This will say whether a process lives and is not a zombie."""
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def asked(dsn: str, sql: str) -> object:
    """This will ask the database one value."""

    async def ask() -> object:
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(ask())


@pytest.mark.slow
def test_it_opens_says_where_and_ends_all_it_started(home: Path) -> None:
    up = Up(home, free_port())
    up.ready()
    database = up.database()
    assert database is not None and up.answers() == 200
    second = run("up", ONEHALL_HOME=str(home), ONEHALL_PORT=str(free_port()))
    assert second.returncode == 1
    assert second.stderr.strip() == (
        f"Onehall already runs on the data folder {home} (process {up.process.pid}): "
        "stop it, or choose another by ONEHALL_HOME"
    )
    assert up.answers() == 200
    assert up.close() == 0
    assert not alive(database.pid)
    assert f"http://127.0.0.1:{up.port}/" in up.said and "Traceback" not in up.said


@pytest.mark.slow
def test_kill_9_loses_nothing_and_the_next_start_is_quick(home: Path) -> None:
    up = Up(home, free_port())
    up.ready()
    for victim in ("house", "database", "both"):
        up = _killed_and_opened_again(home, up, victim)
    database = up.database()
    assert up.close(signal.SIGTERM) == 0
    assert database is not None and not alive(database.pid)


def _killed_and_opened_again(home: Path, up: Up, victim: str) -> Up:
    database = up.database()
    assert database is not None
    kept = asked(database.dsn("onehall"), "SELECT count(*) FROM onehall.event")
    if victim in ("database", "both"):
        os.kill(database.pid, signal.SIGKILL)
    up.process.kill() if victim != "database" else up.close()
    up.process.wait()
    again = Up(home, up.port)
    again.ready()
    assert again.worked() < NEXT_START_SECONDS_MAX  # processor time: what others do on this machine does not count
    revived = again.database()
    assert revived is not None and (revived.pid == database.pid) == (victim == "house"), victim
    assert asked(revived.dsn("onehall"), "SELECT count(*) FROM onehall.event") >= kept  # type: ignore[operator]
    return again


def test_a_taken_port_is_told_with_who_has_it_before_anything_is_made(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = run("up", ONEHALL_HOME=str(home), ONEHALL_PORT=str(port))
    who = f"{psutil.Process().name()} (process {os.getpid()})"
    assert answer.stderr.strip() == (
        f"Port {port} on 127.0.0.1 cannot be used: it is taken by {who}. Choose another with ONEHALL_PORT"
    )
    assert (answer.returncode, answer.stdout) == (1, "")
    assert not home.exists()


@pytest.mark.parametrize(
    ("dsn", "told"),
    [
        ("postgresql://me:se%2Fcret@127.0.0.1:1/x", f"{CANNOT} (postgresql://me@127.0.0.1:1/x) cannot be used: "),
        ("postgresql://me:secret@no.host.invalid/x", f"{CANNOT} (postgresql://me@no.host.invalid/x) cannot be used: "),
        ("mysql://me:secret@127.0.0.1/x", "DATABASE_URL is not an address of a PostgreSQL: it should be like "),
        ("not an address with secret", "DATABASE_URL is not an address of a PostgreSQL: it should be like "),
        ("postgresql://me:secret@127.0.0.1:port/x", "DATABASE_URL is not an address of a PostgreSQL: it should be like "),
    ],
)  # fmt: skip
def test_a_bad_dsn_is_told_in_one_line_without_its_password(home: Path, dsn: str, told: str) -> None:
    answer = run("up", ONEHALL_HOME=str(home), ONEHALL_PORT=str(free_port()), DATABASE_URL=dsn)
    assert answer.returncode == 1
    assert answer.stderr.startswith(told) and answer.stderr.count("\n") == 1
    assert "cret" not in answer.stdout + answer.stderr
    assert not home.exists()


def test_a_database_that_is_not_there_is_told_in_one_line(home: Path, database: str) -> None:
    answer = run("up", ONEHALL_HOME=str(home), ONEHALL_PORT=str(free_port()), DATABASE_URL=database.replace("/t_", "/no_"))
    assert answer.returncode == 1
    assert answer.stderr.strip().endswith("does not exist") and answer.stderr.count("\n") == 1


@pytest.mark.slow
def test_a_database_of_ones_own_is_used_and_left_running(home: Path, database: str) -> None:
    up = Up(home, free_port(), DATABASE_URL=database)
    up.ready()
    assert up.database() is None and up.answers() == 200
    assert up.close() == 0
    assert asked(database, "SELECT 1") == 1


@pytest.mark.parametrize(("value", "told"), [("12x", "ONEHALL_PORT is '12x'; it must be"), ("0", "ONEHALL_PORT is '0'; it must be")])
def test_a_bad_setting_is_told_in_one_line(home: Path, value: str, told: str) -> None:
    answer = run("up", ONEHALL_HOME=str(home), ONEHALL_PORT=value)
    assert answer.returncode == 1
    assert answer.stderr.startswith(told) and answer.stderr.count("\n") == 1
