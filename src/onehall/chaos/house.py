"""The house that is broken: a PostgreSQL, app processes and a worker of its own in a folder that is thrown away.

Only processes started here are ever touched: each is known by its number and the time of its start, kept when it was found.
"""

import asyncio
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx
import msgspec
import psutil

from onehall.kernel import settings
from onehall.kernel.clock import MovableClock
from onehall.kernel.store import Store
from onehall.launch import postgres
from onehall.launch.postgres import Running
from onehall.launch.trouble import Trouble

START_SECONDS_MAX: Final = 90
END_SECONDS_MAX: Final = 30
APPS: Final = 2
POOL: Final = 12  # connections of each process: so few that the crowd can use them up
RUN: Final = (sys.executable, "-m")


class Marked(msgspec.Struct, frozen=True):
    """A process that we started, or that one of ours did: a number that was given to another since is not it."""

    pid: int
    begun: float

    @property
    def alive(self) -> psutil.Process | None:
        """This will give the process, if it is still the same one."""
        try:
            found = psutil.Process(self.pid)
            return found if found.create_time() == self.begun and found.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None

    def send(self, number: int) -> bool:
        """This will send it a signal; False when it is gone."""
        found = self.alive
        if found is None:
            return False
        with suppress(psutil.Error):
            found.send_signal(number)
        return True


def mark(process: psutil.Process) -> Marked:
    """This will remember a process."""
    return Marked(process.pid, process.create_time())


