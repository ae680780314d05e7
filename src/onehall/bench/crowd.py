"""The crowd: people who use the house at a rate that does not wait for its answers, sent from a process of their own."""

import asyncio
import random
import resource
import time
from array import array
from collections import deque
from math import gcd
from typing import Any, Final

import msgspec
import uvloop

from onehall.bench.wire import Wire, connect
from onehall.traffic import KINDS, Answer, Customer, Kind, Unexpected

FEW: Final = 0.2  # of the customers ask for ...
MUCH: Final = 0.8  # ... of the services
PATIENCE_SECONDS: Final = 30.0  # for services that are under way when the time is over
TEXTS_MAX: Final = 5
TICK_SECONDS: Final = 0.001
CONTENT: Final = {"json": "application/json", "form": "application/x-www-form-urlencoded"}


class Load(msgspec.Struct, frozen=True):
    """Who is sent: `rate` services a second for `seconds`, of kinds by their `shares`, asked for by `customers` (number and token).

    `luck` draws who wants what; `seed` names them, so that nobody has been there before.
    """

    host: str
    port: int
    shares: dict[str, int]
    rate: float
    seconds: float
    customers: list[tuple[str, str]]
    seed: str
    luck: str = ""
    connections: int = 64


class OfKind(msgspec.Struct):
    """What came of a kind of service: each answer and each whole service in milliseconds; the first errors in words."""

    services: int = 0
    requests: int = 0
    errors: int = 0
    texts: list[str] = []
    answers: Any = msgspec.field(default_factory=lambda: array("f"))
    wholes: Any = msgspec.field(default_factory=lambda: array("f"))


class Came(msgspec.Struct):
    """What came of all: by kind; the seconds until the last service was over, and those of the driver's own processor time.

    `late`: the milliseconds by which the driver itself began services after they were due, at most.
    """

    kinds: dict[str, OfKind]
    seconds: float = 0
    cpu: float = 0
    late: float = 0


def send_crowd(load: Load) -> Came:
    """This will send a crowd and wait until everybody is served, or patience is over."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_Crowd(load).go())


class _Wires:
    """Connections kept alive; who finds none free waits in line."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.idle: deque[Wire] = deque()
        self.line: deque[asyncio.Future[Wire]] = deque()

    async def open(self) -> None:
        for _place in range(self.load.connections):
            self.idle.append(await connect(self.load.host, self.load.port))

    async def take(self) -> Wire:
        if self.idle:
            wire = self.idle.popleft()
        else:
            mine: asyncio.Future[Wire] = asyncio.get_running_loop().create_future()
            self.line.append(mine)
            wire = await mine
        return wire if wire.open else await connect(self.load.host, self.load.port)

    def give(self, wire: Wire) -> None:
        while self.line:
            first = self.line.popleft()
            if not first.done():
                first.set_result(wire)
                return
        self.idle.append(wire)

    def close(self) -> None:
        for wire in self.idle:
            wire.transport.close()


class _Visit:
    """One service: a door through which one person speaks; `due` is when they wanted to begin."""

    def __init__(self, crowd: "_Crowd", kind: OfKind, seed: str, due: float) -> None:
        self.crowd, self.kind, self.seed, self.due = crowd, kind, seed, due

    async def send(self, method: str, path: str, body: bytes = b"", *, token: str = "", key: str = "", kind: str = "json") -> Answer:
        """This will send a request and wait for its answer; the first one has waited since it was due."""
        begun, self.due = self.due or time.perf_counter(), 0.0
        wires = self.crowd.wires
        wire = await wires.take()
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        def done(_wire: Wire, status: int, content: bytes) -> None:
            if not answered.done():
                answered.set_result(Answer(status, content))

        wire.send(self._request(method, path, body, token, key, kind), done)
        try:
            answer = await answered
        finally:
            wires.give(wire)
        self.kind.requests += 1
        if not _is_wait(method, path):
            self.kind.answers.append((time.perf_counter() - begun) * 1000)
        return answer

    def _request(self, method: str, path: str, body: bytes, token: str, key: str, kind: str) -> bytes:
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.crowd.host}\r\n"
        if token:
            head += f"Authorization: Bearer {token}\r\n"
        if key:
            head += f"Idempotency-Key: {key}\r\n"
        if kind == "page":
            head += "Accept: text/html\r\n"
        if method == "POST":
            head += f"Content-Type: {CONTENT[kind]}\r\nContent-Length: {len(body)}\r\n"
        return head.encode() + b"\r\n" + body


