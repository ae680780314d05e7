"""Moving a plan: what is ready begins, what is done is noted, what fails takes back what was done."""

from typing import Any

import msgspec
from msgspec.structs import replace

from onehall.domains import order as orders
from onehall.domains.fulfilment import rules, store
from onehall.domains.fulfilment.events import StepDone, StepFailed, StepSentBack, StepUndone
from onehall.domains.fulfilment.lifecycle import PLAN, STEP
from onehall.domains.fulfilment.model import Plan, Step
from onehall.domains.order import Order
from onehall.kernel import ids, journeys
from onehall.kernel.at_once import at_once
from onehall.kernel.i18n import Text, Words, _
from onehall.kernel.store import Tx


async def begin(tx: Tx, order: str, kind: str, sent: bool = False) -> None:
    """This will plan an order and begin its first steps; a second time it does nothing."""
    if await store.insert(tx, order, rules.steps_of(rules.plan_of(kind, sent))):
        await orders.actions.begin(tx, order)
        await advance(tx, order)


async def advance(tx: Tx, order: str) -> None:
    """This will begin what is ready, or end the order when all is done or undone."""
    plan = await store.plan(tx, order, lock=True)
    if plan is not None:
        await _advance(tx, plan)


async def _advance(tx: Tx, plan: Plan) -> None:
    """The plan is locked, and as it stands in its rows."""
    if plan.state not in ("running", "undoing"):
        return
    if plan.state == "undoing":
        await _undo_next(tx, plan)
    elif rules.is_done(plan):
        store.move_plan(tx, plan.order, PLAN.check(plan.state, "done"))
        await orders.actions.complete(tx, plan.order, plan.results.get("line"))
    else:
        begun = [step for step in rules.ready(plan) if await _begun(tx, plan, step)]
        for step in begun:
            await at_once(tx, f"step.{step.name}", {"order": plan.order, "step": step.name})


async def done(tx: Tx, order: str, name: str, result: dict[str, Any]) -> None:
    """This will note that a step is done, with what it made; told twice, it is done once."""
    plan, step = await _running(tx, order, name, "running")
    if plan is None or step is None:
        return
    plan = store.move_steps(tx, order, replace(step, state=STEP.check(step.state, "done"), result=result, ended=tx.now))
    tx.tell(StepDone(order, name, int((tx.now - (step.started or tx.now)).total_seconds())))
    await _advance(tx, plan)


async def failed(tx: Tx, order: str, name: str, why: Words) -> None:
    """This will note that a step cannot be done, and begin to take back the rest."""
    _plan, step = await _running(tx, order, name, "running")
    if step is None:
        return
    store.move_steps(tx, order, replace(step, state=STEP.check(step.state, "failed"), error=str(why)[:500], ended=tx.now))
    tx.tell(StepFailed(order, name, str(why)[:500]))
    await undo(tx, order, why)


async def send_back(tx: Tx, order: str, name: str, to: str, why: Words) -> None:
    """This will have an order go back from a step that did not work to an earlier one, which says why it is done again."""
    plan, step = await _running(tx, order, name, "running")
    if plan is None or step is None:
        return
    said = {to: {"said": msgspec.to_builtins(why)}}
    again = [
        replace(each, state=STEP.check(each.state, "waiting"), result=said.get(each.name, {}), started=None, ended=None)
        for each in rules.again_from(plan, name, to)
    ]
    store.move_steps(tx, order, *again)
    tx.tell(StepSentBack(order, name, to, str(plan.results.get("card", ""))))
    await advance(tx, order)


async def undo(tx: Tx, order: str, why: Words) -> None:
    """This will begin to take back all that was done of an order."""
    plan = await store.plan(tx, order, lock=True)
    if plan is not None and plan.state == "running":
        store.move_steps(tx, order, *(replace(step, state="dropped") for step in rules.droppable(plan)))
        store.move_plan(tx, order, PLAN.check(plan.state, "undoing"), msgspec.to_builtins(why))
    await advance(tx, order)


async def undone(tx: Tx, order: str, name: str) -> None:
    """This will note that a step was taken back, and go on with the one before it."""
    plan, step = await _running(tx, order, name, "undoing")
    if plan is None or step is None:
        return
    plan = store.move_steps(tx, order, replace(step, state=STEP.check(step.state, "undone"), ended=tx.now))
    tx.tell(StepUndone(order, name))
    await _advance(tx, plan)


async def _begun(tx: Tx, plan: Plan, step: Step) -> bool:
    """Written down as running before any of them is done: one that is done at once looks for what is ready after it."""
    if step.name in rules.FIXING and not await orders.actions.fix(tx, plan.order):
        return False
    store.move_steps(tx, plan.order, replace(step, state=STEP.check(step.state, "running"), started=tx.now, tries=step.tries + 1))
    return True


async def _undo_next(tx: Tx, plan: Plan) -> None:
    step = rules.next_to_undo(plan)
    if step is None:
        if not any(each.state in ("running", "undoing") for each in plan.steps):
            await _give_up(tx, plan)
        return
    store.move_steps(tx, plan.order, replace(step, state=STEP.check(step.state, "undoing")))
    if step.name in rules.UNDOABLE:
        tx.later(f"undo.{step.name}", {"order": plan.order, "step": step.name})
    else:
        await undone(tx, plan.order, step.name)


async def _give_up(tx: Tx, plan: Plan) -> None:
    store.move_plan(tx, plan.order, PLAN.check(plan.state, "undone"))
    order = await orders.queries.order(tx, plan.order)
    why = msgspec.convert(plan.why, Text) if isinstance(plan.why, dict) else _("It could not be done.")
    await orders.actions.fail(tx, plan.order, why)
    news(tx, order, *rules.NEWS, over=True)
    payment, paid = order.wanted.payment, order.wanted.total
    if payment:
        tx.later("journey.give_back", {"payment": payment}, works_in=ids.home_of(payment))
    if order.wanted.contact:
        text = (
            _("Your order could not be done: {why} {amount} is on its way back to you.", why=why, amount=paid)
            if payment
            else _("Your order could not be done: {why}", why=why)
        )
        tx.later("sms.send", {"to": order.wanted.contact, "text": text})


def news(tx: Tx, order: Order, *keys: str, **said: Any) -> None:
    """This will tell the journey of a buyer, where one waits, how far their card has come."""
    journey = (order.wanted.reply_to or "").rpartition("/")[0]
    if journey and order.wanted.send_to:
        for key in keys:
            journeys.arrive(tx, f"{journey}/{key}", said)


async def _running(tx: Tx, order: str, name: str, state: str) -> tuple[Plan | None, Step | None]:
    plan = await store.plan(tx, order, lock=True)
    step = plan.step(name) if plan else None
    return (plan, step) if plan is not None and step is not None and step.state == state else (None, None)
