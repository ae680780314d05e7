"""A real NATS server with JetStream, on the loopback, that can be killed and started again."""

import asyncio
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import nats
import pytest

from onehall.adapters.bus.nats import KEY, STREAM
from tests.launch.commands import free_port

START_SECONDS_MAX = 10


def program() -> str:
    """This will give the path of nats-server; without one the test is skipped."""
    found = shutil.which("nats-server") or shutil.which("nats-server", path="/usr/sbin:/usr/local/bin")
    if not found:
        pytest.skip("there is no nats-server on this machine (Debian package nats-server)")
    return found


class Server:
    """One nats-server; what it has written down outlives it."""

    def __init__(self, folder: Path) -> None:
        place = ["-sd", str(folder / "nats"), "-l", str(folder / "nats.log")]
        self.command = [program(), "-js", *place, "-a", "127.0.0.1", "-p", str(free_port())]
        self.port = int(self.command[self.command.index("-p") + 1])
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> "Server":
        """This will start it and wait until it takes connections."""
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                assert time.monotonic() < deadline, "nats-server did not start"
                time.sleep(0.05)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """This will kill it."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(START_SECONDS_MAX)

    async def kept(self) -> list[tuple[str, str, str, bytes]]:
        """This will read all messages of the stream, in its order: id, subject, key, body."""
        client = await nats.connect([self.url], allow_reconnect=False)
        stream = client.jetstream()
        try:
            count = (await stream.stream_info(STREAM)).state.messages
            subscription: Any = await stream.subscribe("onehall.>", ordered_consumer=True)
            found = [await subscription.next_msg(timeout=5) for _message in range(count)]
            return [(one.headers["Nats-Msg-Id"], one.subject, one.headers[KEY], one.data) for one in found]
        finally:
            await client.close()


async def patiently(look: Any, what: str, seconds: float = 30) -> Any:
    """This will look again and again until there is something to see."""
    deadline = time.monotonic() + seconds
    while not (found := await look()):
        assert time.monotonic() < deadline, what
        await asyncio.sleep(0.1)
    return found
