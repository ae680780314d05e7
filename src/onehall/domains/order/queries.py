"""Questions about orders."""

from onehall.domains.order import store
from onehall.domains.order.model import Order
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx


async def order(tx: Tx, id_: str) -> Order:
    """This will give an order.

    :raises Refusal: 404.
    """
    found = await store.one(tx, id_)
    if found is None:
        raise missing("order")
    return found


async def orders_of(tx: Tx, party: str) -> list[Order]:
    """This will give a customer's latest orders, newest first. One statement."""
    return await store.of_party(tx, party)


async def open_orders_of(tx: Tx, party: str) -> list[Order]:
    """This will give the orders of a customer that are being worked on."""
    return await store.of_party(tx, party, open_only=True)


async def recent(tx: Tx, unit: str, limit: int = 50, state: str | None = None) -> list[Order]:
    """This will give the latest orders of a unit of the tree, for those who watch over them."""
    return await store.recent(tx, unit, limit, state)
