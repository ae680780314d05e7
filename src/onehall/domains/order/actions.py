"""Verbs of ordering."""

from typing import Any

import msgspec

from onehall.domains import catalogue
from onehall.domains.order import queries, rules, store
from onehall.domains.order.events import OrderCancelAsked, OrderCompleted, OrderFailed, OrderMoved, OrderPlaced
from onehall.domains.order.lifecycle import ORDER
from onehall.domains.order.model import Order, Placed, Wanted, document
from onehall.kernel import journeys
from onehall.kernel.i18n import Words
from onehall.kernel.resources import changed, named
from onehall.kernel.store import Tx

RESOURCE = ("productOrderingManagement", "productOrder")


async def place(tx: Tx, *, wanted: Wanted, order: str | None = None, said: dict[str, Any] | None = None) -> Placed:
    """This will accept an order and leave its fulfilment to begin. `said` are its words for the API, kept as they are.

    :raises Refusal: it is not on sale, or lacks what its kind needs.
    """
    rules.check_wanted(wanted)
    if wanted.kind in ("line.open", "plan.change", "pack.add"):
        rules.check_fits_kind(await catalogue.queries.check_on_sale(tx, wanted.offering), wanted.kind)
    origin = tx.origin
    placed = Order(
        tx.home, order or tx.new_id(), wanted.party, ORDER.first, wanted, origin.channel, tx.now, unit=wanted.unit or origin.unit,
        line=wanted.line, staff=origin.staff, source=origin.source, journey=origin.journey,
    )  # fmt: skip
    store.insert(tx, placed, document(placed) | (said or {}))
    total = wanted.total
    sent = wanted.send_to is not None
    tx.tell(OrderPlaced(placed.id, wanted.party, wanted.kind, wanted.offering, total.minor, total.currency, sent))
    return Placed(placed.id, tx.now, total)


async def begin(tx: Tx, id_: str) -> Order:
    """This will put an order to work; gives it as it then stands."""
    order = await queries.order(tx, id_)
    if order.state == "acknowledged":
        order = _move(tx, order, "inProgress")
    return order


async def fix(tx: Tx, id_: str) -> bool:
    """This will put an order past the point where it can be cancelled; False when somebody was quicker."""
    order = await queries.order(tx, id_)
    if order.state != "inProgress":
        return False
    store.move(tx, order, fixed=True)
    return True


async def complete(tx: Tx, id_: str, line: str | None = None) -> None:
    """This will end an order as done, and tell the journey that waits."""
    order = await queries.order(tx, id_)
    _move(tx, order, "completed", completed=tx.now, line=line or order.line)
    tx.tell(OrderCompleted(order.id, order.party, order.wanted.kind, line or order.line))
    _reply(tx, order, {"state": "completed", "order": order.id, "line": line or order.line})


async def fail(tx: Tx, id_: str, why: Words) -> None:
    """This will end an order that could not be done, and tell the journey that waits."""
    order = await queries.order(tx, id_)
    target = "cancelled" if order.state == "pendingCancellation" else "failed"
    _move(tx, order, target, why=str(why), failure=msgspec.to_builtins(why), completed=tx.now)
    tx.tell(OrderFailed(order.id, order.party, str(why)))
    _reply(tx, order, {"state": target, "order": order.id, "why": msgspec.to_builtins(why)})


async def cancel(tx: Tx, *, order: str) -> str:
    """This will ask that an order be stopped; fulfilment undoes what was done of it and gives the money back.

    :raises Refusal: 404; 409 it is finished or too far along.
    """
    found = await queries.order(tx, order)
    rules.check_can_cancel(found)
    if found.state == "acknowledged":
        found = _move(tx, found, "inProgress")
    _move(tx, found, "pendingCancellation")
    tx.tell(OrderCancelAsked(found.id, tx.origin.staff or tx.origin.party or ""))
    return found.id


def _move(tx: Tx, order: Order, target: str, *, why: str = "", **values: Any) -> Order:
    ORDER.check(order.state, target)
    moved = store.move(tx, order, state=target, **values)
    tx.tell(OrderMoved(order.id, order.state, target, why))
    changed(tx, named(*RESOURCE), order.id, "stateChange")
    return moved


def _reply(tx: Tx, order: Order, value: dict[str, Any]) -> None:
    if order.wanted.reply_to:
        journeys.arrive(tx, order.wanted.reply_to, value)
