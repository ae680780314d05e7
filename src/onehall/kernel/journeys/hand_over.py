"""Handing a journey from one channel to another: six digits, single use, minutes to live."""

import secrets
from datetime import datetime, timedelta

import msgspec

from onehall.kernel import ids
from onehall.kernel.i18n import _
from onehall.kernel.journeys import facts
from onehall.kernel.journeys.channel import Caller
from onehall.kernel.journeys.engine import Engine
from onehall.kernel.journeys.moving import move
from onehall.kernel.journeys.proof import accept, admit
from onehall.kernel.journeys.row import Row, life, load, update
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.settings import current
from onehall.kernel.store import Tx

DRAWS_MAX = 20


class HandOver(msgspec.Struct, frozen=True):
    """A code that continues a journey elsewhere until `expires`."""

    code: str
    journey: str
    expires: datetime


async def offer(engine: Engine, row: Row, caller: Caller) -> HandOver:
    """This will make a code for an open journey; a code lives in its own home, so that it is unique for the operator.

    :raises Refusal: 409, the journey is over.
    """
    if not row.open:
        raise Refusal("journey.over", _("This is already finished."), 409)
    for _draw in range(DRAWS_MAX):
        code = f"{secrets.randbelow(1_000_000):06d}"
        async with engine.store.edge(_home(code)) as tx:
            expires = tx.now + timedelta(minutes=current().handover_minutes)
            made = await tx.write_one(
                "INSERT INTO hand_over (home, code, journey, party, made_by, expires) VALUES ($1, $2, $3, $4, $5, $6) "
                "ON CONFLICT (home, code) DO UPDATE SET journey = excluded.journey, party = excluded.party, "
                "made_by = excluded.made_by, expires = excluded.expires, taken_by = NULL, taken_at = NULL "
                "WHERE hand_over.expires < $7 RETURNING code",
                tx.home, code, row.id, row.party, caller.holder, expires, tx.now,
            )  # fmt: skip
        if made:
            return HandOver(code, row.id, expires)
    raise Refusal("handover.busy", _("No code is free at the moment. Please try again."), 503)


async def take(engine: Engine, code: str, caller: Caller) -> Row:
    """This will bring the journey of a code into the caller's hands, once.

    The journey keeps all its entries; its proof is lowered to what the new channel takes from the old.
    :raises Refusal: 404 no such code; 409 used; 410 expired; 403 it belongs to another customer.
    """
    journey = await _spend(engine, code, caller)
    row = await engine.see(journey)
    if caller.who.party and row.party is None:
        row = await move(engine.store, row, caller.who.party)

    async def receive(tx: Tx) -> Row:
        kept = await load(tx, row.id, lock=True)
        if kept is None:
            raise missing("journey")
        if not kept.open:
            return kept
        accept(kept, caller.channel, tx.now)
        admit(kept, caller, tx.now)
        _pass_on(kept, tx, caller)
        await update(tx, kept)
        return kept

    return await engine.store.run(row.home, receive)


async def _spend(engine: Engine, code: str, caller: Caller) -> str:
    async with engine.store.edge(_home(code)) as tx:
        kept = await tx.write_one(
            "SELECT journey, party, expires, taken_by FROM hand_over WHERE home = $1 AND code = $2 FOR UPDATE",
            tx.home,
            code,
        )
        if kept is None:
            raise Refusal("handover.unknown", _("This code is not known."), 404)
        if kept["taken_by"] is not None:
            raise Refusal("handover.used", _("This code has been used already."), 409)
        if kept["expires"] <= tx.now:
            raise Refusal("handover.expired", _("This code has expired."), 410)
        if kept["party"] and caller.who.party and kept["party"] != caller.who.party:
            raise Refusal("handover.other", _("This code belongs to another customer."), 403)
        await tx.write(
            "UPDATE hand_over SET taken_by = $3, taken_at = $4 WHERE home = $1 AND code = $2",
            tx.home, code, caller.holder or caller.channel, tx.now,
        )  # fmt: skip
        return str(kept["journey"])


def _pass_on(row: Row, tx: Tx, caller: Caller) -> None:
    tx.origin = msgspec.structs.replace(
        tx.origin,
        journey=row.id,
        function=row.function,
        channel=caller.channel,
        party=row.party,
        staff=caller.who.staff,
        source=row.source,
    )
    tx.tell(facts.HandedOver(row.id, why=f"{row.channel} -> {caller.channel}"))
    row.holders.append(caller.holder)
    row.channel, row.staff, row.updated = caller.channel, caller.who.staff, tx.now
    row.unit = caller.who.unit or row.unit
    row.expires = max(row.expires, tx.now + life())
    if row.channel not in row.channels:
        row.channels.append(row.channel)


def _home(code: str) -> int:
    return ids.home_for(f"hand-over/{code}")
