"""Serving: one app process behind a listening socket, until it is asked to stop."""

import asyncio
import contextlib
import gc
import logging
import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import uvicorn

from onehall.kernel.settings import Settings
from onehall.launch.door import Door
from onehall.launch.stopping import Stop
from onehall.launch.trouble import Trouble

if TYPE_CHECKING:
    from litestar import Litestar

REQUESTS_SECONDS_MAX = 5  # open requests get this long when the house closes
KEEP_ALIVE_SECONDS = 75  # longer than clients keep a connection, so that they close it and not we


class Server(uvicorn.Server):
    """A uvicorn server that leaves the signals to us."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """This will do nothing: the signals end what was started before the server, too."""
        yield


class Sharing(Server):
    """A server that shares its listening socket with other processes, and its work evenly."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """This will start, and take connections as fits all who share the socket."""
        await super().startup(sockets=[])
        self.servers = [Door(shared, self._protocol, lambda: len(self.server_state.connections)) for shared in sockets or ()]  # type: ignore[misc]

    def _protocol(self) -> asyncio.Protocol:
        made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made


async def serve_app(
    settings: Settings, listening: socket.socket, stop: Stop, ready: Callable[["Litestar"], None], *, works: bool, shared: bool = False
) -> None:
    """This will serve the whole house on a listening socket.

    `works` is whether this process does the jobs too; `shared`, whether other processes listen on the same socket.

    :raises Trouble: it did not start.
    """
    from onehall import app  # the only module that knows everyone; loaded late, so that a bad start is told at once
    from onehall.kernel import telemetry

    telemetry.configure(settings)
    serving = app.create(settings, works=works)
    config = uvicorn.Config(
        serving, log_config=None, access_log=False, lifespan="on", timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=REQUESTS_SECONDS_MAX, proxy_headers=False, server_header=False,
    )  # fmt: skip
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)  # after Config, which sets it
    server = Sharing(config) if shared else Server(config)
    stop.end = lambda again: _end(server, again)
    telling = asyncio.create_task(_tell(server, lambda: ready(serving)))
    try:
        await server.serve(sockets=[listening])
    finally:
        telling.cancel()
    if not server.started and not stop.asked:
        raise Trouble("The house did not start; the reason is in the lines above")


def _end(server: Server, again: bool) -> None:
    server.should_exit = True
    server.force_exit = again


async def _tell(server: Server, ready: Callable[[], None]) -> None:
    while not server.started:
        await asyncio.sleep(0.01)
    settle()
    ready()


def settle() -> None:
    """This will have the collector of garbage leave what was loaded alone: looking it over takes a tenth of a second each time."""
    gc.collect()
    gc.freeze()
