"""How journeys end other than by being done: what they held is let go, what was paid in vain goes back."""

from collections.abc import Callable
from typing import Any

import msgspec

from onehall.kernel import ids
from onehall.kernel.i18n import _
from onehall.kernel.jobs import call, job
from onehall.kernel.journeys.paying import till
from onehall.kernel.journeys.row import Row, load, update
from onehall.kernel.journeys.run import end, let_go
from onehall.kernel.journeys.scarce import SCARCE
from onehall.kernel.journeys.words import Entry, Held, Said, item
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Store, Tx


def cleanse(row: Row, tx: Tx) -> None:
    """This will let go what the journey holds, newest first, and give back what was paid, unless an action took it on."""
    if row.state == "done":
        return
    for entry in reversed(row.entries):
        if entry.kind == "effect":
            return
        if entry.kind == "hold":
            let_go(row, tx, entry)
        if entry.kind == "payment":
            _return_payment(row, tx, entry)


async def refuse(store: Store, journey: str, refusal: Refusal, current: Callable[[Row], bool]) -> Row:
    """This will end a journey with the reason that its function gave; what that run did is already undone."""

    async def close(tx: Tx) -> Row:
        row = await load(tx, journey, lock=True)
        if row is None:
            raise missing("journey")
        if row.open and current(row):
            end(row, tx, "refused", Said(refusal.reason))
            cleanse(row, tx)
            row.updated = tx.now
            await update(tx, row)
        return row

    return await store.run(ids.home_of(journey), close)


async def give_back_unused(store: Store, row: Row, value: dict[str, Any]) -> None:
    """This will give money back that arrived when the journey could not use it any more."""
    payment = value.get("payment")
    if value.get("paid") is not True or payment is None:
        return
    used = any(entry.kind == "payment" and entry.value["payment"] == payment and entry.value["paid"] for entry in row.entries)
    if used and row.state not in ("refused", "expired", "cancelled"):
        return
    if not used:
        async with store.edge(payment) as tx:
            await till().give_back(tx, payment, _("The payment came too late."))


@job("journey.expire")
async def _expire(tx: Tx, body: dict[str, Any]) -> None:
    row = await load(tx, body["journey"], lock=True)
    if row is None or not row.open:
        return
    if row.expires > tx.now:
        tx.later("journey.expire", body, due=row.expires)
        return
    end(row, tx, "expired", Said(_("This was left open for too long and has ended.")))
    cleanse(row, tx)
    row.updated = tx.now
    await update(tx, row)


@job("journey.release")
async def _release(tx: Tx, body: dict[str, Any]) -> None:
    held = msgspec.convert(body["held"], Held)
    await SCARCE[held.what].release(tx, held)


@job("journey.give_back")
async def _give_back(tx: Tx, body: dict[str, Any]) -> None:
    await till().give_back(tx, body["payment"], _("What it was for could not be done."))


@call("journey.arrive", tries_max=20)
async def _arrive(world: Any, body: dict[str, Any]) -> None:
    await world.engine.arrive(body["to"], body["value"])


def _return_payment(row: Row, tx: Tx, entry: Entry) -> None:
    tx.later("journey.give_back", {"payment": entry.value["payment"]}, works_in=ids.home_of(entry.value["payment"]))
    if entry.value["paid"] and row.said is not None:
        returned = msgspec.to_builtins(item(_("Coming back to you"), msgspec.convert(entry.value["amount"], Money), "money"))
        row.said = row.said | {"facts": [*row.said.get("facts", []), returned]}
