"""Writing the SIM: a card is taken from the shelf, written by the port, and thrown away when the writing fails.

A failed writing goes back to the shelf for another card, three times at most. The same serves a new line and a line
whose SIM is replaced; `of` in the work says which.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from onehall.domains import inventory
from onehall.domains import order as orders
from onehall.domains.fulfilment import rules, store
from onehall.domains.fulfilment.actions.line import Body, given_up, results
from onehall.domains.fulfilment.actions.plan import done, failed, undone
from onehall.domains.inventory import Line
from onehall.kernel.i18n import _
from onehall.kernel.jobs import call, job
from onehall.kernel.store import Tx

Answer = Callable[[Tx], Awaitable[None]]


@job("step.write_sim", given_up=given_up)
async def take_for_order(tx: Tx, body: Body) -> None:
    """This will take a SIM for the line of an order: the card that the clerk scanned, or one from the shelf."""
    order = await orders.queries.order(tx, body["order"])
    line = await inventory.queries.line(tx, (await results(tx, order.id))["line"])
    work = {"order": order.id, "step": body["step"], "line": line.id, "kind": order.wanted.sim, "tries": 0}
    await _take(tx, line, work, order.wanted.iccid)


@job("fulfilment.replace_sim")
async def take_for_replacement(tx: Tx, body: Body) -> None:
    """This will take a SIM to replace the one of a line."""
    line = await inventory.queries.line(tx, body["line"])
    await _take(tx, line, {**body, "tries": 0}, body.get("iccid"))


@job("fulfilment.sim_taken")
async def taken(tx: Tx, body: Body) -> None:
    """This will go on to writing a SIM that a process of the release before had taken."""
    tx.later("fulfilment.write_sim", body)


async def not_written(tx: Tx, body: Body, error: str) -> None:
    """This will give up a SIM whose writer was out of reach for too long; nobody knows what is on the card, so it is thrown away."""
    inventory.actions.set_sim(tx, body["iccid"], "spoilt", body["line"])
    await _give_up(tx, body, _("The SIM could not be written."))


@call("fulfilment.write_sim", given_up=not_written)
async def write(world: Any, body: Body) -> Answer:
    """This will write the SIM that was taken, if there was one; a failed one is spoilt, and another is taken."""
    if body["iccid"] is None:
        return lambda tx: _give_up(tx, body, _("There is no SIM left in stock."))
    async with world.engine.store.edge(body["line"]) as tx:
        line = await inventory.queries.line(tx, body["line"])
    written = await world.sim_writer.write(body["iccid"], line.number, body["kind"], body["job"])

    async def answer(tx: Tx) -> None:
        if written.done:
            await _written(tx, body, written.activation)
            return
        inventory.actions.set_sim(tx, body["iccid"], "spoilt", body["line"])
        if body["tries"] + 1 < rules.SIM_WRITES_MAX:
            await _take(tx, line, {**_plain(body), "tries": body["tries"] + 1}, None)
        else:
            await _give_up(tx, body, _("The SIM could not be written."))

    return answer


@job("undo.write_sim")
@job("undo.write_card")
async def unwrite(tx: Tx, body: Body) -> None:
    """This will throw the written SIM away."""
    made = await results(tx, body["order"])
    inventory.actions.set_sim(tx, made["iccid"], "spoilt", made["line"])
    await undone(tx, body["order"], body["step"])


async def _take(tx: Tx, line: Line, work: Body, iccid: str | None) -> None:
    to = {"kind": "fulfilment.write_sim", "body": work}
    await inventory.actions.take_sim(tx, line, to, kind=work["kind"], unit=line.unit, iccid=iccid)


async def _written(tx: Tx, body: Body, activation: str) -> None:
    inventory.actions.set_sim(tx, body["iccid"], "written", body["line"])
    if "replacement" in body:
        line = await inventory.actions.finish_replacement(tx, body["replacement"], body["iccid"])
        tx.later("network.set", {"line": line.id}, lane=f"network|{line.id}")
        return
    plan = await store.plan(tx, body["order"], lock=True)
    step = plan.step(body["step"]) if plan else None
    if step is None or step.state != "running":
        inventory.actions.set_sim(tx, body["iccid"], "spoilt", body["line"])
        return
    await done(tx, body["order"], body["step"], {"iccid": body["iccid"], "activation": activation})


async def _give_up(tx: Tx, body: Body, why: Any) -> None:
    if "replacement" in body:
        await inventory.actions.fail_replacement(tx, body["replacement"], str(why))
    else:
        await failed(tx, body["order"], body["step"], why)


def _plain(body: Body) -> Body:
    return {name: value for name, value in body.items() if name not in ("iccid", "job")}
