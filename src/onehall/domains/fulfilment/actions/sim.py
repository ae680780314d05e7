"""Writing the SIM: a card is taken from the shelf, written by the port, and thrown away when the writing fails."""

from collections.abc import Awaitable, Callable
from typing import Any

from onehall.domains import inventory
from onehall.domains import order as orders
from onehall.domains.fulfilment import rules
from onehall.domains.fulfilment.actions.line import Body, given_up, results
from onehall.domains.fulfilment.actions.plan import done, undone

from onehall.kernel.jobs import Later, call, job
from onehall.kernel.store import Tx

Answer = Callable[[Tx], Awaitable[None]]
TRIES_MAX = rules.SIM_WRITES_MAX


@call("step.write_sim", tries_max=TRIES_MAX, given_up=given_up)
async def write_sim(world: Any, body: Body) -> Answer:
    """This will write a SIM for the line. A failed writing spoils the card and goes back to the shelf for another."""
    store = world.engine.store
    async with store.edge(body["order"]) as tx:
        order = await orders.queries.order(tx, body["order"])
        made = await results(tx, order.id)
    token = f"order:{order.id}"
    sim = await inventory.actions.reserve_sim(
        store, kind=order.wanted.sim, unit=order.wanted.unit, iccid=order.wanted.iccid, token=token, line=made["line"]
    )
    written = await world.sim_writer.write(sim.iccid, made["number"], sim.kind, f"{order.id}:{sim.iccid}:{body['job']}")
    if not written.done:
        await inventory.actions.spoil_sim(store, sim.iccid, made["line"])
        raise Later(written.why)

    async def answer(tx: Tx) -> None:
        await inventory.actions.put_sim(tx, made["line"], sim.iccid)
        result = {"iccid": sim.iccid, "imsi": sim.imsi or "", "activation": written.activation}
        await done(tx, order.id, body["step"], result)

    return answer


@job("undo.write_sim")
async def unwrite_sim(tx: Tx, body: Body) -> None:
    """This will throw the written SIM away."""
    made = await results(tx, body["order"])
    inventory.actions.discard_sim(tx, made["iccid"], made["line"])
    await undone(tx, body["order"], "write_sim")


