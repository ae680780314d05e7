"""What the pages show without anybody asking: looked up at the counter, by functions, and left out where there is none."""

from itertools import groupby
from typing import Any, Final

import msgspec

from onehall.channels.web.visit import Visit
from onehall.hall import View
from onehall.kernel.functions import Function
from onehall.kernel.i18n import Text, _
from onehall.kernel.refusals import Refusal

TARIFF: Final = "tariff.plan"
OFFER: Final = "offer"
NUMBERS: Final = "number.search"
PLANS_MAX: Final = 200
NUMBERS_SHOWN: Final = 24
JOURNEYS_SHOWN: Final = 5
FAMILIES: Final[dict[str, Text]] = {
    "sell": _("New here"), "recharge": _("Top up"), "query": _("Look it up"), "handle": _("Change it"), "serve": _("Help and settings"),
}  # fmt: skip


def families(visit: Visit, words: str = "") -> list[tuple[str, list[dict[str, Any]]]]:
    """This will give the functions offered here, by family, in the reader's language."""
    found = visit.hall.functions(visit.caller, words)
    ranked = sorted(found, key=lambda each: list(FAMILIES).index(each.family))
    return [
        (FAMILIES[name].render(visit.lang), [tile(each, visit.lang) for each in some])
        for name, some in groupby(ranked, key=lambda each: each.family)
    ]


def tile(function: Function, lang: str) -> dict[str, Any]:
    """This will show a function as a tile."""
    return {"name": function.name, "title": function.title.render(lang), "family": function.family}


async def plans(visit: Visit) -> list[dict[str, Any]]:
    """This will give the plans on sale, as options."""
    view = await glance(visit, TARIFF, limit=PLANS_MAX)
    if view is None or view.question is None:
        return []
    return [option | {"href": f"/plans/{option['value']}"} for option in view.question["options"]]


async def tariff(visit: Visit, plan: str) -> list[dict[str, Any]]:
    """This will give all there is to say of a plan, and what its parts cost by themselves."""
    view = await glance(visit, TARIFF, {OFFER: plan})
    return view.said["facts"] if view and view.said else []


async def numbers(visit: Visit, words: str, offset: int = 0, limit: int = NUMBERS_SHOWN) -> tuple[list[dict[str, Any]], bool]:
    """This will give free numbers that fit the words, and whether others follow."""
    view = await glance(visit, NUMBERS, words=words, offset=offset, limit=limit)
    if view is None or view.question is None:
        return [], False
    return view.question["options"], view.question["more"]


async def open_journeys(visit: Visit) -> list[dict[str, Any]]:
    """This will give the journeys that the reader can continue."""
    return [msgspec.to_builtins(view) for view in (await visit.hall.mine(visit.caller))[:JOURNEYS_SHOWN]]


async def said(visit: Visit, function: str, **given: str) -> dict[str, Any] | None:
    """This will give what a function says at once; None where it is not offered, refuses, or has something to ask."""
    if not any(each.name == function and not each.asks for each in visit.hall.functions(visit.caller)):
        return None
    try:
        view = await visit.hall.start(visit.caller, function, given=dict(given))
    except Refusal:
        return None
    return view.said if view.state == "done" else None


async def glance(
    visit: Visit, function: str, given: dict[str, Any] | None = None, words: str = "", offset: int = 0, limit: int = 30
) -> View | None:
    """This will look at what a function would ask or say; None where it is not offered here."""
    if not any(each.name == function for each in visit.hall.functions(visit.caller)):
        return None
    return await visit.hall.glance(visit.caller, function, given, words, offset, limit)


async def lines(visit: Visit) -> list[dict[str, Any]]:
    """This will give the customer's lines as tiles, each with what is left on it."""
    return []


async def boxes(visit: Visit) -> list[dict[str, Any]]:
    """This will give what is the customer's own: each function that says it at once makes a box."""
    return []
