"""What accounts are charged by follows what inventory tells of lines and packs."""

from typing import Any

from onehall.domains import inventory
from onehall.domains.billing import actions, queries
from onehall.domains.billing.model import Account
from onehall.domains.inventory import (
    Line,
    LineActivated,
    LineTerminated,
    NumberChanged,
    OfferingChanged,
    OfferingChangePlanned,
    OwnerChanged,
    PackAdded,
    PackDropped,
)
from onehall.kernel.events import on
from onehall.kernel.jobs import Later, job
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


@on(NumberChanged)
async def go_on_by_new_number(tx: Tx, fact: NumberChanged) -> None:
    """This will have a line's account go on with the line's new number."""
    account = await queries.account_of_line(tx, fact.line)
    if account:
        await actions.moving.renumber(tx, account, fact)


@on(OwnerChanged)
async def give_line(tx: Tx, fact: OwnerChanged) -> None:
    """This will end the charges of a line for the owner that it leaves; they begin for the new one."""
    account = await queries.account_of_line(tx, fact.line)
    if account:
        await actions.moving.give_line(tx, account, fact)


@job("billing.renumber_member")
async def _renumber_member(tx: Tx, body: dict[str, Any]) -> None:
    await actions.moving.renumber_member(tx, body)


@job("billing.receive_line")
async def _receive_line(tx: Tx, body: dict[str, Any]) -> None:
    line = await inventory.queries.find_line(tx, body["line"])
    if line is None:
        raise Later("the line has not come yet")
    account = await actions.moving.receive_line(tx, body)
    if line.account is None:
        await inventory.actions.set_account(tx, line, account.id)


async def _found(tx: Tx, line: str) -> tuple[Account, Line] | None:
    """The line and the account that it is charged to, if it has one in this home."""
    try:
        one = await inventory.queries.line(tx, line)
    except Refusal:
        return None
    account = await queries.account_of_line(tx, line)
    return (account, one) if account else None
