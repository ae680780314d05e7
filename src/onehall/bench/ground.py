"""What measurements share: a database of their own, thrown away at the end, and the processor time that each side took."""

import asyncio
import os
import resource
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import psutil

from onehall.kernel.store import Store, migrate
from onehall.launch import postgres
from onehall.launch.postgres import Running


class Cpu(msgspec.Struct, frozen=True):
    """Processor seconds of the house, with its worker processes that have ended, and of PostgreSQL with all its processes."""

    app: float
    postgres: float

    def since(self, before: "Cpu") -> "Cpu":
        """This will give what was taken since."""
        return Cpu(self.app - before.app, self.postgres - before.postgres)


Fill = Callable[[Store], Awaitable[Any]]


@asynccontextmanager
async def ground(connections: int = 10, fill: Fill | None = None) -> AsyncIterator[tuple[Store, Running, Path]]:
    """This will give a fresh, migrated, durable database and a folder for files; both are gone afterwards.

    `fill` is done before, while nothing has to be safe yet: what it wrote is on the disk when the database is given.
    """
    folder = Path(tempfile.mkdtemp(prefix="onehall-bench-"))
    folder.chmod(0o755)  # PostgreSQL may run as another account
    try:
        if fill:
            async with _running(folder, connections, fast_unsafe=True) as (store, _quick):
                await fill(store)
            await asyncio.to_thread(os.sync)
        async with _running(folder, connections) as (store, running):
            yield store, running, folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def _running(folder: Path, connections: int, *, fast_unsafe: bool = False) -> AsyncIterator[tuple[Store, Running]]:
    running = await postgres.start(folder / "house", fast_unsafe=fast_unsafe)
    try:
        await migrate(running.dsn)
        store = await Store(running.dsn, pool_size=connections).open()
        try:
            yield store, running
        finally:
            await store.close()
    finally:
        await running.stop()


async def settle(store: Store) -> None:
    """This will have PostgreSQL know its tables, as it does where a house has run for a while."""
    async with store.pool.acquire() as connection:
        await connection.execute("VACUUM ANALYZE")


def cpu(running: Running) -> Cpu:
    """This will read what was taken until now."""
    mine, ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    server = psutil.Process(running.entry.pid)
    times = server.cpu_times()
    theirs = times.user + times.system + times.children_user + times.children_system
    for child in server.children():
        try:
            one = child.cpu_times()
        except psutil.NoSuchProcess:
            continue
        theirs += one.user + one.system
    return Cpu(mine.ru_utime + mine.ru_stime + ended.ru_utime + ended.ru_stime, theirs)
