"""Journeys as JSON. A journey begun by nobody in particular belongs to whoever knows its id (50 bits of luck)."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post

from onehall.channels.api import login
from onehall.hall import Caller, Hall, View
from onehall.kernel.functions import Ask, Function, Proof
from onehall.kernel.i18n import _
from onehall.kernel.journeys import CHANNELS, BadAnswer, channel
from onehall.kernel.refusals import Refusal

FRONT = channel(
    "api", _("App"), asks=" ".join(Ask), proves=(Proof.CODE, Proof.REAL_NAME),
    takes={"web": Proof.CODE, "api": Proof.CODE, "sms": Proof.LINE},
)  # fmt: skip
AnyRequest = Request[Any, Any, Any]
KEY_LENGTH_MAX = 200


class Start(msgspec.Struct):
    """What begins a journey; `given` are answers brought along ("offer", "amount")."""

    function: Annotated[str, msgspec.Meta(max_length=100)]
    line: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    given: dict[str, Any] = {}
    source: Annotated[str, msgspec.Meta(max_length=100)] | None = None


class Answer(msgspec.Struct):
    """An answer to the question `key` at its `turn`."""

    key: Annotated[str, msgspec.Meta(max_length=100)]
    turn: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    value: Any = None


def hall_of(request: AnyRequest) -> Hall:
    """This will give the hall that stands behind the request."""
    hall: Hall = request.app.state.hall
    return hall


def caller_of(request: AnyRequest, source: str | None = None) -> Caller:
    """This will give who calls; a guest who brought no visitor's name along is known by the journey's id alone."""
    who = request.state.who
    brought = "hall_visitor" in request.cookies or "x-visitor" in request.headers
    return Caller("api", who if brought or who.known else msgspec.structs.replace(who, visitor=None), source)


@get("/api/functions", opt={"public": True})
async def functions(request: AnyRequest, q: str = "") -> list[dict[str, Any]]:
    """This will list what can be done here."""
    caller = caller_of(request)
    return [_function(function, caller) for function in await hall_of(request).functions(caller, q)]


@post("/api/journeys", opt={"owner": True})
async def start(request: AnyRequest, data: Start) -> Response[View]:
    """This will begin a journey; the same Idempotency-Key begins one."""
    given = data.given | ({"line": data.line} if data.line else {})
    view = await hall_of(request).start(caller_of(request, data.source), data.function, given, _key(request))
    return Response(view, status_code=201, headers={"Location": f"/api/journeys/{view.id}"})


@get("/api/journeys", opt={"owner": True})
async def mine(request: AnyRequest) -> list[View]:
    """This will list the journeys that the customer can continue."""
    return await hall_of(request).mine(caller_of(request))


@get("/api/journeys/{journey:str}", opt={"owner": True})
async def see(request: AnyRequest, journey: str) -> View:
    """This will show a journey as it stands."""
    return await hall_of(request).see(caller_of(request), journey)


@get("/api/journeys/{journey:str}/options", opt={"owner": True})
async def options(request: AnyRequest, journey: str, q: str = "", offset: int = 0) -> list[dict[str, Any]]:
    """This will search the options of the open question: "ends 88, no 4"."""
    return await hall_of(request).options(caller_of(request), journey, q, max(0, min(offset, 10_000)))


@post("/api/journeys/{journey:str}/answers", status_code=200, opt={"owner": True})
async def answer(request: AnyRequest, journey: str, data: Answer) -> Response[Any]:
    """This will hear an answer; one that does not fit is told with the reason, and the question stays."""
    try:
        return Response(await hall_of(request).answer(caller_of(request), journey, data.key, data.turn, data.value))
    except BadAnswer as bad:
        shown = msgspec.to_builtins(bad.facts["view"])
        reason = bad.reason if isinstance(bad.reason, str) else bad.reason.render(request.state.who.language)
        return Response(shown | {"code": bad.code, "reason": reason, "status": bad.status}, status_code=bad.status)


@post("/api/journeys/{journey:str}/handover", opt={"owner": True})
async def hand_over(request: AnyRequest, journey: str) -> dict[str, Any]:
    """This will make a code, and a link, by which the journey goes on elsewhere; `until` is the deadline to tell the customer."""
    given = await hall_of(request).hand_over(caller_of(request), journey)
    return {
        "code": given.code, "url": given.link, "token": given.token, "expires": given.expires.isoformat(),
        "until": given.until.isoformat(),
    }  # fmt: skip


@post("/api/handovers/{code:str}", status_code=200, opt={"owner": True})
async def take(request: AnyRequest, code: str) -> View:
    """This will take a journey over by its code, or the token of its link."""
    return await hall_of(request).take(caller_of(request), code)


def _key(request: AnyRequest) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not 0 < len(key) <= KEY_LENGTH_MAX:
        raise Refusal("key.invalid", _("An Idempotency-Key has 1 to 200 characters."), 400)
    return key


def _function(function: Function, caller: Caller) -> dict[str, Any]:
    return {
        "name": function.name, "title": function.title.render(caller.who.language), "family": function.family,
        "proof": function.proof.name.lower(), "words": list(function.words), "asks": sorted(function.asks),
        "finishes_here": CHANNELS[caller.channel].finishes(function),
    }  # fmt: skip


routes = [functions, start, mine, see, options, answer, hand_over, take, *login.routes]
