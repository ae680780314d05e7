"""How journeys are kept and how they end: what they held is let go, what was paid in vain goes back."""

from collections.abc import Callable
from typing import Any

import msgspec

from onehall.kernel import ids
from onehall.kernel.functions import Ask
from onehall.kernel.i18n import _
from onehall.kernel.jobs import Later, call, job
from onehall.kernel.journeys import facts
from onehall.kernel.journeys.arriving import PROVE
from onehall.kernel.journeys.channel import WORLD, Caller
from onehall.kernel.journeys.paying import till
from onehall.kernel.journeys.row import Row, life, load, update
from onehall.kernel.journeys.run import end, let_go
from onehall.kernel.journeys.scarce import SCARCE
from onehall.kernel.journeys.words import Entry, Held, Said, item
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Store, Tx


def save(row: Row, tx: Tx, caller: Caller, brought: dict[str, Any] | None = None) -> Row:
    """This will write a journey after a run, and drop what it had no use for; one that came to its end lets go of what it has."""
    drop_unused(row, tx, brought or {})
    row.updated, row.expires = tx.now, max(row.expires, tx.now + life())
    if caller.who is not WORLD:
        row.channel, row.staff = caller.channel, caller.who.staff or row.staff
        if row.channel not in row.channels:
            row.channels.append(row.channel)
    cleanse(row, tx)
    update(tx, row)
    return row


def cleanse(row: Row, tx: Tx) -> None:
    """This will let go what an ended journey holds, newest first, and give back what was paid, unless an action took it on."""
    if row.open or row.state == "done":
        return
    for entry in reversed(row.entries):
        if entry.kind == "effect":
            return
        if entry.kind == "hold":
            let_go(tx, entry.value)
        if entry.kind == "payment":
            _return_payment(row, tx, entry)


def drop_unused(row: Row, tx: Tx, brought: dict[str, Any]) -> bool:
    """This will let go what was taken for a run that had no use for it; tells whether the row has changed with that.

    The token goes with it, so that nobody takes the thing up again under it while it is being released.
    """
    kept = {(entry.value["ref"], entry.value["token"]) for entry in row.entries if entry.kind == "hold"}
    changed = False
    for held in brought.values():
        if not isinstance(held, Held) or (held.ref, held.token) in kept:
            continue
        let_go(tx, msgspec.to_builtins(held))
        key = held.token.split(":")[1]
        if row.open and held.token == row.token(key) and row.has("hold", key) is None:
            row.notes[f"hold:{key}"] = row.notes.get(f"hold:{key}", 0) + 1
            changed = True
    return changed


async def refuse(
    store: Store, journey: str, refusal: Refusal, caller: Caller, current: Callable[[Row], bool], mark: Callable[[Row, Tx], None],
    brought: dict[str, Any],
) -> Row:  # fmt: skip
    """This will end a journey with the reason that its function gave; what that run did is undone, but the world's word stays."""

    async def close(tx: Tx) -> Row:
        row = await load(tx, journey)
        if row is None:
            raise missing("journey")
        tx.origin = facts.origin(row, caller)
        if current(row):
            mark(row, tx)
            end(row, tx, "refused", Said(refusal.reason))
            save(row, tx, caller, brought)
        else:
            drop_unused(row, tx, brought)
        return row

    return await store.run(ids.home_of(journey), close)


def expire(row: Row, tx: Tx, brought: dict[str, Any] | None = None) -> Row:
    """This will end a journey that was left open for too long."""
    world = Caller(row.channel, WORLD)
    tx.origin = facts.origin(row, world)
    end(row, tx, "expired", Said(_("This was left open for too long and has ended.")))
    return save(row, tx, world, brought)


@job("journey.expire")
async def _expire(tx: Tx, body: dict[str, Any]) -> None:
    row = await load(tx, body["journey"])
    if row is None or not row.open:
        return
    if row.expires > tx.now:
        tx.later("journey.expire", body, due=row.expires, once=row.id)
        return
    expire(row, tx)


@job("journey.release")
async def _release(tx: Tx, body: dict[str, Any]) -> None:
    held = msgspec.convert(body["held"], Held)
    await SCARCE[held.what].release(tx, held)


@job("journey.give_back")
async def _give_back(tx: Tx, body: dict[str, Any]) -> None:
    await till().give_back(tx, body["payment"], _("What it was for could not be done."))


@call("journey.arrive", tries_max=20)
async def _arrive(world: Any, body: dict[str, Any]) -> None:
    """A verdict on a person may be here before the journey that asked for it has written down that it waits."""
    journey, _slash, key = body["to"].partition("/")
    if key == PROVE:
        row = await world.engine.see(journey)
        if row.open and (row.question or {}).get("kind") == Ask.PROVE:
            raise Later("the journey does not wait for this yet")
    await world.engine.arrive(body["to"], body["value"])


def _return_payment(row: Row, tx: Tx, entry: Entry) -> None:
    tx.later("journey.give_back", {"payment": entry.value["payment"]}, works_in=ids.home_of(entry.value["payment"]))
    if entry.value["paid"] and row.said is not None:
        returned = msgspec.to_builtins(item(_("Coming back to you"), msgspec.convert(entry.value["amount"], Money), "money"))
        row.said = row.said | {"facts": [*row.said.get("facts", []), returned]}
