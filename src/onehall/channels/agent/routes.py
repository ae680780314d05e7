"""Where programs reach the hall: the MCP endpoint, and the place where a grant's code is given for its token."""

import asyncio
from typing import Annotated, Any

import msgspec
from litestar import Request, asgi, post
from litestar.types import Receive, Scope, Send
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

from onehall.channels.agent.acting import Desk
from onehall.channels.agent.server import server
from onehall.hall import Hall
from onehall.kernel.i18n import _
from onehall.kernel.journeys import channel
from onehall.kernel.settings import current

FRONT = channel("agent", _("Program"), asks="choose enter confirm pay pick_time wait", proves=(), programs=True)
AnyRequest = Request[Any, Any, Any]


class Claim(msgspec.Struct):
    """The code that the customer gave to a program."""

    code: Annotated[str, msgspec.Meta(max_length=80)]


class Endpoint:
    """The MCP endpoint of one application; it begins at the first request, and ends with the application."""

    def __init__(self, hall: Hall) -> None:
        self.manager = StreamableHTTPSessionManager(
            app=server(Desk(hall)), stateless=True, json_response=True, max_request_body_size=current().body_max
        )
        self._begun, self._ends = asyncio.Event(), asyncio.Event()
        self._running = asyncio.create_task(self._run())

    async def ready(self) -> StreamableHTTPSessionManager:
        """This will give the endpoint once it runs."""
        await self._begun.wait()
        return self.manager

    async def close(self) -> None:
        """This will end it."""
        self._ends.set()
        await asyncio.gather(self._running, return_exceptions=True)

    async def _run(self) -> None:
        async with self.manager.run():
            self._begun.set()
            await self._ends.wait()


@asgi("/mcp", is_mount=False, opt={"public": True, "own_bearer": True, "forms": "free"}, copy_scope=True)
async def mcp(scope: Scope, receive: Receive, send: Send) -> None:
    """This will speak MCP (streamable HTTP, no session kept between requests)."""
    state = scope["litestar_app"].state
    if "agent_endpoint" not in state:
        state["agent_endpoint"] = Endpoint(state.hall)
        scope["litestar_app"].on_shutdown.insert(0, state["agent_endpoint"].close)
    manager = await state["agent_endpoint"].ready()
    await manager.handle_request(scope, receive, send)


@post("/mcp/claim", status_code=200, opt={"public": True, "own_bearer": True})
async def claim(request: AnyRequest, data: Claim) -> dict[str, Any]:
    """This will give a program its token for the code that a customer gave it, once."""
    desk = Desk(request.app.state.hall)
    desk.hall.limits.hand_over.take(request.state.who.address, desk.hall.store.clock.now())
    token, grant = await desk.agents.claim(data.code)
    return {
        "token": token, "token_type": "Bearer", "agent": grant.name, "scope": grant.scope, "each_max": grant.each_max,
        "day_max": grant.day_max, "expires": grant.until.isoformat(),
    }  # fmt: skip


routes = [mcp, claim]
