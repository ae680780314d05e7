"""The walls of the house, kept by import-linter (`.importlinter`) and by what it cannot say."""

import os
import subprocess
import sys
from pathlib import Path

from tests.tidy.source import ROOT, imports, nothing

KNOWS_ADAPTERS = ("onehall.app", "onehall.demo", "onehall.adapters", "onehall.replay.post")  # the last carries the simulated bank's post
ADAPTERS_MAY_USE = ("onehall.adapters", "onehall.ports", "onehall.kernel")


def test_import_contracts_hold(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("lint-imports")
    command = [str(program), "--config", ".importlinter", "--no-cache"]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "NO_COLOR": "1", "COLUMNS": "200"}
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment)
    assert run.returncode == 0, run.stdout + run.stderr


def test_only_the_app_knows_adapters() -> None:
    wrong = [
        f"{edge['importer']} -> {edge['imported']}"
        for edge in imports().find_matching_direct_imports("onehall.** -> onehall.adapters.**")
        if not edge["importer"].startswith(KNOWS_ADAPTERS)
    ]
    nothing(wrong)


def test_adapters_know_only_ports_and_kernel() -> None:
    graph = imports()
    wrong = [
        f"{edge['importer']} -> {edge['imported']}"
        for edge in graph.find_matching_direct_imports("onehall.adapters.** -> onehall.**")
        if not edge["imported"].startswith(ADAPTERS_MAY_USE)
    ]
    nothing(wrong)
