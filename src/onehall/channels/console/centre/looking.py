"""What waits for a person: the worklist by node and age, and one order as it stands."""

from collections import Counter
from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers.base import BaseRouteHandler
from litestar.params import FromPath

from onehall.channels.console.room import PAGE, about
from onehall.domains import fulfilment, order, party
from onehall.domains.fulfilment import Confirmed, Plan, Step
from onehall.domains.order import Order
from onehall.kernel import ids, timeline
from onehall.kernel.i18n import Text, _, show, thaw
from onehall.kernel.identity.http import who_of
from onehall.kernel.identity.scope import check_role
from onehall.kernel.refusals import missing
from onehall.pages import Visit, told
from onehall.pages.states import STEPS, chip
from onehall.pages.visit import names_of

BY_HAND, CENTRE, ROAD = fulfilment.rules.BY_HAND, fulfilment.rules.CENTRE, fulfilment.rules.ROAD
NODES = (*CENTRE, *ROAD)
OF_ROLE = {"packer": CENTRE, "courier": ROAD}
WAITING_MAX = 500


def centre_only(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """This will let in packers, couriers and those who watch over them.

    :raises Refusal: 401 nobody is logged in; 403 another is.
    """
    check_role(who_of(connection), *OF_ROLE, "operations", "supervisor")


def nodes_of(visit: Visit) -> tuple[str, ...]:
    """This will name the nodes that the reader works at: a packer's are in the centre, a courier's on the road."""
    if visit.who.is_a("operations", "supervisor", "admin"):
        return NODES
    return tuple(node for role, nodes in OF_ROLE.items() if visit.who.is_a(role) for node in nodes)


@get("/")
async def worklist(visit: NamedDependency[Visit]) -> Response[str]:
    """This will list what waits at the reader's nodes, the oldest first."""
    mine = nodes_of(visit)
    wanted = visit.request.query_params.get("node", "")
    wanted = wanted if wanted in mine else ""
    async with visit.store.glance(0) as tx:
        waiting = await fulfilment.queries.worklist(tx, mine, WAITING_MAX)
    rows = await _rows(visit, [step for step in waiting if wanted in ("", step.name)])
    counts = Counter(step.name for step in waiting)
    nodes = [(name, show(STEPS[name], visit.lang), counts[name]) for name in mine]
    return visit.page("centre/list.html", rows=rows, nodes=nodes, node=wanted, all=len(waiting), **await about(visit))


@get("/{order_id:str}")
async def one_parcel(visit: NamedDependency[Visit], order_id: FromPath[str]) -> Response[str]:
    """This will show an order as it stands in the centre or on the road."""
    return await parcel_page(visit, order_id)


async def found_order(visit: Visit, order_id: str) -> tuple[Order, Plan]:
    """This will find an order whose card is sent, within the reader's unit.

    :raises Refusal: `not.found`, 404.
    """
    if not ids.is_id(order_id):
        raise missing("order")
    async with visit.store.edge(order_id) as tx:
        found = await order.queries.order(tx, order_id)
        plan = await fulfilment.queries.plan(tx, order_id)
    if plan is None or found.wanted.send_to is None or not _within(visit, found.unit):
        raise missing("order")
    return found, plan


async def parcel_page(visit: Visit, order_id: str, status: int = 200, **given: Any) -> Response[str]:
    """This will show an order with what can be done at its node; `error` says what was wrong."""
    found, plan = await found_order(visit, order_id)
    step = next((one for one in plan.steps if one.state == "running" and one.name in BY_HAND), None)
    async with visit.store.edge(order_id) as tx:
        holder = await party.queries.party(tx, found.party)
        happened = await timeline.of_journey(tx, order_id)
        at_door = step is not None and step.name == "hand_over"
        confirmed = await fulfilment.queries.confirmed(tx, found, step, plan.results["account"]) if step and at_door else None
    names = await names_of(visit.store, told.staff_in(happened))
    shown = await _row(visit, found, step) if step else None
    kinds = [(kind, show(text, visit.lang)) for kind, text in party.DOCUMENTS.items()]
    mine = step is not None and step.name in nodes_of(visit)
    return visit.page(
        "centre/one.html", status, one=_parcel(found, plan, holder, visit.lang), step=shown, mine=mine,
        ticks=_ticks(confirmed, visit.store.clock.now()) if confirmed else {}, kinds=kinds,
        story=told.lines(told.quiet(happened), {}, names, visit.lang), path=f"/console/centre/{found.id}", **await about(visit), **given,
    )  # fmt: skip


async def _rows(visit: Visit, steps: list[Step]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for step in steps:
        if len(rows) == PAGE:
            break
        async with visit.store.edge(step.order_id) as tx:
            found = await order.queries.order(tx, step.order_id)
        if _within(visit, found.unit):
            rows.append(await _row(visit, found, step))
    return rows


async def _row(visit: Visit, found: Order, step: Step) -> dict[str, Any]:
    now, due = visit.store.clock.now(), step.started
    if step.name == "audit":
        async with visit.store.glance(0) as tx:
            due = await fulfilment.queries.audit_due(tx, step)
    elif step.name in ROAD and step.started:
        due = fulfilment.rules.comes_back_at(step.name, step.started)
    else:
        due = None
    said = thaw(step.result.get("said"))
    return {
        "id": found.id, "node": step.name, "title": show(STEPS[step.name], visit.lang), "number": found.wanted.number or "",
        "name": show(found.wanted.name, visit.lang), "age": show(age(step.started or now, now), visit.lang), "due": due,
        "late": due is not None and due <= now,
        "address": found.wanted.send_to if step.name in ROAD else "", "said": show(said, visit.lang) if said else "",
        "busy": bool(step.result.get("under_way") or step.result.get("comparing")), "result": step.result,
    }  # fmt: skip


def _parcel(found: Order, plan: Plan, holder: party.Party, lang: str) -> dict[str, Any]:
    nodes = [step for step in plan.steps if step.name in BY_HAND]
    results = plan.results
    return {
        "id": found.id, "state": chip(found.state), "name": show(found.wanted.name, lang), "number": found.wanted.number or "",
        "buyer": holder.name, "address": found.wanted.send_to, "phone": found.wanted.contact or "", "card": results.get("card", ""),
        "document": holder.document_masked or "", "tracking": results.get("tracking", ""), "placed": found.ordered,
        "why": show(thaw(found.failure), lang) if found.failure else "",
        "nodes": [
            {"title": show(STEPS[one.name], lang), "state": chip(one.state), "began": one.started, "ended": one.ended} for one in nodes
        ],
    }  # fmt: skip


def _ticks(confirmed: Confirmed, now: datetime) -> dict[str, bool]:
    counts = fulfilment.rules.still_counts
    return {"document": counts(confirmed.document, now), "face": counts(confirmed.face, now), "paid": confirmed.paid}


def age(since: datetime, now: datetime) -> Text:
    """This will say for how long something has waited."""
    minutes = max(0, int((now - since).total_seconds()) // 60)
    if minutes < 60:
        return _("{minutes} min", minutes=minutes)
    return _("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)


def _within(visit: Visit, unit: str | None) -> bool:
    top = "." not in (visit.who.unit or ".")
    return top or (unit is not None and (unit == visit.who.unit or unit.startswith(f"{visit.who.unit}.")))


ROUTES = [worklist, one_parcel]
