"""A house under measurement, and one run against it: what the crowd saw, and what the run cost on each side."""

import asyncio
import time
from concurrent.futures import Executor
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import msgspec
import psutil

from onehall.bench.crowd import Came, Load, OfKind, send_crowd
from onehall.bench.served import cpu_of
from onehall.bench.verify import wrongs
from onehall.kernel.store import Store
from onehall.launch.postgres import Running

QUIET_SECONDS_MAX: Final = 90.0
_WAITING: Final = "SELECT count(*) FROM job WHERE state = 'ready' AND due <= now() + interval '1 second' -- fan-out: a measurement"
_COMMITS: Final = "SELECT xact_commit + xact_rollback AS done FROM pg_stat_database WHERE datname = current_database()"
MICRO: Final = 1_000_000


class Times(msgspec.Struct, frozen=True):
    """Milliseconds within which a share of the answers, or of the services, was over."""

    p50: float = 0
    p95: float = 0
    p99: float = 0
    most: float = 0


class Figure(msgspec.Struct):
    """Figures of a kind of service, or of a mix: how often, how quick, how wrong."""

    services: int
    requests: int
    errors: int
    answers: Times
    wholes: Times
    texts: list[str] = []


class Cost(msgspec.Struct, frozen=True):
    """What a service cost: processor microseconds of the app with its worker, of PostgreSQL, of the driver; statements; transactions."""

    app_us: float
    postgres_us: float
    driver_us: float
    statements: float
    transactions: float

    @property
    def house_us(self) -> float:
        """This will give what the house and its database took together."""
        return self.app_us + self.postgres_us


class Run(msgspec.Struct):
    """One run. `rate`: services a second that were held; `others`: the share of the machine that went to other programs."""

    wanted: float
    rate: float
    seconds: float
    all: Figure
    kinds: dict[str, Figure]
    cost: Cost
    others: float
    late_ms: float
    wrong: list[str]

    def held(self, p99_ms: float) -> bool:
        """This will tell whether the wanted rate was held: all right, and quick enough."""
        return not self.wrong and self.all.answers.p99 < p99_ms and self.rate > 0.97 * self.wanted


class Place(msgspec.Struct, frozen=True):
    """A house that is served, its database, its crowd (number and token), and where the driver runs."""

    store: Store
    running: Running
    port: int
    server: psutil.Process
    customers: list[tuple[str, str]]
    drivers: Executor
    seed: str
    connections: int


async def run(place: Place, name: str, shares: dict[str, int], rate: float, seconds: float) -> Run:
    """This will send a crowd, wait until all that it left is done, and say what came of it and what it cost."""
    since, before = datetime.now(UTC), await _spent(place)
    names, luck = f"{place.seed}{name}{since:%H%M%S}", f"{place.seed}{name}"
    load = Load("127.0.0.1", place.port, shares, rate, seconds, place.customers, names, luck, place.connections)
    came = await asyncio.get_running_loop().run_in_executor(place.drivers, send_crowd, load)
    left = await _quiet(place)
    after = await _spent(place)
    wrong = await wrongs(place.store, since, came)
    if left:
        wrong.append(f"{left} pieces of work are not done {QUIET_SECONDS_MAX:.0f} s after the last service")
    spent = {what: after[what] - before[what] for what in after}
    every = figure(list(came.kinds.values()))
    cost = _cost(spent, came, max(1, every.services + every.errors))
    return Run(
        rate, round(_rate(came, rate, seconds), 1), round(came.seconds, 2), every,
        {kind: figure([found]) for kind, found in came.kinds.items()}, cost, round(_others(spent, came), 3), round(came.late, 1), wrong,
    )  # fmt: skip


def figure(kinds: list[OfKind]) -> Figure:
    """This will sum up what came of some kinds."""
    return Figure(
        sum(kind.services for kind in kinds), sum(kind.requests for kind in kinds), sum(kind.errors for kind in kinds),
        _times([ms for kind in kinds for ms in kind.answers]), _times([ms for kind in kinds for ms in kind.wholes]),
        [text for kind in kinds for text in kind.texts],
    )  # fmt: skip


def _times(values: list[float]) -> Times:
    ordered = sorted(values)
    if not ordered:
        return Times()
    at = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.95, 0.99)]
    return Times(*(round(value, 2) for value in [*at, ordered[-1]]))


def _rate(came: Came, wanted: float, seconds: float) -> float:
    """Services in the time in which they were due; what was over later lowers it only when it was much later than a service takes."""
    done = sum(kind.services for kind in came.kinds.values())
    late = max(0.0, came.seconds - seconds - max((max(kind.wholes, default=0.0) for kind in came.kinds.values()), default=0.0) / 1000)
    return min(wanted, done / (seconds + late)) if seconds else 0.0


def _cost(spent: dict[str, float], came: Came, services: int) -> Cost:
    micro = MICRO / services
    return Cost(
        round(spent["app"] * micro, 1), round(spent["postgres"] * micro, 1), round(came.cpu * micro, 1),
        round(spent["statements"] / services, 2), round(spent["transactions"] / services, 2),
    )  # fmt: skip


def _others(spent: dict[str, float], came: Came) -> float:
    ours = spent["app"] + spent["postgres"] + came.cpu
    return max(0.0, spent["machine"] - ours) / max(0.001, spent["clock"] * (psutil.cpu_count() or 1))


async def _quiet(place: Place) -> int:
    """It waits until no work is due; gives how much is, when patience is over."""
    deadline, left = time.monotonic() + QUIET_SECONDS_MAX, 1
    while left and time.monotonic() < deadline:
        await asyncio.sleep(0.2)
        async with place.store.edge(0) as tx:
            [row] = await tx.read(_WAITING)
        left = int(row[0])
    return left


async def _spent(place: Place) -> dict[str, float]:
    """What each side took until now, in seconds, and how much was sent to the database."""
    async with place.store.edge(0) as tx:
        [row] = await tx.read(_COMMITS)
    busy: Any = psutil.cpu_times()
    async with httpx.AsyncClient() as client:
        metrics = (await client.get(f"http://127.0.0.1:{place.port}/metrics", timeout=10)).text
    return {
        "app": cpu_of(place.server), "postgres": cpu_of(psutil.Process(place.running.entry.pid)), "clock": time.monotonic(),
        "machine": busy.user + busy.system + busy.nice + busy.softirq + busy.irq, "transactions": float(row["done"]),
        "statements": next(float(line.split()[-1]) for line in metrics.splitlines() if line.startswith("onehall_statements_total ")),
    }  # fmt: skip
