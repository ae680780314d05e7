"""`onehall up`: the whole house in one process, in the foreground, until Ctrl-C."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from msgspec import structs

from onehall.kernel.settings import Settings
from onehall.kernel.store import Store
from onehall.launch import assets, postgres
from onehall.launch.database import Say, bring_up_to_date, stand_up
from onehall.launch.port import listen
from onehall.launch.trouble import Trouble

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
REQUESTS_SECONDS_MAX = 5  # open requests get this long when the house closes
KEEP_ALIVE_SECONDS = 75  # longer than clients keep a connection, so that they close it and not we
CLOSING_SECONDS_MAX = 2  # an earlier run of ours that is just closing gets this long
PARENT_SECONDS = 0.5
# what a person may want to visit, if this house serves it
ADDRESSES = (
    ("Online and mobile hall", "/"),
    ("Store counter", "/desk"),
    ("Console of the operator", "/console"),
    ("Simulated world", "/sim"),
    ("TM Forum and JSON APIs", "/openapi"),
)
MADE_BY = "ONEHALL_PARENT"  # set by the Makefile


class Server(uvicorn.Server):
    """A uvicorn server that leaves the signals to us."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """This will do nothing: the signals end what was started before the server, too."""
        yield


async def up(settings: Settings, say: Say) -> None:
    """This will start everything, serve until a signal comes, and end what it started and nothing else.

    :raises Trouble: something stands in the way; what was started is ended.
    """
    begun = time.monotonic()
    with _port(settings) as taken, _stopping() as stop:
        await asyncio.to_thread(assets.fetch, say)
        async with _database(settings, say) as dsn:
            settings = structs.replace(settings, database_url=dsn)
            await bring_up_to_date(dsn, say)
            await _open_demo(settings, say)
            await _serve(settings, taken, stop, say, begun)
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
            if other is None:
                raise
            if time.monotonic() > deadline:
                where = f"the data folder {settings.home} (process {other})"
                raise Trouble(f"Onehall already runs on {where}: see {settings.url}") from None
            time.sleep(0.1)
    with taken:
        yield taken


@contextlib.contextmanager
def _stopping() -> Iterator["Stop"]:
    stop = Stop(asyncio.get_running_loop(), asyncio.current_task())
    for number in SIGNALS:
        stop.loop.add_signal_handler(number, stop.ask)
    watch = stop.loop.create_task(_watch_parent(stop)) if os.environ.get(MADE_BY) else None
    try:
        yield stop
    except asyncio.CancelledError:
        if not stop.asked:
            raise
    finally:
        if watch:
            watch.cancel()
        for number in SIGNALS:
            stop.loop.remove_signal_handler(number)


class Stop:
    """The wish to stop: cancels the start while it goes on, ends the serving after it; a second one does not wait."""

    def __init__(self, loop: asyncio.AbstractEventLoop, task: "asyncio.Task[Any] | None") -> None:
        self.loop = loop
        self.task = task
        self.asked = False
        self.server: Server | None = None

    def ask(self) -> None:
        """This will stop what is going on."""
        again, self.asked = self.asked, True
        if self.server:
            self.server.should_exit = True
            self.server.force_exit = again
        elif self.task and not again:
            self.task.cancel()


async def _watch_parent(stop: Stop) -> None:
    """When `make` itself is killed nobody holds our Ctrl-C any more: close, so the next one finds the port free."""
    parent = os.getppid()
    while os.getppid() == parent:
        await asyncio.sleep(PARENT_SECONDS)
    stop.ask()


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
        await demo.open(store, say)
    finally:
        await store.close()


async def _serve(settings: Settings, taken: socket.socket, stop: Stop, say: Say, begun: float) -> None:
    from onehall import app  # the only module that knows everyone; loaded late, so that a bad start is told at once

    serving = app.create(settings)
    config = uvicorn.Config(
        serving, log_config=None, access_log=False, lifespan="on", timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=REQUESTS_SECONDS_MAX, proxy_headers=False, server_header=False,
    )  # fmt: skip
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)  # after Config, which sets it
    server = Server(config)
    stop.server = server
    telling = asyncio.create_task(_tell(server, serving, settings, say, begun))
    try:
        await server.serve(sockets=[taken])
    finally:
        telling.cancel()
    if not server.started and not stop.asked:
        raise Trouble("The house did not start; the reason is in the lines above")


async def _tell(server: Server, serving: Any, settings: Settings, say: Say, begun: float) -> None:
    while not server.started:
        await asyncio.sleep(0.01)
    say(f"Onehall is open ({time.monotonic() - begun:.1f} s). Ctrl-C closes it.")
    served = {route.path for route in serving.routes}
    for what, path in ADDRESSES:
        if path in served:
            say(f"  {what:<26} {settings.url}{path}")
