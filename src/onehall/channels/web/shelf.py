"""What the pages show without anybody asking: looked up at the counter, by functions, and left out where there is none."""

from itertools import groupby
from typing import Any, Final

import msgspec

from onehall.channels.web.visit import Visit
from onehall.kernel.functions import Function
from onehall.kernel.i18n import Text, _
from onehall.kernel.refusals import Refusal

OPEN: Final = "line.open"
PLAN: Final = "plan"
NUMBER: Final = "number"
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
    question = await _glance(visit, {}, "", 0, PLANS_MAX)
    if question is None or question["key"] != PLAN:
        return []
    return [option | {"href": f"/plans/{option['value']}"} for option in question["options"]]


async def numbers(visit: Visit, words: str, offset: int = 0, limit: int = NUMBERS_SHOWN) -> tuple[list[dict[str, Any]], bool]:
    """This will give free numbers that fit the words, and whether others follow."""
    question = await _glance(visit, {}, words, offset, limit)
    if question is not None and question["key"] == PLAN and question["options"]:
        question = await _glance(visit, {PLAN: question["options"][0]["value"]}, words, offset, limit)
    if question is None or question["key"] != NUMBER:
        return [], False
    return question["options"], question["more"]


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


async def _glance(visit: Visit, given: dict[str, Any], words: str, offset: int, limit: int) -> dict[str, Any] | None:
    if not any(each.name == OPEN for each in visit.hall.functions(visit.caller)):
        return None
    return await visit.hall.glance(visit.caller, OPEN, given, words, offset, limit)


async def lines(visit: Visit) -> list[dict[str, Any]]:
    """This will give the customer's lines as tiles, each with what is left on it."""
    return []


async def tariff(visit: Visit, plan: str) -> dict[str, Any]:
    """This will give what a plan holds in full, and what its parts cost by themselves."""
    return {}


async def boxes(visit: Visit) -> list[dict[str, Any]]:
    """This will give what is the customer's own: each function that says it at once makes a box."""
    return []
