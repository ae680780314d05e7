"""The power fails at every step of a deposit: drawer, journal and books agree, and the money is credited once or given back."""

import json
import os
import signal
from pathlib import Path

import pytest

from tests.channels.kiosk import power
from tests.ground import forked

BEFORE = 44_100  # 50000 - 5900, the first month of the plan
STEPS = ("begun", "escrow", "stacking", "stacked", "credited", "changing", "changed", "done")
MOMENTS = [f"{when}:{step}" for step in STEPS for when in ("before", "after")]
GIVEN_BACK = MOMENTS[: MOMENTS.index("after:stacking")]


@pytest.fixture(scope="module")
def dsn(demo_template: str) -> str:
    """One demo database for all the cuts: each has its own cabinet and customer."""
    from tests.ground import database as databases

    name = f"t_power_{os.getpid()}"
    return databases.clone(demo_template, name)


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_power_fails(dsn: str, tmp_path: Path, moment: str) -> None:
    serial = 900 + MOMENTS.index(moment)
    name = f"cut-{serial}"
    words = (dsn, str(tmp_path), name)
    assert forked.run(power.main, *words, moment, str(serial)) == -signal.SIGKILL
    assert forked.run(power.main, *words, "again", str(serial)) == 0
    found = json.loads((tmp_path / "found.json").read_text())
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
