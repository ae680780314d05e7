"""The hotline agents' desk: who waits, what was said, and joining: with the caller's say their journey comes to the counter's pages,
and goes back into the call when the agent is done."""

from pathlib import Path
from typing import Any

from litestar import Response, Router, get, post
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers.base import BaseRouteHandler
from litestar.params import FromPath
from msgspec import structs

from onehall.channels.hotline import calls
from onehall.channels.hotline.callers import caller_of
from onehall.channels.hotline.calls import Call
from onehall.channels.hotline.dialogue import Turn
from onehall.hall import Caller
from onehall.kernel.events import Fact, Origin
from onehall.kernel.i18n import _
from onehall.kernel.identity.http import who_of
from onehall.kernel.identity.scope import check_serves
from onehall.kernel.refusals import Refusal
from onehall.pages import Room, Visit, answers, in_room, replies
from onehall.pages.told import channel_name
from onehall.pages.visit import names_of, unit_names

LINKS = (
    ("/desk", _("Counter"), "store"), ("/desk/queue", _("Queue"), "clock"), ("/desk/journeys", _("Journeys"), "list"),
    ("/hotline/desk", _("Hotline"), "phone"),
)  # fmt: skip
ROOM = Room("desk", _("Hotline desk"), "/hotline/desk", Path(__file__).parent, LINKS)


class AgentJoined(Fact, frozen=True, tag="hotline.agent_joined"):
    """An agent joined a call; `may` is what the caller allowed: answer, or talk."""

    call: str
    may: str


class CallGivenBack(Fact, frozen=True, tag="hotline.given_back"):
    """An agent gave a call back to the voice menu."""

    call: str


@get("/")
async def waiting(visit: NamedDependency[Visit]) -> Response[str]:
    """This will list who waits for an agent, and who is with one."""
    found = await calls.waiting(visit.store)
    return visit.page("waiting.html", calls=found, **await _names(visit, *(call.agent for call in found)))


@get("/{call:str}")
async def see(visit: NamedDependency[Visit], call: FromPath[str]) -> Response[str]:
    """This will show a call: what was said, and the journey that it is in."""
    return await _shown(visit, await _load(visit, call))


@post("/{call:str}/join", status_code=200)
async def join(visit: NamedDependency[Visit], call: FromPath[str]) -> Response[str]:
    """This will join a call; where the caller allowed it, their journey comes into the agent's hands."""
    found = await _load(visit, call)
    if found.agent not in (None, visit.who.staff):
        return await _shown(visit, found, error=_("Another agent is with this caller.").render(visit.lang))
    found.agent = visit.who.staff
    await _keep(visit, found, AgentJoined(found.id, found.stands.may))
    journey = found.stands.journey
    if found.stands.may != "answer" or not journey:
        return replies.go(f"/hotline/desk/{found.id}")
    made = await visit.hall.hand_over(await caller_of(visit.hall, found), journey)
    view = await visit.hall.take(visit.caller(), made.code)
    return replies.go(f"/desk/journeys/{view.id}")


@post("/{call:str}/ask", status_code=200)
async def ask(visit: NamedDependency[Visit], call: FromPath[str]) -> Response[str]:
    """This will have the caller asked once more whether the agent may answer for them."""
    found = await _load(visit, call)
    Turn(visit.hall, found, await caller_of(visit.hall, found)).offer_agent()
    found.agent = None
    await _keep(visit, found)
    return replies.go(f"/hotline/desk/{found.id}")


@post("/{call:str}/back", status_code=200)
async def give_back(visit: NamedDependency[Visit], call: FromPath[str]) -> Response[str]:
    """This will give the caller back to the voice menu, with their journey as the agent leaves it."""
    found = await _load(visit, call)
    caller = await caller_of(visit.hall, found)
    if found.stands.journey and found.stands.may == "answer" and found.agent == visit.who.staff:
        await _return_journey(visit, found, caller)
    await Turn(visit.hall, found, caller).resume()
    await _keep(visit, found, CallGivenBack(found.id))
    return replies.go("/hotline/desk")


async def _return_journey(visit: Visit, call: Call, caller: Caller) -> None:
    """Only an open journey that is in the agent's hands needs to go back."""
    view = await visit.hall.see(visit.caller(), call.stands.journey)
    if view.state not in ("asking", "waiting") or view.moved_to:
        return
    made = await visit.hall.hand_over(visit.caller(view.party), view.id)
    await visit.hall.take(caller, made.code)


async def _load(visit: Visit, call: str) -> Call:
    async with visit.store.edge(calls.home_of_call(call)) as tx:
        return await calls.load(tx, call)


async def _keep(visit: Visit, call: Call, fact: Fact | None = None) -> None:
    before = call.stands.turn
    call.stands.turn += 1
    if not await calls.save(visit.store, call, before):
        raise Refusal("call.moved", _("The caller did something meanwhile. Please look again."), 409)
    if fact is not None:
        origin = Origin(channel="hotline", staff=visit.who.staff, journey=call.stands.journey or None, unit=visit.who.unit)
        async with visit.store.edge(call.home, origin) as tx:
            tx.tell(fact)


async def _shown(visit: Visit, call: Call, **given: Any) -> Response[str]:
    view = None
    if call.stands.journey:
        caller = await caller_of(visit.hall, call)
        view = await visit.hall.see(Caller("hotline", structs.replace(caller.who, language=visit.lang)), call.stands.journey)
    trail = [each | {"channel": channel_name(each["channel"], visit.lang)} for each in view.trail] if view else []
    path = f"/hotline/desk/{call.id}"
    return visit.page("call.html", call=call, view=view, trail=trail, path=path, **await _names(visit, call.agent), **given)


async def _names(visit: Visit, *agents: str | None) -> dict[str, Any]:
    """The agents of calls by name, and who reads this, for the foot of the rail."""
    me, unit = visit.who.staff or "", visit.who.unit or ""
    names = await names_of(visit.store, {one for one in (*agents, me) if one})
    units = await unit_names(visit.store, visit.lang)
    return {"names": names, "me": visit.who.staff, "me_name": names.get(me, ""), "me_unit": units.get(unit, unit)}


def _staff_only(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    check_serves(who_of(connection))


ROUTER = Router(
    "/hotline/desk", route_handlers=[waiting, see, join, ask, give_back], guards=[_staff_only], dependencies={"visit": in_room(ROOM)},
    include_in_schema=False, exception_handlers=answers(ROOM), opt={"for_staff": True},
)  # fmt: skip