class House:
    """What runs: PostgreSQL, `onehall up` with several processes behind one port, and what a fault starts beside it."""

    def __init__(self, folder: Path, running: Running, seed: int) -> None:
        self.folder = folder
        self.running = running
        self.secret = f"chaos {seed} {secrets.token_hex(16)}"
        self.port = free_port()
        self.log = folder / "house.log"
        self.started: list[subprocess.Popen[bytes]] = []
        self.store = Store(running.dsn, clock=MovableClock(), pool_size=4)
        self.rng_seed = seed

    @property
    def dsn(self) -> str:
        """This will give the address of the database."""
        return self.running.dsn

    @property
    def url(self) -> str:
        """This will give the address of the house."""
        return f"http://127.0.0.1:{self.port}"

    async def open(self) -> None:
        """This will start the app processes and the worker, and wait until they serve.

        :raises Trouble: they do not.
        """
        self.start("onehall.cli", "up", port=self.port, ONEHALL_PROCESSES=str(APPS))
        await serving(self.url, self.log, self.started[-1])
        await self.store.open()

    def start(self, *command: str, port: int, **told: str) -> Marked:
        """This will start a process of the house; what it says goes to the log."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("ONEHALL_")}
        ours |= {
            "DATABASE_URL": self.dsn, "ONEHALL_HOME": str(self.folder / f"home-{port}"), "ONEHALL_SECRET": self.secret,
            "ONEHALL_PORT": str(port), "ONEHALL_DATABASE_POOL": str(POOL), "ONEHALL_LOG_LEVEL": "warning",
        }  # fmt: skip
        with self.log.open("ab") as out:
            started = subprocess.Popen([*RUN, *command], env=ours | told, stdout=out, stderr=out, start_new_session=True)
        self.started.append(started)
        return mark(psutil.Process(started.pid))

    def members(self, command: str) -> list[Marked]:
        """This will find the processes that `onehall up` keeps: "serve" or "work"."""
        crew = psutil.Process(self.started[0].pid)
        return [mark(child) for child in crew.children() if command in _words(child)]

    def postmaster(self) -> Marked:
        """This will find the process that serves the database."""
        return mark(psutil.Process(self.running.entry.pid))

    def postmaster_gone(self) -> bool:
        """This will tell whether the process that served the database has ended."""
        try:
            return psutil.Process(self.running.entry.pid).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    async def revive_database(self) -> None:
        """This will start PostgreSQL again on the same data, as the launcher does after a crash."""
        home = self.running.place.parent
        self.running.lock.close()
        await asyncio.to_thread(_wait_until_dead, self.running.entry.pid)
        self.running = await postgres.start(home)

    async def switch(self, adapter: str, **values: Any) -> None:
        """This will turn switches of the simulated world; None turns one off."""
        async with self.store.edge(0) as tx:
            for name, value in values.items():
                await tx.write("DELETE FROM sim_switch WHERE adapter = $1 AND name = $2", adapter, name)
                if value is not None:
                    await tx.write("INSERT INTO sim_switch (adapter, name, value) VALUES ($1, $2, $3)", adapter, name, value)

    async def move_clock(self, seconds: int) -> None:
        """This will move the clock of the house forward, in all its processes within a second."""
        await self.switch("clock", ahead_s=await self.ahead() + seconds)
        await asyncio.sleep(1)

    async def owed(self) -> tuple[int, float]:
        """This will give how much work a worker could take now, and for how long the oldest has been due, seconds of the house."""
        ahead = await self.ahead()
        sql = """-- fan-out: how far behind the workers are; what waits for its turn in a lane is not due yet
                 SELECT count(*) AS count, min(due) AS oldest FROM job j WHERE state = 'ready' AND due <= $1 AND NOT EXISTS (
                   SELECT 1 FROM job e WHERE e.home = j.home AND e.lane = j.lane AND e.state = 'ready' AND e.id < j.id)"""
        async with self.store.edge(0) as tx:
            now = tx.now + timedelta(seconds=ahead)
            row = await tx.read_one(sql, now)
        assert row is not None
        return row["count"], (now - row["oldest"]).total_seconds() if row["oldest"] else 0.0

    async def ahead(self) -> int:
        """This will give how far the clock of the house was moved, seconds."""
        async with self.store.edge(0) as tx:
            row = await tx.read_one("SELECT value FROM sim_switch WHERE adapter = 'clock' AND name = 'ahead_s'")
        return int(row["value"]) if row else 0

    async def close(self) -> None:
        """This will end all that was started here, and nothing else."""
        await self.store.close()
        for one in reversed(self.started):
            with suppress(ProcessLookupError):
                for child in psutil.Process(one.pid).children() if one.poll() is None else []:
                    with suppress(psutil.Error):
                        child.resume()
                one.terminate()
        for one in self.started:
            await asyncio.to_thread(_ended, one)
        await self.running.stop()


async def serving(url: str, log: Path, started: "subprocess.Popen[bytes]") -> None:
    """This will wait until a house answers.

    :raises Trouble: it ended, or does not in time.
    """
    deadline = time.monotonic() + START_SECONDS_MAX
    async with httpx.AsyncClient(trust_env=False) as client:
        while time.monotonic() < deadline:
            if started.poll() is not None:
                break
            with suppress(httpx.HTTPError):
                if (await client.get(f"{url}/healthz", timeout=3)).status_code == 200:
                    return
            await asyncio.sleep(0.1)
    raise Trouble(f"The house did not start: {log.read_text()[-2000:]}")


@asynccontextmanager
async def standing(seed: int, disk_mb: int = 0) -> AsyncIterator[House]:
    """This will give a house of its own, with the demo operator; all of it is gone afterwards. `disk_mb`: on a disk of that size.

    :raises Trouble: it cannot be made.
    """
    folder = Path(tempfile.mkdtemp(prefix="onehall-chaos-"))
    folder.chmod(0o755)  # PostgreSQL may run as another account
    disk = folder / "disk"
    disk.mkdir(mode=0o755)
    try:
        if disk_mb:
            mount(disk, disk_mb)
        house = House(folder, await postgres.start(disk), seed)
        try:
            with settings.changed(secret=house.secret, port=house.port):  # tokens that we make are to count in the house
                await house.open()
                yield house
        finally:
            await house.close()
    finally:
        with suppress(OSError):
            shutil.copy(folder / "house.log", kept_log(seed))
        if disk_mb:
            subprocess.run(["umount", str(disk)], capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


def kept_log(seed: int) -> Path:
    """This will give where the last words of a house stay when it is gone."""
    return Path(tempfile.gettempdir()) / f"onehall-chaos-{seed}.log"


def mount(disk: Path, megabytes: int) -> None:
    """This will make a small disk of memory.

    :raises Trouble: it takes root.
    """
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(disk)]
    try:
        made = subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        raise Trouble(f"no small disk can be made here: {error}") from None
    if made.returncode:
        raise Trouble(f"no small disk can be made here: {made.stderr.strip() or 'mount says no'}")


async def connection(dsn: str) -> Any:
    """This will give a connection of our own, beside every pool."""
    return await asyncpg.connect(dsn, server_settings={"search_path": "onehall", "application_name": "onehall chaos"})


def free_port() -> int:
    """This will give a port that nobody listens on."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def _words(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


def _wait_until_dead(pid: int) -> None:
    deadline = time.monotonic() + END_SECONDS_MAX
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return
        except psutil.NoSuchProcess:
            return
        time.sleep(0.05)


def _ended(one: "subprocess.Popen[bytes]") -> None:
    try:
        one.wait(END_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        one.kill()
        one.wait()
