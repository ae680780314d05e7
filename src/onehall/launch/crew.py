"""Several processes of one house: app processes behind one listening socket and a worker, started, watched, and ended together.

The socket is opened once and inherited. With one of its own for each process (SO_REUSEPORT) the connections that wait at a process
which dies die with it; here the others take them, no port is ever unserved while one lives, and a restart binds nothing.
"""

import asyncio
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from onehall.launch.database import Say
from onehall.launch.stopping import CHILD, MADE_BY, READY

WAITS_SECONDS: Final = (0.0, 1.0, 2.0, 5.0, 10.0, 30.0)
STEADY_SECONDS: Final = 60.0  # who lived so long begins again with the shortest wait
END_SECONDS_MAX: Final = 25.0
APP, WORKER = "serve", "work"
RUN: Final = (sys.executable, "-m", "onehall.cli")


@dataclass
class Member:
    """One process of the house, over all its lives."""

    name: str
    command: str
    listening: socket.socket | None
    process: asyncio.subprocess.Process | None = None
    falls: int = 0
    ready: asyncio.Event = field(default_factory=asyncio.Event)


class Crew:
    """The processes of a house; `environment` is what they are told by."""

    def __init__(self, environment: dict[str, str], listening: socket.socket, apps: int, say: Say) -> None:
        names = [Member(f"app {number}", APP, listening) for number in range(1, apps + 1)]
        self.members = [*names, Member("worker", WORKER, None)]
        self.environment = {name: value for name, value in environment.items() if name != MADE_BY}
        self.say = say
        self._over = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """This will start all and wait until each of them is ready; one that falls is started again meanwhile."""
        self._tasks = [asyncio.create_task(self._keep(member)) for member in self.members]
        await asyncio.gather(*(member.ready.wait() for member in self.members))

    async def stay(self) -> None:
        """This will keep all alive until they are told to end."""
        await self._over.wait()

    def end(self, again: bool = False) -> None:
        """This will tell all to end; told again, they do not wait for anybody."""
        self._over.set()
        for member in self.members:
            _signal(member, signal.SIGKILL if again else signal.SIGTERM)

    async def close(self) -> None:
        """This will end all and wait for them; who does not end in time is killed."""
        if not self._over.is_set():
            self.end()
        _done, late = await asyncio.wait(self._tasks, timeout=END_SECONDS_MAX) if self._tasks else (set(), set())
        if late:
            self.end(again=True)
            await asyncio.wait(late)

    async def _keep(self, member: Member) -> None:
        while not self._over.is_set():
            began = time.monotonic()
            status = await self._live(member)
            if self._over.is_set():
                return
            member.falls = 0 if time.monotonic() - began > STEADY_SECONDS else member.falls + 1
            wait = WAITS_SECONDS[min(max(0, member.falls - 1), len(WAITS_SECONDS) - 1)]
            again = f"in {wait:.0f} s" if wait else "now"
            self.say(f"The process {member.name} ended ({_how(status)}); it is started again {again}")
            await self._rest(wait)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), seconds or 0.01)

    async def _live(self, member: Member) -> int:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                passed = [theirs.fileno()] + ([member.listening.fileno()] if member.listening else [])
                told = {CHILD: ":".join(map(str, passed))}
                # a session of its own, so that a Ctrl-C in the terminal reaches us alone and we end it
                member.process = await asyncio.create_subprocess_exec(
                    *RUN, member.command, env=self.environment | told, pass_fds=passed, start_new_session=True
                )
            if self._over.is_set():
                _signal(member, signal.SIGTERM)
            hearing = asyncio.create_task(_hear(ours, member))
            try:
                return await member.process.wait()
            finally:
                hearing.cancel()


async def _hear(line: socket.socket, member: Member) -> None:
    line.setblocking(False)
    if await asyncio.get_running_loop().sock_recv(line, 1) == READY:
        member.ready.set()


def _signal(member: Member, number: signal.Signals) -> None:
    if member.process is not None and member.process.returncode is None:
        with suppress(ProcessLookupError):
            member.process.send_signal(number)


def _how(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"status {status}"


def environment(**changes: str) -> dict[str, str]:
    """This will give our environment with these variables changed."""
    return dict(os.environ) | changes
