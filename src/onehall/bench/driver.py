"""A cheap driver of one kind of request: as fast as answers come or at a rate; run in a process of its own."""

import asyncio
import resource
import time
from collections import deque
from collections.abc import Iterator
from itertools import repeat

import msgspec
import uvloop

from onehall.bench.wire import Wire, connect


class Load(msgspec.Struct, frozen=True):
    """What is to be sent: `rate` requests a second, or as fast as answers come when it is 0; debits, or what is at a `path`."""

    host: str
    port: int
    token: str
    number: str
    first: int
    seconds: float
    connections: int
    rate: int = 0
    path: str = ""


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


class _Run:
    """A load while it is sent."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.took = Took(0, {}, [], 0)
        self.idle: deque[Wire] = deque()
        self.due: deque[float] = deque()
        self.begun: dict[Wire, float] = {}
        self.requests = _requests(load)
        self.until = 0.0
        self.flying = 0
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def done(self, wire: Wire, status: int, _body: bytes) -> None:
        now = time.perf_counter()
        self.flying -= 1
        self.took.statuses[status] = self.took.statuses.get(status, 0) + 1
        self.took.milliseconds.append((now - self.begun[wire]) * 1000)
        if not self.load.rate and now < self.until:
            self.due.append(now)
        self.idle.append(wire)
        self.go()

    def go(self) -> None:
        while self.idle and self.due:
            self.flying += 1
            wire = self.idle.popleft()
            self.begun[wire] = self.due.popleft()
            wire.send(next(self.requests))
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
    run = _Run(load)
    wires = [await connect(load.host, load.port, run.done) for _place in range(load.connections)]
    run.idle.extend(wires)
    before, begun = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    run.until = begun + load.seconds
    await run.pace()
    await asyncio.wait_for(run.over, 60)
    after = resource.getrusage(resource.RUSAGE_SELF)
    run.took.seconds = time.perf_counter() - begun
    run.took.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    for wire in wires:
        wire.transport.close()
    return run.took


def _requests(load: Load) -> Iterator[bytes]:
    if load.path:
        yield from repeat(f"GET {load.path} HTTP/1.1\r\nHost: {load.host}:{load.port}\r\n\r\n".encode())
    head = (
        f"POST /api/charging/debit HTTP/1.1\r\nHost: {load.host}:{load.port}\r\nAuthorization: Bearer {load.token}\r\n"
        "Content-Type: application/json\r\nContent-Length: "
    )
    place = load.first
    while True:
        body = f'{{"key":"{place}","number":"{load.number}","kind":"data_mb","amount":"1"}}'
        yield f"{head}{len(body)}\r\n\r\n{body}".encode()
        place += 1
