"""To whom an order is credited: weighed once, when it was placed, and kept beside it."""

from onehall.domains import order as orders
from onehall.domains.outreach import rules
from onehall.domains.outreach.actions.scans import source_touch
from onehall.domains.outreach.events import OrderCredited
from onehall.domains.outreach.model import Credit, Touch
from onehall.domains.outreach.store import touches
from onehall.kernel.journeys import Row
from onehall.kernel.journeys.row import load
from onehall.kernel.store import Tx


async def credit_order(tx: Tx, order: str) -> None:
    """This will weigh the scans that came before an order and write to whom it is credited. Safe twice; never done over."""
    placed = await orders.queries.order(tx, order)
    row = await load(tx, placed.journey) if placed.journey else None
    weighed = rules.weigh(await _touches(tx, placed, row), placed.ordered)
    owner, code = rules.credited(weighed), rules.leading_code(weighed)
    began = row.channels[0] if row and row.channels else placed.channel
    credit = Credit(
        placed.id, placed.party, rules.access_type(began, code is not None), owner, placed.ordered, code, placed.source, placed.staff,
        weighed, rules.RULE,
    )  # fmt: skip
    if code is not None and await touches.credit(tx, order) is not None:
        return
    touches.insert_credit(tx, credit)
    if code is not None:
        tx.tell(OrderCredited(placed.id, credit.access, code, owner.unit, owner.staff, owner.campaign))


async def _touches(tx: Tx, placed: orders.Order, row: Row | None) -> list[Touch]:
    """The scans of the customer and of the guests through whose hands the journey went, and the one by which it came."""
    found: dict[tuple[str, str], Touch] = {}
    for carrier in touches.carriers(placed.party, row.holders if row else ()):
        for touch in await touches.of_carrier(tx, carrier, rules.shown_since(placed.ordered)):
            found.setdefault((touch.code, rules.scan_moment(touch.at).isoformat()), touch)
    began = await source_touch(tx, placed.source, row.created if row else placed.ordered, row.channels[0] if row else placed.channel)
    if began is not None and rules.is_news(began, list(found.values())):
        found[began.code, began.at.isoformat()] = began
    return list(found.values())
