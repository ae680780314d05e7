"""The pages of what is simulated: an overview, and one page for each thing."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from onehall.channels.simulated.room import world_of
from onehall.kernel.clock import MovableClock
from onehall.kernel.i18n import LANGUAGES
from onehall.kernel.identity.gate import LANGUAGE
from onehall.kernel.identity.http import cookie
from onehall.pages import Visit, replies
from onehall.pages.states import chip
from onehall.ports import World

PORTS = ("sms", "wechat", "network", "sim_writer", "identity_check", "payment")


@get("/")
async def home(visit: NamedDependency[Visit]) -> Response[str]:
    """This will show all that is simulated, and which switches are on."""
    world = world_of(visit)
    simulated = {port: getattr(world, port).switches for port in PORTS if hasattr(getattr(world, port), "switches")}
    return visit.page(
        "home.html", phones=(await world.sms.phones())[:8] if hasattr(world.sms, "phones") else [],
        switches={port: await of.all() for port, of in simulated.items()},
        words={port: of.words for port, of in simulated.items()}, moves=isinstance(visit.store.clock, MovableClock),
    )  # fmt: skip


@get("/network")
async def network(visit: NamedDependency[Visit]) -> Response[str]:
    """This will show the subscribers as the network has them."""
    world = world_of(visit)
    rows = [row | {"chip": chip(row["state"]), "may": _may(row["services"])} for row in await world.network.subscribers()]
    return visit.page("network.html", rows=rows, **await _switches(world, "network"))


@get("/sim_writer")
async def sim_writer(visit: NamedDependency[Visit]) -> Response[str]:
    """This will show what was written on cards and profiles."""
    world = world_of(visit)
    return visit.page("sim_writer.html", rows=await world.sim_writer.written(), **await _switches(world, "sim_writer"))


@get("/identity_check")
async def identity_check(visit: NamedDependency[Visit]) -> Response[str]:
    """This will show whom the register knows, and what it answered."""
    world = world_of(visit)
    known = [_masked(person) for person in await world.identity_check.people()]
    return visit.page(
        "identity_check.html", people=known, checks=await world.identity_check.checks(), **await _switches(world, "identity_check")
    )


@get("/lang/{tag:str}")
async def language(visit: NamedDependency[Visit], tag: FromPath[str], to: FromQuery[str] = "/sim") -> Response[str]:
    """This will remember the language and go back to the page."""
    answer = replies.go(replies.own_path(to, "/sim"))
    if tag in LANGUAGES:
        answer.set_cookie(cookie(LANGUAGE, tag))
    return answer


async def _switches(world: World, port: str) -> dict[str, Any]:
    of = getattr(world, port).switches
    return {"adapter": port, "switches": await of.all(), "words": of.words}


def _may(services: dict[str, Any]) -> str:
    """What a subscriber may do, as offerings by name; nothing when it was not told."""
    return " + ".join(str(one) for one in (services.get("plan"), *services.get("packs", ())) if one)


def _masked(person: dict[str, Any]) -> dict[str, Any]:
    number = str(person["number"])
    return person | {"number": f"{number[:3]}{'*' * max(0, len(number) - 7)}{number[-4:]}"}


ROUTES = [home, network, sim_writer, identity_check, language]
