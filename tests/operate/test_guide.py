"""The guide is true: its blocks run as they stand, one after another, on ports and folders of the test."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from onehall.kernel import settings, telemetry
from tests.launch.commands import free_port, surroundings
from tests.operate.processes import value
from tests.tidy.source import ROOT

GUIDE = (ROOT / "docs" / "guides" / "operate.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
SECONDS_MAX = 240


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="onehall-guide-", ignore_cleanup_errors=True) as place:
        Path(place).chmod(0o755)
        yield Path(place)


def script(folder: Path, dsn: str) -> str:
    """The guide's blocks with the test's own folders, ports and database in them."""
    text = "\n".join(["set -e", *BLOCKS, "echo the guide is true"])
    ports = {old: str(free_port()) for old in ("8000", "8001", "8002")}
    for old, new in {"/srv/onehall": str(folder), "postgresql://onehall@db.example/onehall": f"'{dsn}'", **ports}.items():
        text = text.replace(old, new)
    return text.replace("onehall up &", f"ONEHALL_PORT={ports['8000']} onehall up &").replace(
        f"ONEHALL_PORT={ports['8001']} ONEHALL_PORT={ports['8000']}", f"ONEHALL_PORT={ports['8001']}"
    )


@pytest.mark.slow
def test_every_block_of_the_guide_runs(folder: Path, demo_database: str) -> None:
    if not shutil.which("bash") or not shutil.which("curl"):
        pytest.skip("needs bash and curl")
    (folder / "bin").mkdir()
    command = folder / "bin" / "onehall"
    command.write_text(f"#!/bin/sh\nexec {sys.executable} -m onehall.cli '$@'\n".replace("'", chr(34)))
    command.chmod(0o755)
    log = folder / "log"
    environment = surroundings(PATH=f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}")
    with log.open("w") as out:
        ran = subprocess.Popen(
            ["bash", "-c", script(folder, demo_database)], env=environment, stdout=out, stderr=out, cwd=ROOT, start_new_session=True
        )
        try:
            status = ran.wait(SECONDS_MAX)
        finally:
            try:
                os.killpg(ran.pid, signal.SIGTERM)
            except ProcessLookupError:
                pass
    said = log.read_text()
    assert status == 0 and said.endswith("the guide is true\n"), said
    assert "Traceback" not in said
    assert value(demo_database, "SELECT count(*) FROM migration") > 20


def test_the_guide_names_settings_and_metrics_that_are_there() -> None:
    known = {settings.variable(field) for field in settings.Settings.__struct_fields__}
    assert set(re.findall(r"\bONEHALL_[A-Z_]+\b", GUIDE)) <= known
    counted = {metric.name for metric in telemetry.REGISTRY.collect()}
    named = {name.removesuffix("_total") for name in re.findall(r"\bonehall_[a-z_]+\b", GUIDE)} - {"onehall_archive"}
    assert named <= counted
    assert all(Path(ROOT, path).exists() for path in re.findall(r"`(tests/[\w/.]+)`", GUIDE))