class _Crowd:
    """A crowd while it is sent."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.host = f"{load.host}:{load.port}"
        self.luck = random.Random(load.luck)
        self.wires = _Wires(load)
        self.kinds = [kind for kind in KINDS if load.shares.get(kind.name)]
        self.deck = _deck(self.kinds, load.shares)
        self.left: list[Kind] = []
        self.came = Came({kind.name: OfKind(texts=[]) for kind in self.kinds})
        self.going: set[asyncio.Task[None]] = set()

    async def go(self) -> Came:
        """This will send them all, each when due, and wait."""
        await self.wires.open()
        before, begun = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        await self._pace(begun)
        if self.going:
            await asyncio.wait(self.going, timeout=PATIENCE_SECONDS)
        self.came.seconds = time.perf_counter() - begun
        for task in [*self.going]:
            task.cancel()
        await asyncio.gather(*self.going, return_exceptions=True)
        after = resource.getrusage(resource.RUSAGE_SELF)
        self.came.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        self.wires.close()
        return self.came

    async def _pace(self, begun: float) -> None:
        sent, wanted = 0, int(self.load.rate * self.load.seconds)
        while sent < wanted:
            now = time.perf_counter()
            until = min(wanted, int((now - begun) * self.load.rate) + 1)
            for place in range(sent, until):
                due = begun + place / self.load.rate
                self.came.late = max(self.came.late, (now - due) * 1000)
                task = asyncio.create_task(self._serve(place, due))
                self.going.add(task)
                task.add_done_callback(self.going.discard)
            sent = max(sent, until)
            await asyncio.sleep(max(TICK_SECONDS, begun + sent / self.load.rate - time.perf_counter()))

    async def _serve(self, place: int, due: float) -> None:
        kind = self._next()
        found = self.came.kinds[kind.name]
        door = _Visit(self, found, f"{self.load.seed}-{place:06}", due)
        try:
            await kind.run(door, self._somebody(kind))
            found.services += 1
            found.wholes.append((time.perf_counter() - due) * 1000)
        except asyncio.CancelledError:
            _wrong(found, "not over when patience was")
        except (Unexpected, OSError, ValueError, LookupError, TypeError) as error:
            _wrong(found, f"{type(error).__name__}: {error}")

    def _next(self) -> Kind:
        """Kinds are drawn like cards, so that of every deck each has its share, whatever luck says."""
        if not self.left:
            self.left = self.luck.sample(self.deck, len(self.deck))
        return self.left.pop()

    def _somebody(self, kind: Kind) -> Customer:
        everybody = self.load.customers
        if kind.guest or not everybody:
            return Customer("")
        first = max(1, int(len(everybody) * FEW))
        number, token = everybody[self.luck.randrange(first if self.luck.random() < MUCH else len(everybody))]
        return Customer(number, token)


def _deck(kinds: list[Kind], shares: dict[str, int]) -> list[Kind]:
    fewest = gcd(*(shares[kind.name] for kind in kinds))
    return [kind for kind in kinds for _card in range(shares[kind.name] // fewest)]


def _is_wait(method: str, path: str) -> bool:
    """To look again at a journey is a wait; and what is done at the bank is not the house's answer."""
    return path.startswith("/sim/") or (method == "GET" and path.startswith("/api/journeys/") and "/options" not in path)


def _wrong(found: OfKind, text: str) -> None:
    found.errors += 1
    if len(found.texts) < TEXTS_MAX:
        found.texts.append(text[:300])
