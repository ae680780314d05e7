"""What the console is: a room of pages, for those who watch over a part of the operator."""

from pathlib import Path
from typing import Any

from litestar import Response, get
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers.base import BaseRouteHandler
from litestar.params import FromPath, FromQuery

from onehall.kernel.i18n import LANGUAGES, _
from onehall.kernel.identity import Who
from onehall.kernel.identity.gate import LANGUAGE
from onehall.kernel.identity.http import cookie, who_of
from onehall.kernel.identity.scope import check_role, check_sees, is_root
from onehall.pages import Room, Visit, replies
from onehall.pages.visit import names_of, unit_names


def _runs_it(who: Who) -> bool:
    return who.is_a("operations", "admin")


def _keeps_money(who: Who) -> bool:
    return _runs_it(who) and is_root(who.unit)


def _keeps(who: Who) -> bool:
    return who.is_a("operations", "supervisor", "admin")


def _keeps_stores(who: Who) -> bool:
    return who.is_a("account_manager", "operations", "admin")


def _works_in_the_centre(who: Who) -> bool:
    return _keeps(who) or who.is_a("packer", "courier")


ROOM = Room(
    "console", _("Console"), "/console", Path(__file__).parent,
    (
        ("/console", _("Health"), "pulse"), ("/console/day", _("Today"), "spark"), ("/console/orders", _("Orders"), "box"),
        ("/console/centre", _("Fulfilment centre"), "sim"), ("/console/stores", _("E-stores"), "store"),
        ("/console/codes", _("Codes"), "qr"), ("/console/journeys", _("Journeys"), "branch"),
        ("/console/street", _("Field routes"), "user"),
        ("/console/campaigns", _("Campaigns"), "bell"),
        ("/console/functions", _("Functions"), "list"), ("/console/fit", _("Channel fit"), "check"),
        ("/console/traffic", _("Traffic to order"), "swap"), ("/console/routing", _("Routing"), "next"),
        ("/console/programs", _("Programs"), "shield"), ("/console/steps", _("Failed steps"), "bad"),
        ("/console/tariffs", _("Tariff book"), "hash"), ("/console/allowances", _("Allowances"), "gauge"),
        ("/console/usage", _("Use"), "phone"),
        ("/console/runs", _("Bill runs"), "bill"), ("/console/invoices", _("Invoices"), "list"),
        ("/console/reconciliation", _("Reconciliation"), "bank"),
        ("/console/revenue", _("Revenue"), "cash"),
        ("/console/dead", _("Dead letters"), "mail"),
        ("/console/log", _("Log"), "clock"), ("/console/settings", _("Settings"), "gear"),
    ),
    only={
        "/console/stores": _keeps_stores, "/console/centre": _works_in_the_centre,
        "/console/routing": _keeps_money, "/console/dead": _runs_it, "/console/settings": _runs_it,
        "/console/runs": _keeps_money, "/console/reconciliation": _keeps_money, "/console/revenue": _keeps_money,
    },
)  # fmt: skip
ROOM.only = {**{way[0]: _keeps for way in ROOM.links}, **ROOM.only}  # who only keeps stores sees only them
PAGE = 50
PAGES_MAX = 20
KEEPERS = ("operations", "supervisor")


def keepers_only(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """This will let in operations, supervisors and admins; the language is everybody's to choose.

    :raises Refusal: 401 nobody is logged in; 403 another is.
    """
    if handler.opt.get("public"):
        return
    check_role(who_of(connection), *KEEPERS)


def check_unit(visit: Visit, unit: str | None, kind: str) -> None:
    """This will check that a thing belongs to the reader's part of the operator.

    :raises Refusal: `not.found`, 404.
    """
    check_sees(visit.who, None, unit, kind)


async def about(visit: Visit) -> dict[str, Any]:
    """This will name the reader and their unit, for the foot of the rail."""
    names = await names_of(visit.store, {visit.who.staff} if visit.who.staff else set())
    units = await unit_names(visit.store, visit.lang)
    return {"me_name": names.get(visit.who.staff or "", ""), "me_unit": units.get(visit.who.unit or "", visit.who.unit or "")}


def place(page: int) -> int:
    """This will give the number of a page within its limits."""
    return max(1, min(page, PAGES_MAX))


def chosen(visit: Visit, states: tuple[str, ...]) -> str:
    """This will give the state that a list is narrowed to, or "" for all."""
    wanted = visit.request.query_params.get("state", "")
    return wanted if wanted in states else ""


def pages(path: str, page: int, more: bool, **chosen: str) -> dict[str, Any]:
    """This will give the addresses of the first page and the next."""
    kept = "&".join(f"{name}={value}" for name, value in chosen.items() if value)
    first = f"{path}?{kept}" if page > 1 else ""
    return {"first": first, "more": f"{path}?{kept}&page={page + 1}".replace("?&", "?") if more and page < PAGES_MAX else ""}


@get("/lang/{tag:str}", opt={"public": True})
async def language(visit: NamedDependency[Visit], tag: FromPath[str], to: FromQuery[str] = "/console") -> Response[str]:
    """This will remember the language and go back to the page."""
    answer = replies.go(replies.own_path(to, "/console"))
    if tag in LANGUAGES:
        answer.set_cookie(cookie(LANGUAGE, tag))
    return answer
