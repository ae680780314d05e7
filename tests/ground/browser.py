"""A real browser: one that is on the machine, else installed by the system or Playwright, else the reason why not."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from playwright.sync_api import sync_playwright

SHELL = "chromium-headless-shell"  # Debian's: the same engine without windows, which draws a page for two thirds of the processor
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
INSTALL_SECONDS_MAX = 600
ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage")


class NoBrowser(Exception):
    """No browser can be had here; the message is the reason shown beside the skipped tests."""


@cache
def executable() -> str:
    """This will give the path of a Chromium, installing one if it must.

    :raises NoBrowser: with the reason.
    """
    with open(os.path.join(tempfile.gettempdir(), f"onehall-browser-{os.getuid()}.gate"), "w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        found = _installed() or _by_system(SHELL) or _by_system("chromium") or _by_playwright()
    if not found:
        raise NoBrowser("no Chromium on this machine, and neither apt-get nor Playwright could install one")
    return found


def _installed() -> str | None:
    return os.environ.get("CHROMIUM") or _on_path() or next((path for path in MAC if Path(path).exists()), None) or _of_playwright()


def _on_path() -> str | None:
    return next((path for path in map(shutil.which, NAMES) if path), None)


def _of_playwright() -> str | None:
    with sync_playwright() as driver:
        path = driver.chromium.executable_path
    return path if Path(path).exists() else None


def _by_system(package: str) -> str | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    _try(["apt-get", "update", "-q"])
    _try(["apt-get", "install", "-q", "-y", "--no-install-recommends", package, "fonts-noto-cjk"])
    return _on_path()


def _by_playwright() -> str | None:
    _try([sys.executable, "-m", "playwright", "install", *(["--with-deps"] if os.geteuid() == 0 else []), "chromium"])
    return _of_playwright()


def _try(command: list[str]) -> None:
    try:
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(command, capture_output=True, timeout=INSTALL_SECONDS_MAX, env=environment)
    except (OSError, subprocess.TimeoutExpired):
        return
