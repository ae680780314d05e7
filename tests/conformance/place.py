"""The house of the matrix: worked by hand, spoken to in this process, and heard by the bank over real HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
import uvicorn

from onehall.kernel import settings
from onehall.launch.port import listen
from tests.conformance.browsing import Browser
from tests.conformance.machines import Kiosk
from tests.conformance.pages import Desk, Web, clerk_comes
from tests.conformance.people import Person
from tests.ground.counter import Counter, served

LOOK_SECONDS = 0.01
_addresses = count(1)


@dataclass
class Place:
    """A house, a client that speaks JSON to it, and a clerk's browser that has logged in."""

    counter: Counter
    client: httpx.AsyncClient
    app: Any
    clerk: Browser

    def web(self, person: Person) -> Web:
        """This will give a person a fresh browser, at an address of their own."""
        serial = next(_addresses)
        return Web(self.counter, person, Browser(self.app, f"10.0.{serial // 250}.{serial % 250 + 1}"))

    def kiosk(self, person: Person) -> Kiosk:
        """This will give a person the screen of a kiosk of their own."""
        serial = next(_addresses)
        return Kiosk(self.counter, person, Browser(self.app, f"10.1.{serial // 250}.{serial % 250 + 1}"), f"c{serial % 40}")

    def desk(self, person: Person) -> Desk:
        """This will have the clerk serve a person."""
        return Desk(self.counter, person, self.clerk)


@asynccontextmanager
async def opened(dsn: str) -> AsyncIterator[Place]:
    """This will open the house over a database, and have a clerk log in."""
    async with served(dsn) as (counter, client):
        app: Any = client._transport.app
        async with heard(app):
            clerk = Browser(app)
            await clerk_comes(counter, clerk)
            yield Place(counter, client, app, clerk)


@asynccontextmanager
async def heard(app: Any) -> AsyncIterator[None]:
    """This will have a house listen on a free port of the loopback too: there the bank's notices go."""
    socket = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False))
    server.capture_signals = nullcontext  # they are the test runner's
    with settings.changed(port=socket.getsockname()[1]):
        serving = asyncio.create_task(server.serve(sockets=[socket]))
        while not server.started:
            await asyncio.sleep(LOOK_SECONDS)
        yield
        server.should_exit = True
        await serving
