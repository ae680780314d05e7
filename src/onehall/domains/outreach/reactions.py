"""What reaching out does on hearing of scans and orders."""

from onehall.domains.order import OrderPlaced
from onehall.domains.outreach import actions
from onehall.domains.outreach.events import CodeScanned
from onehall.domains.outreach.store import touches
from onehall.kernel.events import on
from onehall.kernel.ids import home_for
from onehall.kernel.store import Tx


@on(CodeScanned, home=lambda fact: touches.home(fact.carrier), when=lambda fact: bool(fact.carrier))
async def keep(tx: Tx, fact: CodeScanned) -> None:
    """This will keep a scan with whoever made it."""
    await actions.keep_scan(tx, fact, tx.origin.channel)


@on(CodeScanned, home=lambda fact: home_for(f"stock/{fact.unit}"), when=lambda fact: fact.unit is not None)
async def count(tx: Tx, fact: CodeScanned) -> None:
    """This will count the shelf before which somebody stands."""
    await actions.count_stock(tx, fact.unit or "")


@on(OrderPlaced)
async def credit(tx: Tx, fact: OrderPlaced) -> None:
    """This will weigh to whom an order is credited."""
    await actions.credit_order(tx, fact.order)
