"""The first page of the counter: take a journey by its code, find a customer, go on with what is in hand."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from onehall.channels.desk import finding
from onehall.domains import outreach
from onehall.hall.view import view as view_of
from onehall.kernel.journeys import Row
from onehall.kernel.journeys.listing import recent_journeys
from onehall.kernel.refusals import Refusal
from onehall.pages import Visit, forms, replies
from onehall.pages.states import chip
from onehall.pages.visit import names_of, unit_names

IN_HAND_MAX = 12
LOOKED_THROUGH = 100
QUERY_MAX = 80
STORE_DEPTH = 3
CODE_LENGTH_MAX = 300  # a link that was scanned fits


@get("/")
async def home(visit: NamedDependency[Visit]) -> Response[str]:
    """This will show the counter."""
    return await _counter(visit)


@post("/take", status_code=200)
async def take(visit: NamedDependency[Visit]) -> Response[str]:
    """This will bring a journey to this clerk by its code, typed or scanned."""
    code = forms.text(await visit.request.form(), "code")[:CODE_LENGTH_MAX]
    try:
        view = await visit.hall.take(visit.caller(), code)
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        return await _counter(visit, refusal.status, code_error=visit.words(refusal), code=code if len(code) <= 7 else "")
    return replies.go(f"/desk/journeys/{view.id}")


@get("/find")
async def find(visit: NamedDependency[Visit], q: FromQuery[str] = "") -> Response[str]:
    """This will find customers by phone, number, name or document; one alone is shown at once."""
    words = q.strip()[:QUERY_MAX]
    found = await finding.find(visit, words)
    if len(found) == 1:
        return replies.go(f"/desk/customers/{found[0].id}")
    return await _counter(visit, q=words, found=found, searched=bool(words))


@get("/journeys")
async def mine(visit: NamedDependency[Visit]) -> Response[str]:
    """This will list the journeys that were worked on in this clerk's part of the operator lately."""
    async with visit.store.edge(0) as tx:
        rows = await recent_journeys(tx, visit.who.unit or "", LOOKED_THROUGH)
    return visit.page("journeys.html", rows=[_shown(visit, row) for row in rows if row.entries or row.open][:60], **await about(visit))


async def about(visit: Visit) -> dict[str, Any]:
    """This will name the clerk and their store, for the foot of the rail."""
    names = await names_of(visit.store, {visit.who.staff} if visit.who.staff else set())
    units = await unit_names(visit.store, visit.lang)
    return {"me_name": names.get(visit.who.staff or "", ""), "me_unit": units.get(visit.who.unit or "", visit.who.unit or "")}


async def _counter(visit: Visit, status: int = 200, **given: Any) -> Response[str]:
    async with visit.store.edge(0) as tx:
        rows = [*await recent_journeys(tx, visit.who.unit or "", LOOKED_THROUGH, "asking")]
        rows += await recent_journeys(tx, visit.who.unit or "", LOOKED_THROUGH, "waiting")
    mine_now = [row for row in rows if row.holders and row.holders[-1] == f"staff:{visit.who.staff}"][:IN_HAND_MAX]
    functions = await visit.hall.functions(visit.caller())
    sells = [{"name": each.name, "title": each.title.render(visit.lang)} for each in functions if each.family == "sell"]
    return visit.page(
        "home.html", status, rows=[_shown(visit, row) for row in mine_now], sells=sells, waiting=await _waiting(visit),
        **await about(visit), **given,
    )  # fmt: skip


async def _waiting(visit: Visit) -> int:
    """How many wait in the queue of this clerk's store; who serves a whole city has no queue of their own."""
    store = visit.who.unit or ""
    if store.count(".") < STORE_DEPTH:
        return 0
    async with visit.store.edge(outreach.queries.queue_home(store)) as tx:
        line = await outreach.queries.line(tx, store, outreach.queries.today(tx.now))
    return sum(1 for one in line if one.state == "waiting")


def _shown(visit: Visit, row: Row) -> dict[str, Any]:
    shown = view_of(row, visit.caller(row.party))
    asked = shown.question["text"] if shown.question else shown.said["text"] if shown.said else ""
    mine_now = bool(row.holders) and row.holders[-1] == f"staff:{visit.who.staff}"
    return {"id": row.id, "title": shown.title, "now": asked, "state": chip(row.state), "updated": row.updated, "mine": mine_now}


ROUTES = [home, take, find, mine]
