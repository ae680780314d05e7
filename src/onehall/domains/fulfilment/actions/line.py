"""Steps on the line itself, in the customer's home; and those that must work where a number or a person's places live."""

from typing import Any

from onehall.domains import billing, catalogue, inventory, party
from onehall.domains import order as orders
from onehall.domains.fulfilment import store
from onehall.domains.fulfilment.actions.plan import done, failed, undone
from onehall.kernel import ids
from onehall.kernel.i18n import _, thaw
from onehall.kernel.jobs import job
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx

Body = dict[str, Any]


async def results(tx: Tx, order: str) -> dict[str, Any]:
    """This will give what the steps of an order found or made so far."""
    plan = await store.plan(tx, order)
    return plan.results if plan else {}


async def given_up(tx: Tx, body: Body, error: str) -> None:
    """This will fail a step whose tries are used up."""
    await failed(tx, body["order"], body["step"], _("A part of it did not work, after several tries."))


@job("step.create_line", given_up=given_up)
async def create_line(tx: Tx, body: Body) -> None:
    """This will open the account and the line, not yet active."""
    order = await orders.queries.order(tx, body["order"])
    wanted = order.wanted
    offering = await catalogue.queries.at_price(tx, wanted.price_id)
    floor = 0 if wanted.payment else -wanted.total.minor  # a line that is paid later may owe what its opening costs
    account = await billing.actions.open_account(tx, wanted.party, wanted.unit, floor=floor, currency=offering.fee.currency, once=order.id)
    terms = inventory.Terms(min_spend=wanted.min_spend, lock_months=wanted.lock_months)
    line = await inventory.actions.create_line(
        tx, party=wanted.party, number=wanted.number or "", offering=offering, unit=wanted.unit, account=account.id, terms=terms
    )
    await billing.actions.join_line(tx, account.id, line=line.id, number=line.number)
    await done(tx, order.id, body["step"], {"line": line.id, "account": account.id, "number": line.number})


@job("undo.create_line")
async def uncreate_line(tx: Tx, body: Body) -> None:
    """This will end a line that never came to life."""
    made = await results(tx, body["order"])
    line = await inventory.queries.line(tx, made["line"])
    await inventory.actions.terminate_line(tx, line, "", "aborted" if line.activated is None else "terminated")
    await _close_if_empty(tx, made["account"])
    await undone(tx, body["order"], "create_line")


async def _close_if_empty(tx: Tx, account: str) -> None:
    """What it was topped up with meanwhile goes back the way it came; an account on which something stays is left open."""
    await billing.actions.empty_account(tx, account)
    try:
        await billing.actions.close_account(tx, account)
    except Refusal as refusal:
        if refusal.code != "account.not_empty":
            raise


@job("step.allocate", given_up=given_up)
async def allocate(tx: Tx, body: Body) -> None:
    """This will have the number sold to the line, in the number's home."""
    order = await orders.queries.order(tx, body["order"])
    made = await results(tx, order.id)
    token = order.wanted.number_token or f"order:{order.id}"
    inventory.actions.sell_number(tx, made["number"], token, made["line"], {"kind": "fulfilment.allocated", "body": body})


@job("fulfilment.allocated")
async def allocated(tx: Tx, body: Body) -> None:
    """This will hear whether the number was sold to the line."""
    if body["sold"]:
        await done(tx, body["order"], body["step"], {})
    else:
        await failed(tx, body["order"], body["step"], _("The number {number} went to somebody else.", number=body["number"]))


@job("undo.allocate")
async def unallocate(tx: Tx, body: Body) -> None:
    """This will give the number back."""
    made = await results(tx, body["order"])
    inventory.actions.release_number(tx, made["number"], made["line"])
    await undone(tx, body["order"], "allocate")


@job("step.keep_slot", given_up=given_up)
async def keep_slot(tx: Tx, body: Body) -> None:
    """This will have one of the person's five places kept, in the home of their document."""
    order = await orders.queries.order(tx, body["order"])
    made = await results(tx, order.id)
    if order.wanted.document is None:
        await done(tx, order.id, body["step"], {})
        return
    work = {**body, "document": order.wanted.document, "token": order.wanted.slot_token, "line": made["line"]}
    tx.later("fulfilment.keep_slot", work, works_in=ids.home_for(order.wanted.document))


@job("fulfilment.keep_slot")
async def keep_slot_there(tx: Tx, body: Body) -> None:
    """This will keep the place, and answer the plan."""
    why = None
    token = body["token"] or f"order:{body['order']}"
    try:
        if body["token"] is None:
            await party.actions.take_slot(tx, body["document"], token)
        await party.actions.keep_slot(tx, body["document"], token, body["line"])
    except Refusal as refusal:
        why = refusal.reason
    tx.later("fulfilment.answered", {"order": body["order"], "step": body["step"], "why": why}, works_in=ids.home_of(body["order"]))


@job("undo.keep_slot")
async def unkeep_slot(tx: Tx, body: Body) -> None:
    """This will give the person's place back."""
    order = await orders.queries.order(tx, body["order"])
    made = await results(tx, order.id)
    if order.wanted.document:
        work = {"document": order.wanted.document, "line": made["line"]}
        tx.later("fulfilment.free_slot", work, works_in=ids.home_for(order.wanted.document))
    await undone(tx, order.id, "keep_slot")


@job("fulfilment.free_slot")
async def free_slot_there(tx: Tx, body: Body) -> None:
    """This will free a place where it is kept."""
    await party.actions.free_slot(tx, body["document"], body["line"])


@job("fulfilment.answered")
async def answered(tx: Tx, body: Body) -> None:
    """This will hear what came of a step that worked in another home."""
    if body.get("why"):
        why = body["why"] if isinstance(body["why"], dict) else {"id": str(body["why"]), "values": {}}
        await failed(tx, body["order"], body["step"], thaw(why))
    else:
        await done(tx, body["order"], body["step"], {})


@job("step.close_line", given_up=given_up)
async def close_line(tx: Tx, body: Body) -> None:
    """This will end a line for good."""
    order = await orders.queries.order(tx, body["order"])
    line = await inventory.queries.line(tx, order.wanted.line or "")
    await inventory.actions.terminate_line(tx, line, "request")
    await done(tx, order.id, body["step"], {"line": line.id, "number": line.number})


@job("step.change_plan", given_up=given_up)
async def change_plan(tx: Tx, body: Body) -> None:
    """This will change the plan of a line, now or at the first of the month."""
    order = await orders.queries.order(tx, body["order"])
    wanted = order.wanted
    line = await inventory.queries.line(tx, wanted.line or "")
    await inventory.actions.change_offering(tx, line, await catalogue.queries.at_price(tx, wanted.price_id))
    await done(tx, order.id, body["step"], {"line": line.id, "number": line.number})
