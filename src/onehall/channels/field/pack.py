"""What a kit takes along: its numbers, the plans with what each costs today word for word, the route."""

from datetime import datetime
from typing import Any, Final

import msgspec

from onehall.channels.field.room import caller_of
from onehall.domains import party, sweep
from onehall.domains.sweep import Carried
from onehall.hall import Hall
from onehall.kernel.i18n import render
from onehall.kernel.identity import Who

OPEN, PRICE = "line.open", "line.price"
PLANS_MAX: Final = 6


class Pack(msgspec.Struct):
    """What a kit knows without a net; `prices` by plan and SIM, for any of its numbers: they are all ordinary ones."""

    time: datetime
    language: str
    staff: str
    numbers: list[dict[str, Any]]
    plans: list[dict[str, Any]]
    sims: list[dict[str, Any]]
    prices: dict[str, list[dict[str, Any]]]
    documents: list[dict[str, str]]
    places: list[dict[str, Any]]
    results: list[dict[str, str]]


async def packed(hall: Hall, who: Who) -> Pack:
    """This will put together what a member of staff's kit takes along."""
    staff, language = str(who.staff), who.language
    carried = await sweep.queries.carried(hall.store, staff)
    plans, sims, prices = await _priced(hall, who, carried)
    async with hall.store.edge(staff) as tx:
        route = await sweep.queries.route(tx, staff)
    places = [{"value": place.id, "text": place.name, "note": place.address, "last": place.last} for place in route]
    return Pack(
        hall.store.clock.now(), language, staff, [{"number": one.number, "until": one.until} for one in carried], plans, sims, prices,
        [{"value": kind, "text": text.render(language)} for kind, text in party.DOCUMENTS.items()], places,
        [{"value": name, "text": text.render(language)} for name, text in sweep.RESULTS.items()],
    )  # fmt: skip


async def _priced(hall: Hall, who: Who, carried: list[Carried]) -> tuple[list[Any], list[Any], dict[str, list[dict[str, Any]]]]:
    caller = caller_of(who)
    shown = await hall.glance(caller, OPEN, limit=PLANS_MAX)
    plans: list[dict[str, Any]] = shown.question["options"] if shown.question else []
    sims: list[dict[str, Any]] = []
    prices: dict[str, list[dict[str, Any]]] = {}
    for plan in plans if carried else ():
        given = {"offer": plan["value"], "number": carried[0].number, "held": carried[0].token}
        if not sims:
            asked = await hall.glance(caller, PRICE, given)
            sims = asked.question["options"] if asked.question else []
        for sim in sims:
            told = await hall.glance(caller, PRICE, given | {"sim": sim["value"]})
            prices[f"{plan['value']}|{sim['value']}"] = told.said["facts"] if told.said else []
    return render(plans, who.language), sims, prices
