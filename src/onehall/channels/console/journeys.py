"""Journeys: who is where in what, and each with its entries and all that happened in it."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from onehall.channels.console.room import PAGE, about, check_unit, chosen, pages, place
from onehall.kernel import timeline
from onehall.kernel.i18n import Text, _, render, show
from onehall.kernel.journeys import Row
from onehall.kernel.journeys.listing import recent_journeys
from onehall.pages import Visit, told
from onehall.pages.states import chip
from onehall.pages.visit import names_of

STATES = ("asking", "waiting", "done", "refused", "expired", "cancelled")
KINDS: dict[str, Text] = {
    "answer": _("answer"), "effect": _("action"), "payment": _("payment"), "hold": _("hold"), "proof": _("proof"),
    "arrival": _("from outside"),
}  # fmt: skip
VALUE_SHOWN = 160


@get("/journeys")
async def journeys(visit: NamedDependency[Visit], page: FromQuery[int] = 1) -> Response[str]:
    """This will list the journeys of the reader's unit, the latest first."""
    wanted, at = chosen(visit, STATES), place(page)
    async with visit.store.glance(0) as tx:
        found = await recent_journeys(tx, visit.who.unit or "", at * PAGE + 1, wanted or None)
    rows = [_shown(row, visit.lang) for row in found[(at - 1) * PAGE : at * PAGE]]
    states = [(name, chip(name).text) for name in STATES]
    return visit.page(
        "journeys.html", rows=rows, state=wanted, states=states, **pages("/console/journeys", at, len(found) > at * PAGE, state=wanted),
        **await about(visit),
    )  # fmt: skip


@get("/journeys/{journey:str}")
async def one_journey(visit: NamedDependency[Visit], journey: FromPath[str]) -> Response[str]:
    """This will show a journey's entries and what happened in it."""
    row = await visit.hall.engine.see(journey)
    check_unit(visit, row.unit, "journey")
    async with visit.store.edge(row.id) as tx:
        happened = await timeline.of_journey(tx, row.id)
    names = await names_of(visit.store, told.staff_in(happened) | {entry.staff for entry in row.entries if entry.staff})
    return visit.page(
        "journey.html", row=_shown(row, visit.lang) | _more(row, visit.lang),
        entries=[_entry(entry, names, visit.lang) for entry in row.entries],
        story=told.lines(happened, {row.id: row}, names, visit.lang), **await about(visit),
    )  # fmt: skip


def _shown(row: Row, lang: str) -> dict[str, Any]:
    asked = render(row.question["text"], lang) if row.question else render(row.said["text"], lang) if row.said else ""
    return {
        "id": row.id, "title": told.function_name(row.function, lang), "function": row.function, "state": chip(row.state), "now": asked,
        "channels": [told.channel_name(name, lang) for name in row.channels], "updated": row.updated, "unit": row.unit or "",
        "source": row.source or "",
    }  # fmt: skip


def _more(row: Row, lang: str) -> dict[str, Any]:
    level = row.proof.get("by", "")
    return {
        "party": row.party, "created": row.created, "expires": row.expires, "turn": row.turn, "revision": row.revision,
        "proof": show(told.CODES.get(level, level), lang), "version": row.version,
    }  # fmt: skip


def _entry(entry: Any, names: dict[str, str], lang: str) -> dict[str, Any]:
    """What was agreed to is told in its words; what an action gave back only in short, and nothing of a proof but its kind."""
    if entry.kind == "proof":
        value = show(told.CODES.get(str(entry.value.get("by")), str(entry.value.get("by"))), lang)
    elif entry.kind == "hold":
        value = str(entry.value.get("ref"))
    elif entry.kind == "payment":
        value = show(render(entry.value.get("amount"), lang), lang)
    else:
        value = _plain(render(entry.value if entry.shown is None else entry.shown, lang))
    return {
        "kind": KINDS[entry.kind].render(lang), "key": entry.key, "text": render(entry.text, lang) if entry.text else entry.key,
        "value": value[:VALUE_SHOWN], "at": entry.at, "channel": told.channel_name(entry.channel, lang) if entry.channel else "",
        "staff": names.get(entry.staff or "", ""),
    }  # fmt: skip


def _plain(value: Any) -> str:
    return ", ".join(f"{name} {part}" for name, part in value.items()) if isinstance(value, dict) else str(value)


ROUTES = [journeys, one_journey]
