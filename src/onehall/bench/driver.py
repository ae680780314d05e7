"""A cheap driver of HTTP: keep-alive connections, one request each at a time, sent as prepared bytes; run in a process of its own."""

import asyncio
import resource
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec
import uvloop

BUFFER_BYTES: Final = 16_384


class Load(msgspec.Struct, frozen=True):
    """What is to be sent: `rate` requests a second, or as fast as answers come when it is 0."""

    host: str
    port: int
    token: str
    number: str
    first: int
    seconds: float
    connections: int
    rate: int = 0


class Took(msgspec.Struct):
    """What came of it: answers by status, each answer's time in milliseconds, the driver's own processor seconds."""

    seconds: float = 0
    statuses: dict[int, int] = {}
    milliseconds: list[float] = []
    cpu: float = 0

    @property
    def per_second(self) -> float:
        """This will give how many were answered in a second."""
        return sum(self.statuses.values()) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """This will give the time within which a share (0-100) of the answers came, milliseconds."""
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))] if ordered else 0.0


def drive(load: Load) -> Took:
    """This will send a load and wait for its last answer."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_drive(load))


class _Line(asyncio.BufferedProtocol):
    """One connection: sends when it is told to, and calls back when the answer is whole."""

    def __init__(self, done: Callable[["_Line", int], None]) -> None:
        self.done = done
        self.transport: Any = None
        self.begun = 0.0
        self.seen = b""
        self.buffer = bytearray(BUFFER_BYTES)

    def connection_made(self, transport: Any) -> None:
        """This will keep the way to write."""
        self.transport = transport

    def send(self, request: bytes, begun: float) -> None:
        """This will send a request that was due at a time."""
        self.begun = begun
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
        at = head.find(b"content-length:")
        size = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self.seen) >= end + 4 + size:
            status, self.seen = int(head[9:12]), self.seen[end + 4 + size :]
            self.done(self, status)

    def connection_lost(self, error: Exception | None) -> None:
        """This will count a connection that broke as an answer of its own."""
        if error is not None:
            self.done(self, 0)


class _Run:
    """A load while it is sent."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.took = Took(0, {}, [], 0)
        self.idle: deque[_Line] = deque()
        self.due: deque[float] = deque()
        self.requests = _requests(load)
        self.until = 0.0
        self.flying = 0
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def done(self, line: _Line, status: int) -> None:
        now = time.perf_counter()
        self.flying -= 1
        self.took.statuses[status] = self.took.statuses.get(status, 0) + 1
        self.took.milliseconds.append((now - line.begun) * 1000)
        if not self.load.rate and now < self.until:
            self.due.append(now)
        self.idle.append(line)
        self.go()

    def go(self) -> None:
        while self.idle and self.due:
            self.flying += 1
            self.idle.popleft().send(next(self.requests), self.due.popleft())
        if time.perf_counter() >= self.until and not self.flying and not self.due and not self.over.done():
            self.over.set_result(None)

    async def pace(self) -> None:
        """Requests fall due by the clock, whether answers come or not: what waits for a free connection has waited."""
        begun = time.perf_counter()
        if not self.load.rate:
            self.due.extend([begun] * self.load.connections)
            self.go()
        sent = 0
        while (now := time.perf_counter()) < self.until:
            wanted = int((now - begun) * self.load.rate)
            self.due.extend(begun + place / self.load.rate for place in range(sent, wanted))
            sent = max(sent, wanted)
            self.go()
            await asyncio.sleep(0.002)
        self.go()


async def _drive(load: Load) -> Took:
    run, loop = _Run(load), asyncio.get_running_loop()
    lines = [(await loop.create_connection(lambda: _Line(run.done), load.host, load.port))[1] for _place in range(load.connections)]
    run.idle.extend(lines)
    before, begun = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    run.until = begun + load.seconds
    await run.pace()
    await asyncio.wait_for(run.over, 60)
    after = resource.getrusage(resource.RUSAGE_SELF)
    run.took.seconds = time.perf_counter() - begun
    run.took.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    for line in lines:
        line.transport.close()
    return run.took


def _requests(load: Load) -> Iterator[bytes]:
    head = (
        f"POST /api/charging/debit HTTP/1.1\r\nHost: {load.host}:{load.port}\r\nAuthorization: Bearer {load.token}\r\n"
        "Content-Type: application/json\r\nContent-Length: "
    )
    place = load.first
    while True:
        body = f'{{"key":"{place}","number":"{load.number}","kind":"data_mb","amount":"1"}}'
        yield f"{head}{len(body)}\r\n\r\n{body}".encode()
        place += 1
