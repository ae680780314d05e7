"""Orders, each with the steps of its plan; and the steps that failed."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from onehall.channels.console.codes.credits import of_order
from onehall.channels.console.room import PAGE, about, check_unit, chosen, pages, place
from onehall.domains import fulfilment, order, outreach
from onehall.domains.order import Order
from onehall.kernel import ids, timeline
from onehall.kernel.i18n import show, thaw
from onehall.kernel.refusals import missing
from onehall.pages import Visit, told
from onehall.pages.states import STEPS, chip
from onehall.pages.visit import names_of

STATES = ("acknowledged", "inProgress", "held", "completed", "failed", "cancelled")


@get("/orders")
async def orders(visit: NamedDependency[Visit], page: FromQuery[int] = 1) -> Response[str]:
    """This will list the orders of the reader's unit, newest first."""
    wanted, at = chosen(visit, STATES), place(page)
    async with visit.store.glance(0) as tx:
        found = await order.queries.recent(tx, visit.who.unit or "", at * PAGE + 1, wanted or None)
    rows = [_shown(one, visit.lang) for one in found[(at - 1) * PAGE : at * PAGE]]
    states = [(name, chip(name).text) for name in STATES]
    return visit.page(
        "orders.html", rows=rows, state=wanted, states=states, **pages("/console/orders", at, len(found) > at * PAGE, state=wanted),
        **await about(visit),
    )  # fmt: skip


@get("/orders/{order_id:str}")
async def one_order(visit: NamedDependency[Visit], order_id: FromPath[str]) -> Response[str]:
    """This will show an order, its steps and what the log has of it."""
    if not ids.is_id(order_id):
        raise missing("order")
    async with visit.store.edge(order_id) as tx:
        found = await order.queries.order(tx, order_id)
        check_unit(visit, found.unit, "order")
        plan = await fulfilment.queries.plan(tx, order_id)
        credit = await outreach.queries.credit(tx, order_id)
        happened = await timeline.of_journey(tx, order_id)
    names = await names_of(visit.store, told.staff_in(happened) | ({found.staff} if found.staff else set()))
    story = told.lines(told.quiet(happened), {}, names, visit.lang, "/console/journeys")
    return visit.page(
        "order.html", order=_shown(found, visit.lang) | _more(found, visit.lang, names), plan=_plan(plan, visit.lang), story=story,
        credit=await of_order(visit, credit), **await about(visit),
    )  # fmt: skip


@get("/steps")
async def steps(visit: NamedDependency[Visit]) -> Response[str]:
    """This will list the latest steps that failed, of orders of the reader's unit."""
    async with visit.store.edge(0) as tx:
        failed = await fulfilment.queries.failed_steps(tx, PAGE)
    rows = []
    for step in failed:
        async with visit.store.edge(step.order_id) as tx:
            found = await order.queries.order(tx, step.order_id)
        if _within(visit, found.unit):
            rows.append(_step(step, visit.lang) | {"order": _shown(found, visit.lang)})
    return visit.page("steps.html", rows=rows, **await about(visit))


def _within(visit: Visit, unit: str | None) -> bool:
    top = "." not in (visit.who.unit or ".")
    return top or (unit is not None and (unit == visit.who.unit or unit.startswith(f"{visit.who.unit}.")))


def _shown(one: Order, lang: str) -> dict[str, Any]:
    return {
        "id": one.id, "kind": show(told.CODES.get(one.wanted.kind, one.wanted.kind), lang), "state": chip(one.state), "at": one.ordered,
        "name": show(one.wanted.name, lang) if one.wanted.name else one.wanted.offering, "number": one.wanted.number or "",
        "channel": told.channel_name(one.channel, lang), "total": show(one.wanted.total, lang), "unit": one.unit or "",
    }  # fmt: skip


def _more(one: Order, lang: str, names: dict[str, str]) -> dict[str, Any]:
    why = thaw(one.failure) if one.failure else ""
    return {
        "party": one.party, "staff": names.get(one.staff or "", ""), "source": one.source or "", "journey": one.journey, "line": one.line,
        "completed": one.completed, "sent": one.wanted.send_to is not None, "why": show(why, lang) if why else "", "fixed": one.fixed,
        "charges": [{"label": show(thaw(part.text), lang), "value": show(part.amount, lang), "kind": ""} for part in one.wanted.charges],
    }  # fmt: skip


def _plan(plan: fulfilment.Plan | None, lang: str) -> dict[str, Any] | None:
    return {"state": chip(plan.state), "steps": [_step(step, lang) for step in plan.steps]} if plan else None


def _step(step: fulfilment.Step, lang: str) -> dict[str, Any]:
    seconds = (step.ended - step.started).total_seconds() if step.started and step.ended else None
    return {
        "name": step.name, "title": show(STEPS.get(step.name, step.name), lang), "state": chip(step.state), "error": step.error or "",
        "needs": [show(STEPS.get(name, name), lang) for name in step.needs], "tries": step.tries, "started": step.started,
        "seconds": f"{seconds:.1f} s" if seconds is not None else "", "ended": step.ended,
    }  # fmt: skip


ROUTES = [orders, one_order, steps]
