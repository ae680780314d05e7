"""Generated pages say what the code says."""

import os
import subprocess
import sys

from onehall.launch.database import PROJECT

STALE = "from onehall import app; from onehall.launch import reference; assert app.DOMAINS; print(reference.stale())"


def test_reference_pages_are_fresh() -> None:
    """In a process of its own, where no toy function or channel of another test is known."""
    command = [sys.executable, "-c", STALE]
    environment = os.environ | {"PYTHONPATH": str(PROJECT / "src")}
    asked = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=60)
    assert asked.stdout.strip() == "[]", f"run `make docs`: {asked.stdout}{asked.stderr}"
