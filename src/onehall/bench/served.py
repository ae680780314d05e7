"""The real house of a measurement: started as `onehall up` starts it, over the measurement's database, and looked at from outside."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import httpx
import psutil

from onehall.launch.port import listen
from onehall.launch.postgres import Running

SECRET: Final = "s" * 40
START_SECONDS_MAX: Final = 60.0
END_SECONDS_MAX: Final = 40.0


@contextmanager
def served(running: Running, folder: Path, **more: str) -> Iterator[tuple[int, psutil.Process]]:
    """This will give the port and the process of a house on a free port, with more variables set; it is ended afterwards."""
    with listen("127.0.0.1", 0) as free:
        port = int(free.getsockname()[1])
    ours = {
        "DATABASE_URL": running.dsn, "ONEHALL_PORT": str(port), "ONEHALL_HOME": str(folder / "data"), "ONEHALL_DEMO": "false",
        "ONEHALL_SECRET": SECRET, "ONEHALL_LOG_LEVEL": "error",
    }  # fmt: skip
    command = [sys.executable, "-m", "onehall.cli", "up"]
    with subprocess.Popen(command, env={**os.environ, **ours, **more}, stdout=subprocess.DEVNULL) as server:
        try:
            await_answer(f"http://127.0.0.1:{port}/healthz", server)
            yield port, psutil.Process(server.pid)
        finally:
            server.terminate()
            with suppress(subprocess.TimeoutExpired):
                server.wait(END_SECONDS_MAX)
            server.kill()


def cpu_of(process: psutil.Process) -> float:
    """This will read the processor seconds that a process and all its children took until now."""
    total = 0.0
    with suppress(psutil.NoSuchProcess):
        own = process.cpu_times()
        total += own.user + own.system + own.children_user + own.children_system
        for child in process.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                one = child.cpu_times()
                total += one.user + one.system
    return total


def await_answer(url: str, server: subprocess.Popen[bytes]) -> None:
    """This will wait until a server that was started answers.

    :raises TimeoutError: it does not, or has ended.
    """
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError("the server did not start")
