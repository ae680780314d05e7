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
OPEN: Final = "line.open"
NUMBER: Final = "number"
PLANS_MAX: Final = 200
NUMBERS_SHOWN: Final = 24
JOURNEYS_SHOWN: Final = 5
LINES_SHOWN: Final = 6
LINE: Final = "line"
LINE_DETAIL: Final = "line.detail"
LINE_SAYS: Final = ("balance.check", "data.left")
MINE: Final = ("line.mine", "orders.mine", "bill.so_far", "contacts.see", "realname.status", "consent.mine")
FAMILIES: Final[dict[str, Text]] = {
    "sell": _("New here"), "recharge": _("Top up"), "query": _("Look it up"), "handle": _("Change it"), "serve": _("Help and settings"),
}  # fmt: skip

FAVOURITES: Final = (
    "topup", "balance.check", "data.left", "bill.so_far", "pack.add", "plan.change", "orders.mine", "line.suspend", "sim.replace",
    "port_out.check", "store.list", "help",
)  # fmt: skip


async def families(visit: Visit, words: str = "") -> list[tuple[str, list[dict[str, Any]]]]:
    """This will give the functions offered here, by family, in the reader's language."""
    found = await visit.hall.functions(visit.caller, words)
    ranked = sorted(found, key=lambda each: list(FAMILIES).index(each.family))
    return [
        (FAMILIES[name].render(visit.lang), [tile(each, visit.lang) for each in some])
        for name, some in groupby(ranked, key=lambda each: each.family)
    ]


async def favourites(visit: Visit) -> list[dict[str, Any]]:
    """This will give the handful of functions that the front page offers at once."""
    offered = {each.name: each for each in await visit.hall.functions(visit.caller)}
    return [tile(offered[name], visit.lang) for name in FAVOURITES if name in offered]


def tile(function: Function, lang: str) -> dict[str, Any]:
    """This will show a function as a tile."""
    return {"name": function.name, "title": function.title.render(lang), "family": function.family}


async def plans(visit: Visit) -> list[dict[str, Any]]:
    """This will give the plans on sale, as options; none to whom they are not offered here."""
    if not any(each.name == TARIFF for each in await visit.hall.functions(visit.caller)):
        return []
    return await visit.hall.window.show(("plans", visit.lang), lambda: _plans(visit))


async def _plans(visit: Visit) -> list[dict[str, Any]]:
    view = await glance(visit, TARIFF, limit=PLANS_MAX)
    if view is None or view.question is None:
        return []
    return [option | {"href": f"/plans/{option['value']}"} for option in view.question["options"]]


async def tariff(visit: Visit, plan: str) -> list[dict[str, Any]]:
    """This will give all there is to say of a plan, and what its parts cost by themselves."""
    view = await glance(visit, TARIFF, {OFFER: plan})
    return view.said["facts"] if view and view.said else []


async def numbers(visit: Visit, words: str, limit: int = NUMBERS_SHOWN) -> list[dict[str, Any]]:
    """This will give free numbers that fit the words, others at each call, as the first plan would offer them."""
    first = next(iter(await plans(visit)), None)
    view = await glance(visit, OPEN, {OFFER: first["value"]}, words, limit) if first else None
    found = view.question if view else None
    return found["options"] if found and found["key"] == NUMBER else []


async def open_journeys(visit: Visit) -> list[dict[str, Any]]:
    """This will give the journeys that the reader can continue."""
    return [msgspec.to_builtins(view) for view in (await visit.hall.mine(visit.caller))[:JOURNEYS_SHOWN]]


async def said(visit: Visit, function: str, given: dict[str, Any] | None = None) -> dict[str, Any] | None:
    """This will give what a function says at once; None where it is not offered, refuses, or has something to ask."""
    try:
        view = await glance(visit, function, given)
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        return None
    return view.said if view else None


async def glance(
    visit: Visit, function: str, given: dict[str, Any] | None = None, words: str = "", limit: int = 30
) -> View | None:
    """This will look at what a function would ask or say; None where it is not offered here."""
    if not any(each.name == function for each in await visit.hall.functions(visit.caller)):
        return None
    return await visit.hall.glance(visit.caller, function, given, words, limit=limit)


async def lines(visit: Visit) -> list[dict[str, Any]]:
    """This will give the customer's lines as tiles, each with what is left on it."""
    try:
        view = await glance(visit, LINE_DETAIL, limit=LINES_SHOWN)
    except Refusal:
        return []  # no line yet
    if view is None or (view.question and view.question["key"] != LINE):
        return []
    if view.question is None:
        return [await _line(visit, None, view.said)]
    ids = [option["value"] for option in view.question["options"]]
    return [await _line(visit, each, await said(visit, LINE_DETAIL, {LINE: each})) for each in ids]


async def _line(visit: Visit, line: str | None, detail: dict[str, Any] | None) -> dict[str, Any]:
    given = {LINE: line} if line else {}
    told = [found for name in LINE_SAYS if (found := await said(visit, name, given))]
    facts = (detail or {}).get("facts", [])
    number = next((fact["value"] for fact in facts if fact["kind"] == "number"), "")
    state = next((fact["value"] for fact in facts if fact["kind"] == "status"), "")
    plan = next((fact["value"] for fact in facts if fact["kind"] == "text"), "")
    follow = {each["function"]: each for found in told for each in found["next"] if each["function"] not in LINE_SAYS}
    return {
        "id": line, "number": number, "plan": plan, "status": state, "facts": [fact for found in told for fact in found["facts"]][:4],
        "functions": list(follow.values())[:3],
    }  # fmt: skip


async def boxes(visit: Visit) -> list[dict[str, Any]]:
    """This will give what is the customer's own: what each of these functions says makes a box."""
    offered = {each.name: each for each in await visit.hall.functions(visit.caller)}
    found = []
    for name in MINE:
        told = await said(visit, name) if name in offered else None
        if told:
            title = offered[name].title.render(visit.lang)
            found.append({"title": title, "text": told["text"], "facts": told["facts"][:6], "next": told["next"][:2]})
    return found
