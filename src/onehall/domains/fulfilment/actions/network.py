"""Telling the network what a line may do."""

from collections.abc import Awaitable, Callable
from typing import Any

from onehall.domains import inventory
from onehall.domains import order as orders
from onehall.domains.fulfilment.actions.line import Body, given_up, results
from onehall.domains.fulfilment.actions.plan import done, failed, undone
from onehall.domains.inventory import Line
from onehall.kernel.i18n import _
from onehall.kernel.jobs import call
from onehall.kernel.store import Tx
from onehall.ports.network import Told

Answer = Callable[[Tx], Awaitable[None]]
OUTAGE_TRIES = 300  # ten minutes apart in the end: a network that is out of reach for two days is told all the same


@call("step.activate", given_up=given_up)
async def activate(world: Any, body: Body) -> Answer:
    """This will switch the line on in the network."""
    async with world.engine.store.edge(body["order"]) as tx:
        order = await orders.queries.order(tx, body["order"])
        made = await results(tx, order.id)
        services = {"plan": order.wanted.offering, "packs": list(order.wanted.packs)}
        sim = await inventory.queries.sim(tx, made["iccid"])
    imsi = sim.imsi if sim and sim.imsi else ""
    told = await world.network.activate(made["number"], imsi, services, f"{order.id}:on")
    return _step_answer(told, body)


async def not_switched_off(tx: Tx, body: Body, error: str) -> None:
    """This will go on taking back the rest, so that the customer gets the money; the dead letter says what is still to be switched off."""
    await undone(tx, body["order"], "activate")


@call("undo.activate", given_up=not_switched_off)
async def deactivate_again(world: Any, body: Body) -> Answer:
    """This will switch the line off again."""
    async with world.engine.store.edge(body["order"]) as tx:
        made = await results(tx, body["order"])
    await world.network.deactivate(made["number"], f"{body['order']}:off")

    async def answer(tx: Tx) -> None:
        await undone(tx, body["order"], "activate")

    return answer


@call("step.deactivate", given_up=given_up)
async def deactivate(world: Any, body: Body) -> Answer:
    """This will switch a closed line off."""
    async with world.engine.store.edge(body["order"]) as tx:
        made = await results(tx, body["order"])
    return _step_answer(await world.network.deactivate(made["number"], f"{body['order']}:off"), body)


@call("step.provision", given_up=given_up)
async def provision(world: Any, body: Body) -> Answer:
    """This will tell the network the line's plan and packs as they are now."""
    async with world.engine.store.edge(body["order"]) as tx:
        order = await orders.queries.order(tx, body["order"])
        line = await inventory.queries.line(tx, order.wanted.line or "")
        services = await _services(tx, line)
    return _step_answer(await world.network.change(line.number, services, order.id), body)


@call("network.set", tries_max=OUTAGE_TRIES)
async def set_services(world: Any, body: Body) -> None:
    """This will tell the network what a line may do since something happened to it: barred, restored, ended."""
    async with world.engine.store.edge(body["line"]) as tx:
        line = await inventory.queries.line(tx, body["line"])
        services = await _services(tx, line)
    if line.live:
        await world.network.change(line.number, services, body["job"])
    else:
        await world.network.deactivate(line.number, body["job"])


@call("network.renumber", tries_max=OUTAGE_TRIES)
async def renumber(world: Any, body: Body) -> None:
    """This will have a line work by its new number, and nobody by the old one."""
    async with world.engine.store.edge(body["line"]) as tx:
        line = await inventory.queries.line(tx, body["line"])
        services = await _services(tx, line)
        sim = await inventory.queries.sim(tx, line.iccid) if line.iccid else None
    await world.network.activate(line.number, sim.imsi if sim and sim.imsi else "", services, f"{body['job']}:on")
    await world.network.deactivate(body["before"], f"{body['job']}:off")


async def _services(tx: Tx, line: Line) -> dict[str, Any]:
    packs = await inventory.queries.packs_of(tx, line)
    return {"plan": line.offering, "packs": [pack.offering for pack in packs], "barred": sorted(line.suspended_why)}


def _step_answer(told: Told, body: Body) -> Answer:
    async def answer(tx: Tx) -> None:
        if told.done:
            await done(tx, body["order"], body["step"], {})
        else:
            await failed(tx, body["order"], body["step"], _("The network did not accept it."))

    return answer
