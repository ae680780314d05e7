"""`onehall bench floor`: what a request costs that does nothing but read or write one row, on this machine with these libraries."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from typing import Final

import msgspec
import psutil
import uvloop

from onehall.bench.driver import Load, Took, drive
from onehall.bench.ground import ground
from onehall.bench.served import await_answer, cpu_of
from onehall.launch.port import listen
from onehall.launch.postgres import Running
from onehall.launch.say import say

WARM_SECONDS: Final = 2.0
REQUESTS_OF_A_SERVICE: Final = 1.4
"""Of the mix (`onehall bench`: requests / services)."""


class Floor(msgspec.Struct, frozen=True):
    """A kind of request: answers a second at most, and processor microseconds of the bare server, PostgreSQL and the driver for one."""

    kind: str
    per_second: int
    p99_ms: float
    app_us: float
    postgres_us: float
    driver_us: float

    @property
    def services(self) -> int:
        """This will give how many services of the mix a second two cores could bear, were each request no more than this."""
        return int(2e6 / (self.app_us + self.postgres_us + self.driver_us) / REQUESTS_OF_A_SERVICE)


def bench(*, seconds: float = 10, connections: int = 48) -> None:
    """Measure the floor: requests that only read, or only write and commit, one row, through the same server and driver library.

    No house can be quicker on this machine than its floor; the difference is what the business costs.

    Parameters
    ----------
    seconds
        How long each kind is sent.
    connections
        Connections on which a driver in a process of its own sends, one request each at a time.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        found = runner.run(_measure(seconds, connections))
    for one in found:
        say(
            f"{one.kind}: at most {one.per_second:,} a second on one server process, p99 {one.p99_ms:.1f} ms; {one.app_us:.0f} us of the "
            f"bare server, {one.postgres_us:.0f} us of PostgreSQL, {one.driver_us:.0f} us of the driver; a mix of nothing else could "
            f"reach {one.services:,} services a second on two cores"
        )
    say(msgspec.json.encode(found).decode())


async def _measure(seconds: float, connections: int) -> list[Floor]:
    async with ground() as (store, running, _folder):
        async with store.pool.acquire() as connection:
            await connection.execute("CREATE TABLE public.bare (id bigserial PRIMARY KEY, body text NOT NULL)")
            await connection.execute("INSERT INTO public.bare (body) VALUES (repeat('x', 600))")
        with _bare(running.dsn) as (port, process):
            return [await _kind(kind, port, process, running, seconds, connections) for kind in ("read", "write")]


async def _kind(kind: str, port: int, process: psutil.Process, running: Running, seconds: float, connections: int) -> Floor:
    load = Load("127.0.0.1", port, "", "", 0, WARM_SECONDS, connections, path=f"/{kind}")
    await _drive(load)
    server = psutil.Process(running.entry.pid)
    before = cpu_of(process), cpu_of(server)
    took = await _drive(msgspec.structs.replace(load, seconds=seconds))
    after = cpu_of(process), cpu_of(server)
    each = 1e6 / max(1, took.statuses.get(200, 0))
    return Floor(
        kind, int(took.per_second), took.percentile(99), (after[0] - before[0]) * each, (after[1] - before[1]) * each, took.cpu * each
    )


async def _drive(load: Load) -> Took:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return await asyncio.get_running_loop().run_in_executor(pool, drive, load)


@contextmanager
def _bare(dsn: str) -> Iterator[tuple[int, psutil.Process]]:
    with listen("127.0.0.1", 0) as free:
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "uvicorn", "onehall.bench.bare:app", "--port", str(port), "--no-access-log", "--log-level", "error"]
    with subprocess.Popen(command, env={**os.environ, "BARE_DSN": dsn}, stdout=subprocess.DEVNULL) as server:
        try:
            await_answer(f"http://127.0.0.1:{port}/read", server)
            yield port, psutil.Process(server.pid)
        finally:
            server.terminate()
            with suppress(subprocess.TimeoutExpired):
                server.wait(10)
            server.kill()
