"""The queue of a store, as its clerks see it: who waits, who is called, next, here, did not come."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from onehall.channels.desk.home import about
from onehall.domains import outreach
from onehall.domains.outreach import Ticket
from onehall.kernel import ids
from onehall.kernel.events import Origin
from onehall.kernel.i18n import _, show
from onehall.kernel.identity.scope import lies_in
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx
from onehall.pages import Visit, forms, replies, told
from onehall.pages.visit import names_of

SHOWN_MAX = 60
ENDS = ("served", "no_show", "left")


@get("/queue")
async def queue(visit: NamedDependency[Visit]) -> Response[str]:
    """This will show the queue of a store: whom this clerk has called, and who waits."""
    stores = await _stores(visit)
    store = _chosen(stores, visit.request.query_params.get("store", ""))
    if store is None:
        return visit.page("queue.html", store=None, stores=[], rows=[], mine=None, counts={}, **await about(visit))
    home = outreach.queries.queue_home(store)
    async with visit.store.edge(home) as tx:
        day = outreach.queries.today(tx.now)
        line = await outreach.queries.line(tx, store, day)
        counts = await outreach.queries.day_of(tx, store, day)
        now = tx.now
    names = await names_of(visit.store, {one.staff for one in line if one.staff})
    rows = [_row(visit, one, names, now) for one in line if one.state == "waiting"]
    called = [_row(visit, one, names, now) for one in line if one.state == "called" and one.staff != visit.who.staff]
    mine = next((_row(visit, one, names, now) for one in line if one.state == "called" and one.staff == visit.who.staff), None)
    return visit.page(
        "queue.html", store=store, stores=stores, rows=sorted(rows, key=lambda row: (row["again"], row["number"]))[:SHOWN_MAX],
        waiting=len(rows), called=called, mine=mine, counts={name: counts.get(name, 0) for name in ENDS},
        fresh=visit.request.query_params.get("given", "")[:8], **await about(visit),
    )  # fmt: skip


@post("/queue/next", status_code=200)
async def call_next(visit: NamedDependency[Visit]) -> Response[str]:
    """This will call whoever is next to this clerk; the one before counts as served."""
    store = await _named(visit)

    async def act(tx: Tx) -> None:
        await outreach.actions.call_next(tx, store, visit.who.staff or "")

    await visit.store.run(outreach.queries.queue_home(store), act, _origin(visit, store))
    return replies.go(f"/desk/queue?store={store}")


@post("/queue/{ticket:str}/end", status_code=200)
async def end(visit: NamedDependency[Visit], ticket: FromPath[str]) -> Response[str]:
    """This will write whether the one who was called came, as the button says."""
    form = await visit.request.form()
    store, came = await _named(visit), forms.text(form, "do") == "came"
    if not ids.is_id(ticket):
        raise missing(_("ticket"))

    async def act(tx: Tx) -> None:
        await outreach.actions.end_call(tx, store, ticket, came)

    await visit.store.run(outreach.queries.queue_home(store), act, _origin(visit, store))
    return replies.go(f"/desk/queue?store={store}")


@post("/queue/ticket", status_code=200)
async def give(visit: NamedDependency[Visit]) -> Response[str]:
    """This will take a number for somebody who has no phone at hand; it is told or written to them."""
    store = await _named(visit)
    view = await visit.hall.start(visit.caller(), "queue.ticket", {"store": store})
    number = (view.said or {}).get("given", {}).get("number", "")
    return replies.go(f"/desk/queue?store={store}&given={number}")


async def _named(visit: Visit) -> str:
    """The store that the form names, if this clerk's part of the tree has it."""
    wished = forms.text(await visit.request.form(), "store")
    store = _chosen(await _stores(visit), wished)
    if store is None or (wished and store != wished):
        raise missing(_("store"))
    return store


async def _stores(visit: Visit) -> list[tuple[str, str]]:
    async with visit.store.edge(0) as tx:
        found = await outreach.queries.stores(tx)
    return [(path, show(name, visit.lang)) for path, name, _city in found if lies_in(path, visit.who.unit)]


def _chosen(stores: list[tuple[str, str]], wished: str) -> str | None:
    paths = [path for path, _name in stores]
    return wished if wished in paths else next(iter(paths), None)


def _row(visit: Visit, one: Ticket, names: dict[str, str], now: Any) -> dict[str, Any]:
    waited = int(((one.called or now) - one.taken).total_seconds() // 60)
    return {
        "id": one.id, "number": outreach.rules.ticket_number(one.number), "waited": waited, "again": one.calls, "taken": one.taken,
        "channel": told.channel_name(one.channel, visit.lang), "staff": names.get(one.staff or "", ""),
    }  # fmt: skip


def _origin(visit: Visit, store: str) -> Origin:
    return Origin(channel="desk", staff=visit.who.staff, unit=store)


ROUTES = [queue, call_next, end, give]
