"""`onehall chaos` as it stands in the tests: three faults against real processes under load, each for a moment."""

import asyncio
import subprocess
import sys

import asyncpg
import psutil
import pytest

from onehall.chaos import chaos
from onehall.chaos.faults import FAULTS
from onehall.chaos.house import Marked, mark
from onehall.launch.trouble import Trouble
from tests.launch.commands import run

SHORT = ("worker_killed", "database_killed", "notices_doubled")


@pytest.mark.slow
async def test_a_house_that_is_broken_under_load_keeps_its_word() -> None:
    """Services were done, the house came back, and the checker found nothing."""
    said: list[str] = []
    outcomes = await chaos.run(SHORT, seed=20261122, seconds=1.5, rate=6, say=said.append, calm=0.5)
    assert [one.fault for one in outcomes] == list(SHORT)
    assert [one.fault for one in outcomes if not one.held] == [], "\n".join(said)
    assert all(sum(one.tally.done.values()) > 5 for one in outcomes), said


async def test_an_unknown_fault_is_told() -> None:
    """With the names of those that there are."""
    with pytest.raises(Trouble, match="No such fault: earthquake. There are worker_killed"):
        await chaos.run(["earthquake"], seed=1, seconds=1, rate=1, say=print)


def test_there_are_more_than_twelve_faults() -> None:
    """Each says what it is."""
    assert len(FAULTS) > 12
    assert all(fault.what for fault in FAULTS.values())


def test_only_the_process_that_was_marked_is_touched() -> None:
    """A number that went to another process since is not it, and what has ended is left alone."""
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        ours = mark(psutil.Process(sleeper.pid))
        assert Marked(ours.pid, ours.begun - 1).send(9) is False
        assert sleeper.poll() is None
        assert ours.send(9) is True
        assert sleeper.wait(10) == -9
        assert ours.send(9) is False
    finally:
        sleeper.kill()
        sleeper.wait()


def test_check_ends_with_the_faults(demo_database: str) -> None:
    """`onehall check` reads a database that others use, and its status says what it found."""
    whole = run("check", DATABASE_URL=demo_database)
    assert (whole.returncode, "BROKEN" in whole.stdout) == (0, False), whole.stdout + whole.stderr
    _break(demo_database)
    broken = run("check", DATABASE_URL=demo_database)
    assert broken.returncode == 1
    assert "BROKEN 1     A balance is the sum of its postings" in broken.stdout, broken.stdout


def _break(dsn: str) -> None:
    async def breaking() -> None:
        connection = await asyncpg.connect(dsn)
        await connection.execute("UPDATE onehall.billing_account SET balance = balance + 1 WHERE number = '18600010001'")
        await connection.close()

    asyncio.run(breaking())
