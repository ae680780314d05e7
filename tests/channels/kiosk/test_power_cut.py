"""The power fails at every step of a deposit: drawer, journal and books agree, and the money is credited once or given back."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

BEFORE = 44_100  # 50000 - 5900, the first month of the plan
STEPS = ("begun", "escrow", "stacking", "stacked", "credited", "changing", "changed", "done")
MOMENTS = [f"{when}:{step}" for step in STEPS for when in ("before", "after")]
GIVEN_BACK = MOMENTS[: MOMENTS.index("after:stacking")]
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def dsn(demo_template: str) -> str:
    """One demo database for all the cuts: each has its own cabinet and customer."""
    from tests.ground import database as databases

    name = f"t_power_{os.getpid()}"
    return databases.clone(demo_template, name)


def run(dsn: str, folder: Path, name: str, moment: str, serial: int) -> subprocess.CompletedProcess[str]:
    """This will run the kiosk's process."""
    words = [sys.executable, "-m", "tests.channels.kiosk.power", dsn, str(folder), name, moment, str(serial)]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_power_fails(dsn: str, tmp_path: Path, moment: str) -> None:
    serial = 900 + MOMENTS.index(moment)
    name = f"cut-{serial}"
    died = run(dsn, tmp_path, name, moment, serial)
    assert died.returncode == -signal.SIGKILL, died.stderr[-2000:]
    again = run(dsn, tmp_path, name, "again", serial)
    assert again.returncode == 0, again.stderr[-2000:]
    found = json.loads(again.stdout.splitlines()[-1])
    assert found["drawer"] == found["journal"] == found["ledger"], found
    assert found["escrow"] == []
    if moment == "before:begun":
        assert (found["drawer"], found["balance"], found["tray"], found["steps"]) == (0, BEFORE, 0, [])
    elif moment in GIVEN_BACK:
        put_in = 0 if moment == "after:begun" else 10_000
        assert (found["drawer"], found["balance"], found["tray"], found["steps"]) == (0, BEFORE, put_in, ["returned"])
        assert found["state"] == "asking"
    else:
        assert (found["drawer"], found["balance"], found["tray"], found["steps"]) == (5_000, BEFORE + 5_000, 5_000, ["done"])
        assert found["state"] == "done" and found["receipts"] >= 1
