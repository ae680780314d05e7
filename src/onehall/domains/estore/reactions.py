"""What private shops do on hearing of orders and lines."""

from onehall.domains.estore import actions
from onehall.domains.inventory import LineTerminated, OfferingChanged, PackDropped
from onehall.domains.order import OrderCompleted, OrderFailed
from onehall.kernel.events import on
from onehall.kernel.journeys import scarce
from onehall.kernel.store import Tx

scarce(actions.BUDGET, actions.Budget())
scarce(actions.SENT, actions.MailSent())
scarce(actions.SHOWN, actions.MailShown())
scarce(actions.PLACE, actions.Place())


@on(OrderCompleted, when=lambda fact: fact.kind in ("line.open", "plan.change", "pack.add") and fact.line is not None)
async def begin_part(tx: Tx, fact: OrderCompleted) -> None:
    """This will have the company pay its part of what was ordered in a store."""
    await actions.completed(tx, fact.order, fact.line or "")


@on(OrderFailed)
async def give_back_part(tx: Tx, fact: OrderFailed) -> None:
    """This will give back what a store had promised for an order that could not be done."""
    await actions.failed(tx, fact.order)


@on(LineTerminated)
async def end_company_part(tx: Tx, fact: LineTerminated) -> None:
    """This will end the company's part of a line that has ended."""
    await actions.ended(tx, fact.line)


@on(OfferingChanged)
async def end_part_of_plan_left(tx: Tx, fact: OfferingChanged) -> None:
    """This will end the company's part of a plan that its member has left."""
    await actions.ended(tx, fact.line, fact.offering, fact.at)


@on(PackDropped)
async def end_part_of_pack(tx: Tx, fact: PackDropped) -> None:
    """This will end what the company pays of a pack that was dropped."""
    await actions.dropped(tx, fact.line, fact.offering)
