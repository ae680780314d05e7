"""Where programs reach the hall: the MCP endpoint, and the place where a grant's code is given for its token."""

import asyncio
from importlib import import_module
from typing import Annotated, Any

import msgspec
from litestar import Request, asgi, post
from litestar.types import Receive, Scope, Send

from onehall.hall import Hall
from onehall.hall.agents import Agents
from onehall.kernel.i18n import _
from onehall.kernel.journeys import channel

AnyRequest = Request[Any, Any, Any]
FRONT = channel("agent", _("Program"), asks="choose enter confirm pay pick_time wait", proves=(), programs=True)
ENDPOINT = "onehall.channels.agent.endpoint"
"""Loaded for the first program that comes: what speaks the protocol is as much to load as half the house."""


class Claim(msgspec.Struct):
    """The code that the customer gave to a program."""

    code: Annotated[str, msgspec.Meta(max_length=80)]


@asgi("/mcp", is_mount=False, opt={"public": True, "own_bearer": True, "forms": "free"}, copy_scope=True)
async def mcp(scope: Scope, receive: Receive, send: Send) -> None:
    """This will speak MCP (streamable HTTP, no session kept between requests)."""
    state = scope["litestar_app"].state
    if "agent_endpoint" not in state:
        room = await asyncio.to_thread(import_module, ENDPOINT)
    if "agent_endpoint" not in state:
        state["agent_endpoint"] = room.Endpoint(state.hall)
        scope["litestar_app"].on_shutdown.insert(0, state["agent_endpoint"].close)
    manager = await state["agent_endpoint"].ready()
    await manager.handle_request(scope, receive, send)


@post("/mcp/claim", status_code=200, opt={"public": True, "own_bearer": True})
async def claim(request: AnyRequest, data: Claim) -> dict[str, Any]:
    """This will give a program its token for the code that a customer gave it, once."""
    hall: Hall = request.app.state.hall
    hall.limits.hand_over.take(request.state.who.address, hall.store.clock.now())
    token, grant = await Agents(hall.store).claim(data.code)
    return {
        "token": token, "token_type": "Bearer", "agent": grant.name, "scope": grant.scope, "each_max": grant.each_max,
        "day_max": grant.day_max, "expires": grant.until.isoformat(),
    }  # fmt: skip


routes = [mcp, claim]
