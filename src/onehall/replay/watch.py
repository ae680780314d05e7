"""Watching a day as it runs: the house's own pages on a port of the loopback, read-only, seen with the eyes of operations."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from typing import Any, Final

import pyotp
import uvicorn

from onehall.demo.people import PASSWORD, STAFF
from onehall.launch.port import listen
from onehall.replay.clock import OURS
from onehall.replay.scene import Scene
from onehall.replay.screens import BrowserTalk

PAGE: Final = "/console/day"
READS: Final = ("GET", "HEAD")
OPERATIONS: Final = next(one for one in STAFF if one.role == "operations")
Message = dict[str, Any]


class Watcher:
    """An ASGI app in front of the house: whoever looks here is logged in, because this house is made up and will be gone tonight."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.door = scene.door("watcher", "en")
        self._gate = asyncio.Lock()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """This will pass a look on to the house; what would change something is refused."""
        if scope["type"] != "http":
            return
        if scope["method"] not in READS:
            await send({"type": "http.response.start", "status": 405, "headers": []})
            await send({"type": "http.response.body", "body": b"This house can only be watched."})
            return
        for attempt in (1, 2):
            heard = await self._asked(scope, receive)
            if attempt == 2 or not _sent_to_login(heard[0]):
                break
            await self._log_in()
        for message in heard:
            await send(message)

    async def _asked(self, scope: Any, receive: Any) -> list[Message]:
        heard: list[Message] = []

        async def hear(message: Message) -> None:
            heard.append(message)

        ours = "; ".join(f"{name}={value}" for name, value in self.door.cookies.items())
        theirs = [value.decode() for name, value in scope["headers"] if name == b"cookie"]
        headers = [pair for pair in scope["headers"] if pair[0] != b"cookie"] + [(b"cookie", "; ".join([*theirs, ours]).encode())]
        await self.scene.app({**scope, "headers": headers, "state": {}}, receive, hear)
        self.door.keep(heard[0].get("headers", ()))
        return heard

    async def _log_in(self) -> None:
        async with self._gate:
            talk = BrowserTalk(self.door, "/desk/journeys")
            await talk.page("/desk/login")
            code = pyotp.TOTP(OPERATIONS.totp).at(self.scene.clock.at)
            fields = {"csrf": talk.csrf, "to": "/console", "username": OPERATIONS.username, "password": PASSWORD, "code": code}
            await self.door.post("/desk/login", fields)


def _sent_to_login(start: Message) -> bool:
    return any(name == b"location" and value.startswith(b"/desk/login") for name, value in start.get("headers", ()))


@asynccontextmanager
async def watched(scene: Scene, port: int) -> AsyncIterator[str]:
    """This will serve the pages of a running day; gives the address of the page that shows it.

    :raises Trouble: the port is taken.
    """
    OURS.set(False)  # who watches does not make the clock go
    socket = listen("127.0.0.1", port)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    server = uvicorn.Server(uvicorn.Config(Watcher(scene), log_config=None, access_log=False, lifespan="off"))
    server.capture_signals = nullcontext  # type: ignore[method-assign,assignment]
    serving = asyncio.create_task(server.serve(sockets=[socket]))
    OURS.set(True)
    try:
        yield f"http://127.0.0.1:{socket.getsockname()[1]}{PAGE}?of={scene.day.heading.day}"
    finally:
        server.should_exit = server.force_exit = True
        with suppress(asyncio.CancelledError):
            await serving
