"""Work in the street that is done in the home of the member of staff, whose journeys lie elsewhere."""

from datetime import datetime
from typing import Any

from onehall.domains import inventory
from onehall.domains.sweep import actions
from onehall.kernel.jobs import job
from onehall.kernel.store import Tx


@job("sweep.add_place")
async def add_place(tx: Tx, body: dict[str, Any]) -> None:
    """This will put a place on a route."""
    seen = datetime.fromisoformat(body["seen"]) if body.get("seen") else None
    await actions.add_place(tx, body["id"], body["staff"], body["name"], body["address"], body.get("last", ""), seen)


@job("sweep.note_visit")
async def note_visit(tx: Tx, body: dict[str, Any]) -> None:
    """This will write a visit."""
    at = datetime.fromisoformat(body["at"])
    await actions.note_visit(tx, body["id"], body["staff"], body["place"], body["result"], body["note"], at)


@job("sweep.end_leases")
async def end_leases(tx: Tx, body: dict[str, Any]) -> None:
    """This will end what was lent to a kit until now."""
    await actions.end_leases(tx, body["staff"])


@job("sweep.let_go")
async def let_go(tx: Tx, body: dict[str, Any]) -> None:
    """This will let a number go whose lease has ended; one that a journey took from the kit stays the journey's."""
    await inventory.actions.end_lease(tx, body["number"], body["token"])
