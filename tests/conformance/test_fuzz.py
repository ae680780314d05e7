"""A fuzzer goes over every TM Forum operation of the house as a partner who may do all: no 500."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.ground.house import House

EXAMPLES = "1"


@pytest.mark.slow
def test_no_request_makes_an_error_of_ours(house: House, headers: dict[str, dict[str, str]], tmp_path: Path) -> None:
    said = [word for name, value in headers["partner"].items() for word in ("-H", f"{name}: {value}")]
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{house.url}/tmf-api/openapi.json", "-u", house.url, *said]
    limits = ["--checks", "not_a_server_error", "--mode", "all", "--phases", "fuzzing", "--max-examples", EXAMPLES]
    run = subprocess.run([*command, *limits, "--seed", "1", "--generation-database", "none"], capture_output=True, text=True, cwd=tmp_path)
    assert run.returncode == 0, (run.stdout + run.stderr)[-4000:]
