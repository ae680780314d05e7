"""The campaigns, and the form in which one is written."""

import re
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency

from onehall.channels.console.campaigns.words import LANGUAGE_NAMES, check_writer, may_write, sees, shown, whole
from onehall.channels.console.room import about
from onehall.domains import catalogue, engage
from onehall.domains.engage import Audience, Campaign
from onehall.domains.party import WAY_NAMES, WAYS
from onehall.kernel.events import Origin
from onehall.kernel.i18n import LANGUAGES, _, show
from onehall.kernel.identity.scope import lies_in
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx
from onehall.pages import Visit, forms, replies
from onehall.pages.visit import unit_names

PLACES = 3
PLAN_MAX = 100
NUMBERS_MAX = 150
"""As many numbers as the box of the form takes; longer lists are rules, or several campaigns."""


@get("/campaigns")
async def campaigns(visit: NamedDependency[Visit]) -> Response[str]:
    """This will list the campaigns of the reader's unit, newest first."""
    async with visit.store.edge(0) as tx:
        found = [one for one in await engage.queries.campaigns(tx) if sees(visit, one)]
    units = await unit_names(visit.store, visit.lang)
    rows = [shown(one, units, visit.lang) for one in found]
    return visit.page("campaigns/list.html", rows=rows, may=may_write(visit), **await about(visit))


@get("/campaigns/new")
async def form(visit: NamedDependency[Visit]) -> Response[str]:
    """This will give the empty form."""
    check_writer(visit)
    return await _form(visit, {}, "")


@post("/campaigns", status_code=200)
async def write(visit: NamedDependency[Visit]) -> Response[str]:
    """This will write a campaign; what is wrong with it is said beside what was typed."""
    check_writer(visit)
    filled = await visit.request.form()
    try:
        made = await _written(visit, filled)
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return await _form(visit, {name: forms.text(filled, name) for name in filled}, visit.words(refusal), 422)
    return replies.go(f"/console/campaigns/{made.id}")


async def _written(visit: Visit, filled: FormMultiDict) -> Campaign:
    ways = tuple(way for place in range(PLACES) if (way := forms.text(filled, f"way{place}")))
    texts = {tag: forms.text(filled, f"text.{tag}").strip() for tag in LANGUAGES}
    unit = forms.text(filled, "unit")
    if not whole(visit) and not lies_in(unit, visit.who.unit):
        unit = visit.who.unit or ""
    months = forms.text(filled, "months") or "0"
    if not (months.isascii() and months.isdigit() and len(months) <= 3):
        raise Refusal("campaign.months", _("Please enter whole months."), 422)
    audience = Audience(
        parties=await _listed(visit, forms.text(filled, "numbers")), unit="" if whole(visit) and "." not in unit else unit,
        language=forms.text(filled, "language"), months_min=int(months), plan=forms.text(filled, "plan")[:PLAN_MAX],
    )  # fmt: skip

    async def work(tx: Tx) -> Campaign:
        return await engage.actions.make(tx, forms.text(filled, "name"), texts, ways, audience, unit=unit or visit.who.unit)

    return await visit.store.run(0, work, Origin(channel="console", staff=visit.who.staff, unit=visit.who.unit))


async def _listed(visit: Visit, numbers: str) -> tuple[str, ...]:
    """The customers of a list of numbers.

    :raises Refusal: `campaign.numbers`, 422: too many, or some are nobody's.
    """
    wanted = list(dict.fromkeys(re.findall(r"\d+", numbers)))
    if len(wanted) > NUMBERS_MAX:
        raise Refusal("campaign.numbers", _("A list has {count} numbers at most.", count=NUMBERS_MAX), 422)
    known = {number: await visit.hall.whose_phone(number) for number in wanted}
    if strangers := [number for number, one in known.items() if one is None]:
        raise Refusal("campaign.numbers", _("No customer has {numbers}.", numbers=", ".join(strangers[:5])), 422)
    return tuple(dict.fromkeys(one.party for one in known.values() if one))


async def _form(visit: Visit, typed: dict[str, str], wrong: str, status: int = 200) -> Response[str]:
    units = await unit_names(visit.store, visit.lang)
    places = [(path, f"{'　' * path.count('.')}{name}") for path, name in units.items() if lies_in(path, visit.who.unit)]
    async with visit.store.glance(0) as tx:
        plans = [(one.id, show(one.name, visit.lang)) for one in await catalogue.queries.plans(tx)]
    given: dict[str, Any] = {
        "plans": plans,
        "typed": typed, "wrong": wrong, "units": places, "ways": [(way, show(WAY_NAMES[way], visit.lang)) for way in WAYS],
        "places": range(PLACES), "languages": LANGUAGE_NAMES, "text_max": engage.rules.TEXT_MAX, "name_max": engage.rules.NAME_MAX,
    }  # fmt: skip
    return visit.page("campaigns/new.html", status, **given, **await about(visit))


ROUTES = [campaigns, form, write]
