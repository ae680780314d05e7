"""What follows from money that is owed, and from money that came."""

from typing import Any

from onehall.domains.billing import actions, queries
from onehall.domains.billing.actions import barring, sharing
from onehall.domains.billing.events import (
    BalanceAdjusted,
    BillIssued,
    BillPaid,
    CreditNoted,
    CreditReached,
    FeeNotCovered,
    ToppedUp,
)
from onehall.domains.inventory import OfferingChanged
from onehall.kernel.events import on
from onehall.kernel.jobs import Later, job
from onehall.kernel.store import Tx


@on(CreditReached)
async def bar_for_credit(tx: Tx, fact: CreditReached) -> None:
    """This will have a line stand still whose credit is used up."""
    await actions.bar_line(tx, fact.account, "credit")


@on(FeeNotCovered)
async def bar_for_fee(tx: Tx, fact: FeeNotCovered) -> None:
    """This will have a prepaid line stand still that is empty for its fee."""
    await actions.bar_line(tx, fact.account, "empty")


@on(BillIssued)
async def watch_bill(tx: Tx, fact: BillIssued) -> None:
    """This will watch over a bill until it is paid."""
    if fact.due.minor > 0:
        barring.watch_bill(tx, fact)


@on(BillPaid)
async def free_when_paid(tx: Tx, fact: BillPaid) -> None:
    """This will free a line whose bill was paid."""
    await actions.look_at_debt(tx, fact.account)


@on(ToppedUp)
async def free_when_topped_up(tx: Tx, fact: ToppedUp) -> None:
    """This will free a line whose account was topped up."""
    await actions.look_at_debt(tx, fact.account)


@on(BalanceAdjusted)
async def free_when_adjusted(tx: Tx, fact: BalanceAdjusted) -> None:
    """This will free a line whose balance was put right."""
    await actions.look_at_debt(tx, fact.account)


@on(CreditNoted)
async def free_when_credited(tx: Tx, fact: CreditNoted) -> None:
    """This will free a line whose bill was taken back."""
    await actions.look_at_debt(tx, fact.account)


@on(OfferingChanged)
async def members_follow(tx: Tx, fact: OfferingChanged) -> None:
    """This will rate members by the plan that their payer has now."""
    account = await queries.account_of_line(tx, fact.line)
    if account and not await sharing.follow_plan(tx, account.id, fact.offering):
        raise Later("the payer is not charged by the new plan yet")


@job("billing.watch_bill")
async def _watch_bill(tx: Tx, body: dict[str, Any]) -> None:
    await barring.look_at_bill(tx, body)
