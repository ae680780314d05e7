"""Automatic payment: asking the provider to agree and to charge, on the day a bill is due."""

from typing import Any

from onehall.domains.billing import actions
from onehall.domains.billing.events import BillIssued, BillReopened, PaymentReceived
from onehall.domains.billing.reactions.money import Answer
from onehall.kernel.events import on
from onehall.kernel.i18n import _, show, thaw
from onehall.kernel.jobs import Later, call, job
from onehall.kernel.money import Money
from onehall.kernel.settings import current
from onehall.kernel.store import Tx

act = actions.autopay


async def _not_agreed(tx: Tx, body: dict[str, Any], error: str) -> None:
    await act.agreed(tx, body["method"], "refused", "")


async def _not_taken(tx: Tx, body: dict[str, Any], error: str) -> None:
    await act.not_charged(tx, body, unknown=True)


@on(BillIssued)
async def plan_charge(tx: Tx, fact: BillIssued) -> None:
    """This will leave the charge of a bill for the day it is due; whether its account is paid automatically is seen then."""
    if fact.due:
        act.plan(tx, fact.bill, fact.account, fact.due_on)


@on(BillReopened)
async def plan_again(tx: Tx, fact: BillReopened) -> None:
    """This will leave the charge of a bill again that is open again: its payment went back, bounced, or it is no longer held back."""
    await act.plan_again(tx, fact.bill, fact.account)


@on(PaymentReceived, when=lambda fact: fact.account is not None)
async def put_on_account(tx: Tx, fact: PaymentReceived) -> None:
    """This will add what was charged by agreement to the account."""
    await act.put_on_account(tx, fact.payment)


@job("autopay.charge")
async def _charge(tx: Tx, body: dict[str, Any]) -> None:
    await act.charge_bill(tx, body)


@call("autopay.agree", given_up=_not_agreed)
async def _agree(world: Any, body: dict[str, Any]) -> Answer:
    text = show(_("Automatic payment of bills"), current().language)
    said = await world.payment.agree(body["method"], body["phone"], text)
    if said.status == "open":
        raise Later("the customer has not answered the provider yet")
    return lambda tx: act.agreed(tx, body["method"], said.status, said.label)


@call("autopay.take", given_up=_not_taken)
async def _take(world: Any, body: dict[str, Any]) -> Answer:
    text = show(thaw(body["text"]), current().language)
    paid = await world.payment.charge(body["method"], body["payment"], Money(**body["amount"]), text)
    if paid.status not in ("paid", "failed"):
        raise Later("the provider has not charged yet")
    return lambda tx: act.charged(tx, body, paid.status, paid.reference)


@call("autopay.end", tries_max=3)
async def _end(world: Any, body: dict[str, Any]) -> None:
    await world.payment.end(body["method"])
