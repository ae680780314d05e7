"""Logging in from an app: a code to the phone, and for the code a bearer token."""

from typing import Annotated, Any

import msgspec
from litestar import Request, post

from onehall.hall.doors import Doors
from onehall.kernel.identity.gate import Gate

AnyRequest = Request[Any, Any, Any]
Phone = Annotated[str, msgspec.Meta(max_length=40)]


class AskCode(msgspec.Struct):
    """Whose phone."""

    phone: Phone


class GiveCode(msgspec.Struct):
    """The code that came."""

    phone: Phone
    code: Annotated[str, msgspec.Meta(max_length=20)]


@post("/api/login", status_code=202, opt={"public": True})
async def ask(request: AnyRequest, data: AskCode) -> dict[str, Any]:
    """This will send a one-time code; the answer is the same whether we know the phone or not."""
    doors: Doors = request.app.state.doors
    return {"sent": True, "seconds": await doors.ask_code(request.state.who, data.phone, "api")}


@post("/api/login/code", status_code=200, opt={"public": True})
async def give(request: AnyRequest, data: GiveCode) -> dict[str, Any]:
    """This will give a bearer token for the right code."""
    doors: Doors = request.app.state.doors
    gate: Gate = request.app.state.gate
    party = await doors.check_code(request.state.who, data.phone, data.code, "api")
    granted = await gate.log_in(request.state.who, party, app=True, channel="api")
    return {"token": granted.token, "token_type": "Bearer", "expires": granted.until.isoformat()}


@post("/api/logout", status_code=204, opt={"public": True})
async def end(request: AnyRequest) -> None:
    """This will end the session of the token."""
    gate: Gate = request.app.state.gate
    await gate.log_out(request.state.who)


routes = [ask, give, end]
