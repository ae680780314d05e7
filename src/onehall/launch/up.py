"""`onehall up`: the whole house in the foreground until Ctrl-C, in one process or in several behind one port."""

import asyncio
import contextlib
import shutil
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg
from msgspec import structs

from onehall.kernel.settings import Settings, with_secret
from onehall.kernel.store import Store
from onehall.launch import assets, postgres
from onehall.launch.crew import Crew, environment
from onehall.launch.database import Say, bring_up_to_date, stand_up
from onehall.launch.port import ending, listen
from onehall.launch.serving import serve_app
from onehall.launch.stopping import Stop, stopping
from onehall.launch.trouble import Trouble

if TYPE_CHECKING:
    from litestar import Litestar

CLOSING_SECONDS_MAX = 2  # an earlier run of ours that is just closing gets this long
CHILDREN_SECONDS_MAX = 10  # processes of a killed run get so much more to see that they are alone
CONNECTIONS_LEFT = 15  # of the database's, for commands beside the house and for its own keepers
SIMULATED = "/sim"
# what a person may want to visit, if this house serves it
ADDRESSES = (
    ("Online and mobile hall", "/"),
    ("Store counter", "/desk"),
    ("Console of the operator", "/console"),
    ("Simulated world", SIMULATED),
    ("TM Forum and JSON APIs", "/openapi"),
)

async def up(settings: Settings, say: Say) -> None:
    """This will start everything, serve until a signal comes, and end what it started and nothing else.

    :raises Trouble: something stands in the way; what was started is ended.
    """
    begun = time.monotonic()
    with _port(settings) as taken, stopping() as stop:
        await asyncio.to_thread(assets.fetch, say)
        async with _database(settings, say) as dsn:
            settings = structs.replace(settings, database_url=dsn)
            await bring_up_to_date(dsn, say)
            await _open_demo(settings, say)
            serve = _serve_by_several if settings.processes > 1 else _serve
            await serve(settings, taken, stop, say, begun)
    say("Closed; everything committed is kept")


@contextlib.contextmanager
def _port(settings: Settings) -> Iterator[socket.socket]:
    """The first check, before anything is begun."""
    deadline = time.monotonic() + CLOSING_SECONDS_MAX
    while True:
        try:
            taken = listen(settings.host, settings.port)
            break
        except Trouble:
            other = None if settings.database_url else postgres.holder(settings.folder)
            if other is None and (time.monotonic() > deadline + CHILDREN_SECONDS_MAX or not ending(settings.port)):
                raise
            if other is not None and time.monotonic() > deadline:
                where = f"the data folder {settings.home} (process {other})"
                raise Trouble(f"Onehall already runs on {where}: see {settings.url}") from None
            time.sleep(0.1)
    with taken:
        yield taken


@asynccontextmanager
async def _database(settings: Settings, say: Say) -> AsyncIterator[str]:
    dsn, end = await stand_up(settings, say)
    try:
        yield dsn
    finally:
        await asyncio.shield(end())


async def _open_demo(settings: Settings, say: Say) -> None:
    if not settings.demo:
        return
    from onehall import demo

    store = await Store(settings.database_url, pool_size=4).open()
    try:
        async with store.edge(0) as gate:  # of two houses that open at once on one database, one fills it
            await gate.write("LOCK TABLE migration IN EXCLUSIVE MODE")
            await demo.open(store, say)
    finally:
        await store.close()


async def _serve(settings: Settings, taken: socket.socket, stop: Stop, say: Say, begun: float) -> None:
    def ready(serving: "Litestar") -> None:
        _tell(settings, say, begun, {route.path for route in serving.routes})

    await serve_app(settings, taken, stop, ready, works=True)


async def _serve_by_several(settings: Settings, taken: socket.socket, stop: Stop, say: Say, begun: float) -> None:
    crew = Crew(await _told(settings, say), taken, settings.processes, say)
    try:
        await crew.start()
        stop.end = crew.end
        _tell(settings, say, begun, None)
        await crew.stay()
    finally:
        await asyncio.shield(crew.close())


async def _told(settings: Settings, say: Say) -> dict[str, str]:
    """What the processes are told: one database and one secret; connections that fit into it; one folder of counters."""
    counters = settings.folder / "counters"
    shutil.rmtree(counters, ignore_errors=True)
    counters.mkdir(parents=True)
    pool = await _fitting_pool(settings, say)
    return environment(
        DATABASE_URL=settings.database_url, ONEHALL_HOME=settings.home, ONEHALL_SECRET=with_secret(settings).secret,
        ONEHALL_DATABASE_POOL=str(pool), PROMETHEUS_MULTIPROC_DIR=str(counters),
    )  # fmt: skip


async def _fitting_pool(settings: Settings, say: Say) -> int:
    connection = await asyncpg.connect(settings.database_url)
    try:
        room = int(await connection.fetchval("SHOW max_connections")) - CONNECTIONS_LEFT
    finally:
        await connection.close()
    fits = max(2, room // (settings.processes + 1))
    if fits < settings.database_pool:
        say(f"The database takes {room + CONNECTIONS_LEFT} connections: each of {settings.processes + 1} processes keeps {fits} at most")
    return min(settings.database_pool, fits)


def _tell(settings: Settings, say: Say, begun: float, served: set[str] | None) -> None:
    say(f"Onehall is open ({time.monotonic() - begun:.1f} s). Ctrl-C closes it.")
    if settings.processes > 1:
        say(f"  {settings.processes} app processes share the port; a worker process does the jobs")
    for what, path in ADDRESSES:
        if (served is None and (settings.simulated or path != SIMULATED)) or (served and path in served):
            say(f"  {what:<26} {settings.url}{path}")
