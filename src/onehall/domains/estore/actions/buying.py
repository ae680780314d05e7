"""What a member orders in a store, from the order to the company's account; and what comes of an order that fails."""

from typing import Any

from onehall.domains import billing, inventory, order
from onehall.domains.estore import store
from onehall.domains.estore.actions.asking import gone, move
from onehall.domains.order import Placed, Wanted
from onehall.kernel.i18n import Named, _
from onehall.kernel.ids import home_of
from onehall.kernel.jobs import Later, job
from onehall.kernel.store import Tx


async def place(tx: Tx, *, wanted: Wanted, request: str) -> Placed:
    """This will order a line in a store, on a request that the company said yes to.

    :raises Refusal: `estore.gone`, 409; what ordering refuses.
    """
    found = await store.requests.one(tx, request)
    if found is None or found.state not in ("approved", "ordered") or found.party != wanted.party:
        raise gone()
    placed = await order.actions.place(tx, wanted=wanted)
    await store.requests.note_order(tx, placed.order, found.store, request)
    tx.later("estore.ordered", {"request": request, "order": placed.order}, works_in=home_of(request), lane=f"estore|{request}")
    return placed


@job("estore.ordered")
async def ordered_here(tx: Tx, body: dict[str, Any]) -> None:
    """This will write down, in the store's home, that a request was ordered."""
    found = await store.requests.one(tx, body["request"], lock=True)
    if found is not None and found.state == "approved":
        await move(tx, found, "ordered", product_order=body["order"])


async def completed(tx: Tx, order_id: str, line: str) -> None:
    """This will have the company pay its part from now on, when an order of a store is done."""
    of = await store.requests.of_order(tx, order_id)
    if of is None:
        return
    await store.requests.set_line(tx, order_id, line)
    found = await inventory.queries.line(tx, line)
    body = {"request": of[1], "line": line, "number": found.number, "at": found.activated or tx.now}
    tx.later("estore.begin", body, works_in=home_of(of[1]), lane=f"estore|{of[1]}")


@job("estore.begin")
async def begin_here(tx: Tx, body: dict[str, Any]) -> None:
    """This will begin the company's part of a line, on the account of the store; safe twice."""
    found = await store.requests.one(tx, body["request"], lock=True)
    if found is None or found.state == "active":
        return
    if found.state != "ordered":
        raise Later("the order is not written down yet")
    shop = await store.shops.find(tx, found.store)
    await move(tx, found, "active", line=body["line"], number=body["number"], began=tx.now)
    if shop is None or not found.minor:
        return
    name = _("{plan}, {number}", plan=Named(found.name), number=body["number"])
    await billing.actions.subscriptions.pay_part(
        tx, shop.account, body["line"], body["number"], name, found.company, found.part_price or "", found.offering, tx.now
    )


async def failed(tx: Tx, order_id: str) -> None:
    """This will give the budget back, when an order of a store could not be done."""
    of = await store.requests.of_order(tx, order_id)
    if of is not None:
        tx.later("estore.withdraw", {"request": of[1]}, works_in=home_of(of[1]), lane=f"estore|{of[1]}")


@job("estore.withdraw")
async def withdraw_here(tx: Tx, body: dict[str, Any]) -> None:
    """This will withdraw a request whose order came to nothing; safe twice."""
    found = await store.requests.one(tx, body["request"], lock=True)
    if found is not None and found.state in ("approved", "ordered"):
        await move(tx, found, "withdrawn", ended=tx.now)


async def ended(tx: Tx, line: str) -> None:
    """This will end the company's part of a line that has ended."""
    of = await store.requests.of_line(tx, line)
    if of is not None:
        tx.later("estore.end", {"request": of[1], "line": line}, works_in=home_of(of[1]), lane=f"estore|{of[1]}")


@job("estore.end")
async def end_here(tx: Tx, body: dict[str, Any]) -> None:
    """This will end what the company pays of a line; safe twice."""
    found = await store.requests.one(tx, body["request"], lock=True)
    if found is None or found.state != "active":
        return
    shop = await store.shops.find(tx, found.store)
    await move(tx, found, "ended", ended=tx.now)
    if shop is not None and found.minor:
        await billing.actions.subscriptions.end_part(tx, shop.account, body["line"], tx.now)
