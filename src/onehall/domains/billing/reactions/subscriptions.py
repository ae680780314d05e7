"""What accounts are charged by follows what inventory tells of lines and packs."""

from onehall.domains import inventory
from onehall.domains.billing import actions, queries
from onehall.domains.billing.model import Account
from onehall.domains.inventory import (
    Line,
    LineActivated,
    LineTerminated,
    OfferingChanged,
    OfferingChangePlanned,
    PackAdded,
    PackDropped,
)
from onehall.kernel.events import on
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx


@on(LineActivated)
async def subscribe_line(tx: Tx, fact: LineActivated) -> None:
    """This will have a line's account charged by its plan from now on."""
    found = await _found(tx, fact.line)
    if found:
        await actions.subscriptions.begin_line(tx, *found)


@on(OfferingChangePlanned)
async def plan_subscription(tx: Tx, fact: OfferingChangePlanned) -> None:
    """This will have a line's account charged by its next plan from the day of the change on."""
    found = await _found(tx, fact.line)
    if found:
        await actions.subscriptions.plan_change(tx, *found, fact.at)


@on(OfferingChanged)
async def change_subscription(tx: Tx, fact: OfferingChanged) -> None:
    """This will have a line's account charged by the plan it has now."""
    found = await _found(tx, fact.line)
    if found and found[1].offering == fact.offering:
        await actions.subscriptions.change_plan(tx, *found)


@on(PackAdded)
async def subscribe_pack(tx: Tx, fact: PackAdded) -> None:
    """This will have a line's account charged by a pack."""
    found = await _found(tx, fact.line)
    if found:
        pack = await inventory.queries.pack(tx, fact.pack)
        await actions.subscriptions.begin_pack(tx, found[0], pack, found[1].number)


@on(PackDropped)
async def end_pack(tx: Tx, fact: PackDropped) -> None:
    """This will end a pack's charges."""
    account = await queries.account_of_line(tx, fact.line)
    if account:
        pack = await inventory.queries.pack(tx, fact.pack)
        await actions.subscriptions.end_product(tx, account.id, fact.pack, pack.ended or tx.now)


@on(LineTerminated)
async def end_line(tx: Tx, fact: LineTerminated) -> None:
    """This will end what a line's account is charged by."""
    found = await _found(tx, fact.line)
    if found and fact.used:
        await actions.subscriptions.end_line(tx, *found)


async def _found(tx: Tx, line: str) -> tuple[Account, Line] | None:
    """The line and the account that it is charged to, if it has one in this home."""
    try:
        one = await inventory.queries.line(tx, line)
    except Refusal:
        return None
    account = await queries.account_of_line(tx, line)
    return (account, one) if account else None
