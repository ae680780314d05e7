"""`onehall up` as a person runs it: a process of its own, on a free port, with a data folder of its own."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psutil

from onehall.launch.postgres import cluster, postmaster
from tests.tidy.source import ROOT

READY_SECONDS_MAX = 60
CLOSED_SECONDS_MAX = 30
PORTS_FROM, PORTS_EACH = 20_000, 1_000  # below those that a system gives away by itself
_serials = count(os.getpid())


def free_port() -> int:
    """This will give a port that nobody listens on, and that no other worker of this run, nor the system by itself, gives to somebody."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    while True:
        port = PORTS_FROM + worker * PORTS_EACH + next(_serials) % PORTS_EACH
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) != 0:
                return port


def surroundings(**settings: str) -> dict[str, str]:
    """This will give an environment with these settings and no others of ours."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ONEHALL_") and name != "DATABASE_URL"}
    return clean | {"PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"} | settings


def run(*words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """This will run a command to its end."""
    command = [sys.executable, "-m", "onehall.cli", *words]
    return subprocess.run(command, env=surroundings(**settings), capture_output=True, text=True, timeout=READY_SECONDS_MAX, cwd=ROOT)


class Up:
    """A running `onehall up`."""

    def __init__(self, home: Path, port: int, **settings: str) -> None:
        self.home, self.port = home, port
        self.log = home.parent / "up.log"
        environment = surroundings(ONEHALL_HOME=str(home), ONEHALL_PORT=str(port), **settings)
        with self.log.open("w") as out:
            command = [sys.executable, "-m", "onehall.cli", "up"]
            self.process = subprocess.Popen(command, env=environment, stdout=out, stderr=out, cwd=ROOT)

    @property
    def said(self) -> str:
        """What it has told so far."""
        return self.log.read_text()

    def ready(self) -> float:
        """This will wait until it serves; gives the seconds that took."""
        begun = time.monotonic()
        while "Ctrl-C closes it" not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() - begun < READY_SECONDS_MAX, self.said
            time.sleep(0.02)
        return time.monotonic() - begun

    def worked(self) -> float:
        """This will give the processor time that the house has used so far, seconds; without its database."""
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)

    def answers(self) -> int:
        """This will call the house and give the status of its answer."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=10) as answer:
            return int(answer.status)

    def database(self) -> postmaster.Entry | None:
        """This will give the postmaster of its data folder."""
        return postmaster.entry_of((self.home / cluster.NAME).resolve())

    def close(self, number: int = signal.SIGINT) -> int:
        """This will send a signal, as Ctrl-C does, and give the exit status."""
        self.process.send_signal(number)
        return self.process.wait(CLOSED_SECONDS_MAX)


@contextmanager
def house_folder() -> Iterator[Path]:
    """This will give a place for a data folder; what still runs in it at the end is ended."""
    with tempfile.TemporaryDirectory(prefix="onehall-up-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        home = Path(folder) / "home"
        try:
            yield home
        finally:
            place = (home / cluster.NAME).resolve()
            left = postmaster.entry_of(place)
            if left:
                postmaster.end(left, place)
