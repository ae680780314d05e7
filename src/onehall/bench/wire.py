"""A connection of a measurement: kept alive, one request at a time, sent as prepared bytes, its answer cut as cheaply as can be."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

BUFFER_BYTES: Final = 16_384
BROKEN: Final = 0  # the status of an answer that never came
Done = Callable[["Wire", int, bytes], None]


class Wire(asyncio.BufferedProtocol):
    """One connection: sends when it is told to, and calls back when the answer is whole, with its status and body."""

    def __init__(self, done: Done | None = None) -> None:
        self.done = done
        self.transport: Any = None
        self.seen = b""
        self.buffer = bytearray(BUFFER_BYTES)
        self.waiting = False
        self.open = False

    def connection_made(self, transport: Any) -> None:
        """This will keep the way to write."""
        self.transport, self.open = transport, True

    def send(self, request: bytes, done: Done | None = None) -> None:
        """This will send a request."""
        self.done = done or self.done
        self.waiting = True
        self.transport.write(request)

    def get_buffer(self, _wanted: int) -> bytearray:
        """This will give where the next bytes go."""
        return self.buffer

    def buffer_updated(self, count: int) -> None:
        """This will wait until head and body are there."""
        self.seen += bytes(self.buffer[:count])
        end = self.seen.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self.seen[:end].lower()
        at = head.find(b"\r\ncontent-length:")
        size = int(head[at + 17 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self.seen) >= end + 4 + size:
            body, self.seen = self.seen[end + 4 : end + 4 + size], self.seen[end + 4 + size :]
            self._answered(int(head[9:12]), body)

    def connection_lost(self, _error: Exception | None) -> None:
        """This will give an answer of its own to a request that was under way."""
        self.open = False
        if self.waiting:
            self._answered(BROKEN, b"the connection broke")

    def _answered(self, status: int, body: bytes) -> None:
        self.waiting = False
        if self.done:
            self.done(self, status, body)


async def connect(host: str, port: int, done: Done | None = None) -> Wire:
    """This will open a connection."""
    _transport, wire = await asyncio.get_running_loop().create_connection(lambda: Wire(done), host, port)
    return wire
