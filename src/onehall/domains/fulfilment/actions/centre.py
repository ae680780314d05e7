"""The fulfilment centre: an order whose card is sent goes from node to node, and a person touches it at each.

What is done at a node is safe twice: the second finds the order elsewhere and is told so. A card that cannot be written, or
is found bad, is thrown away, and the order goes back to picking for another.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from onehall.domains import inventory, party
from onehall.domains import order as orders
from onehall.domains.fulfilment import rules, store
from onehall.domains.fulfilment.actions.line import Body, given_up, results
from onehall.domains.fulfilment.actions.plan import done, failed, news, send_back, undone
from onehall.domains.fulfilment.events import CardShipped
from onehall.domains.fulfilment.model import Plan, Step
from onehall.kernel.i18n import Words, _
from onehall.kernel.jobs import call, job
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx

Answer = Callable[[Tx], Awaitable[None]]


async def at_node(tx: Tx, order: str, node: str) -> tuple[Plan, Step]:
    """This will give an order's plan, locked, and its step at a node where it stands.

    :raises Refusal: `centre.ended`, `centre.moved`, `centre.busy`, 409.
    """
    plan = await store.plan(tx, order, lock=True)
    step = rules.check_stands(plan, node)
    assert plan is not None
    return plan, step


@job("step.audit", given_up=given_up)
async def audit(tx: Tx, body: Body) -> None:
    """This will let an order pass whose document was checked beyond doubt; another waits for a person to look at it."""
    order = await orders.queries.order(tx, body["order"])
    holder = await party.queries.party(tx, order.party)
    if not rules.needs_audit(holder.real_named, holder.document_type):
        await done(tx, order.id, body["step"], {})


@job("step.pick")
@job("step.write_card")
@job("step.check_card")
@job("step.pack")
@job("step.ship")
async def stands(tx: Tx, body: Body) -> None:
    """This will leave an order at a node of the centre, for a person to touch it."""


async def approve(tx: Tx, order: str) -> None:
    """This will let an order pass that a person looked at.

    :raises Refusal: 409, it does not stand there.
    """
    await at_node(tx, order, "audit")
    await done(tx, order, "audit", {"by": tx.origin.staff})


async def turn_down(tx: Tx, order: str, reason: str) -> None:
    """This will refuse an order that a person looked at; it is taken back, and the customer has the money and the reason.

    :raises Refusal: `centre.reason`, 422; 409, it does not stand there.
    """
    plain = rules.check_refusal(reason)
    await at_node(tx, order, "audit")
    await failed(tx, order, "audit", _("We could not accept it: {why}.", why=plain))


async def pick(tx: Tx, order: str, scanned: str = "") -> None:
    """This will take a card for an order: the one that was scanned, else one that lies in the centre.

    :raises Refusal: `iccid.form`, 422; `sim.unknown`, 404; `sim.taken`, `sim.kind`, 409; 409, it does not stand there.
    """
    iccid = inventory.rules.check_iccid(scanned) if scanned.strip() else None
    plan, step = await at_node(tx, order, "pick")
    if iccid:
        await _check_card(tx, iccid)
    line = await inventory.queries.line(tx, plan.results["line"])
    store.note_result(tx, order, "pick", {"under_way": True})
    to = {"kind": "fulfilment.card_picked", "body": {"order": order, "try": step.tries}}
    await inventory.actions.take_sim(tx, line, to, kind="plastic", unit=None, iccid=iccid)


@job("fulfilment.card_picked")
async def picked(tx: Tx, body: Body) -> None:
    """This will hear which card was taken; one that came too late goes back to the shelf."""
    plan = await store.plan(tx, body["order"], lock=True)
    step = plan.step("pick") if plan else None
    if plan is None or step is None or step.state != "running" or step.tries != body["try"]:
        if plan and body["iccid"]:
            inventory.actions.set_sim(tx, body["iccid"], "stock", plan.results.get("line"))
    elif body["iccid"] is None:
        _say(tx, body["order"], "pick", _("There is no such card left. Scan another one, or have cards brought to the centre."))
    else:
        await done(tx, body["order"], "pick", {"card": body["iccid"]})


async def write(tx: Tx, order: str) -> None:
    """This will have the card written that lies in the writer.

    :raises Refusal: 409, it does not stand there.
    """
    _plan, step = await at_node(tx, order, "write_card")
    store.note_result(tx, order, "write_card", {"under_way": True})
    tx.later("fulfilment.write_card", {"order": order, "try": step.tries})


async def not_written(tx: Tx, body: Body, error: str) -> None:
    """This will throw a card away whose writer was out of reach for too long: nobody knows what is on it."""
    await spoil(tx, body["order"], "write_card", _("The writer did not answer."), body["try"])


@call("fulfilment.write_card", given_up=not_written)
async def write_there(world: Any, body: Body) -> Answer:
    """This will write the card that was picked; one that fails is thrown away, and another is picked."""
    async with world.engine.store.edge(body["order"]) as tx:
        made = await results(tx, body["order"])
    written = await world.sim_writer.write(made["card"], made["number"], "plastic", body["job"])

    async def answer(tx: Tx) -> None:
        if not written.done:
            await spoil(tx, body["order"], "write_card", _("Card {iccid} could not be written.", iccid=made["card"]), body["try"])
        elif await _is_at(tx, body["order"], "write_card", body["try"]):
            inventory.actions.set_sim(tx, made["card"], "written", made["line"])
            await done(tx, body["order"], "write_card", {"iccid": made["card"]})
        else:
            inventory.actions.set_sim(tx, made["card"], "spoilt", made["line"])

    return answer


async def check(tx: Tx, order: str, scanned: str) -> None:
    """This will check a written card before it is packed: the card scanned is that of the order.

    :raises Refusal: `iccid.form`, `centre.other_card`, 422; 409, it does not stand there.
    """
    plan, _step = await at_node(tx, order, "check_card")
    rules.check_card(inventory.rules.check_iccid(scanned), plan.results["iccid"])
    await done(tx, order, "check_card", {})


async def find_bad(tx: Tx, order: str) -> None:
    """This will throw a card away that was found bad, and send the order back to picking.

    :raises Refusal: 409, it does not stand there.
    """
    plan, _step = await at_node(tx, order, "check_card")
    await spoil(tx, order, "check_card", _("Card {iccid} was found bad.", iccid=plan.results["iccid"]))


async def pack(tx: Tx, order: str) -> None:
    """This will note that a card is packed.

    :raises Refusal: 409, it does not stand there.
    """
    await at_node(tx, order, "pack")
    await done(tx, order, "pack", {})


async def ship(tx: Tx, order: str) -> None:
    """This will hand a parcel to the courier, under a tracking number of its own, and tell the customer.

    :raises Refusal: 409, it does not stand there.
    """
    plan, _step = await at_node(tx, order, "ship")
    found, tracking = await orders.queries.order(tx, order), rules.tracking_of(order)
    tx.tell(CardShipped(order, found.party, tracking))
    news(tx, found, "shipped", tracking=tracking)
    text = _(
        "Your card for {number} is on its way, tracking number {tracking}. Please have your identity document ready.",
        number=plan.results["number"], tracking=tracking,
    )  # fmt: skip
    tell(tx, found, text)
    await done(tx, order, "ship", {"tracking": tracking})


def tell(tx: Tx, order: orders.Order, text: Words) -> None:
    """This will send the buyer a message under the phone that they gave for the delivery."""
    if order.wanted.contact:
        tx.later("sms.send", {"to": order.wanted.contact, "text": text})


async def spoil(tx: Tx, order: str, node: str, why: Words, try_: int | None = None) -> None:
    """This will throw the card of an order away; another is picked, unless three were spoilt."""
    plan = await store.plan(tx, order, lock=True)
    step = plan.step(node) if plan else None
    made = plan.results if plan else {}
    if made.get("card"):
        inventory.actions.set_sim(tx, made["card"], "spoilt", made["line"])
    if plan is None or step is None or step.state != "running" or try_ not in (None, step.tries):
        return
    writes = plan.step("write_card")
    if writes and rules.may_write_again(writes.tries):
        await send_back(tx, order, node, "pick", _("{why} It is thrown away; take another one.", why=why))
    else:
        await failed(tx, order, node, _("The SIM could not be written."))


@job("undo.pick")
async def unpick(tx: Tx, body: Body) -> None:
    """This will put a card back that was only taken; one that was being written is thrown away."""
    plan = await store.plan(tx, body["order"], lock=True)
    made = plan.results if plan else {}
    writing = plan.step("write_card") if plan else None
    touched = bool(writing and writing.result.get("under_way"))
    inventory.actions.set_sim(tx, made["card"], "spoilt" if touched else "stock", made["line"])
    await undone(tx, body["order"], "pick")


async def _check_card(tx: Tx, iccid: str) -> None:
    found = await inventory.queries.sim(tx, iccid)
    inventory.rules.check_usable(found.state if found else None)
    if found and found.kind != "plastic":
        raise Refusal("sim.kind", _("This is the number of an eSIM, not of a card."), 409)


async def _is_at(tx: Tx, order: str, node: str, try_: int) -> bool:
    plan = await store.plan(tx, order, lock=True)
    step = plan.step(node) if plan else None
    return step is not None and step.state == "running" and step.tries == try_


def _say(tx: Tx, order: str, node: str, why: Words) -> None:
    store.note_result(tx, order, node, {"said": msgspec.to_builtins(why)})
