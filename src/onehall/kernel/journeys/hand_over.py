"""Handing a journey from one channel to another: six digits or a signed link, single use, minutes to live."""

import secrets
from datetime import datetime, timedelta
from typing import Any

import msgspec

from onehall.kernel import ids
from onehall.kernel.functions import FUNCTIONS
from onehall.kernel.i18n import ZONE, _
from onehall.kernel.journeys import facts, links, rules
from onehall.kernel.journeys.channel import CHANNELS, Caller
from onehall.kernel.journeys.engine import NOT_AN_END, Engine
from onehall.kernel.journeys.holders import held_by, may_answer, offered_by, still_holds
from onehall.kernel.journeys.moving import move
from onehall.kernel.journeys.proof import accept, admit
from onehall.kernel.journeys.row import Row, life, load, update
from onehall.kernel.journeys.run import advance
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.settings import current
from onehall.kernel.store import Tx

DRAWS_MAX = 20
BY_CLOCK = timedelta(hours=12)


class HandOver(msgspec.Struct, frozen=True):
    """A code that continues a journey elsewhere until `expires`, and its signed `token`.

    `until` is the deadline to tell the customer: what is kept for them may be let go before the code ends.
    """

    code: str
    journey: str
    expires: datetime
    token: str
    until: datetime
    function: str = ""

    @property
    def link(self) -> str:
        """This will give the address at which the journey goes on."""
        return f"{current().url}/h/{self.token}"

    def by_clock(self, now: datetime) -> str | datetime:
        """This will give the deadline as it is told: "18:40" in the operator's zone, with the day where it is far."""
        return f"{self.until.astimezone(ZONE):%H:%M}" if self.until - now < BY_CLOCK else self.until


async def offer(engine: Engine, row: Row, caller: Caller, until: datetime | None = None) -> HandOver:
    """This will make a code for an open journey; a code lives in its own home, so that it is unique for the operator.

    One that lives for longer, `until` a day to come, is a link alone: its digits bring nothing.
    :raises Refusal: 404, it is not in the caller's hands; 409, it is over.
    """
    if not may_answer(row, caller):
        raise missing("journey")
    if not row.open:
        raise Refusal("journey.over", _("This is already finished."), 409)
    for _draw in range(DRAWS_MAX):
        code = f"{secrets.randbelow(1_000_000):06d}"
        async with engine.store.edge(_home(code)) as tx:
            expires = until or tx.now + timedelta(minutes=current().handover_minutes)
            made = await tx.write_one(
                "INSERT INTO hand_over (home, code, journey, party, made_by, expires, link_only) VALUES ($1, $2, $3, $4, $5, $6, $8) "
                "ON CONFLICT (home, code) DO UPDATE SET journey = excluded.journey, party = excluded.party, "
                "made_by = excluded.made_by, expires = excluded.expires, link_only = excluded.link_only, taken_by = NULL, taken_at = NULL "
                "WHERE hand_over.expires < $7 RETURNING code",
                tx.home, code, row.id, row.party, offered_by(row, caller), expires, tx.now, until is not None,
            )  # fmt: skip
        if made:
            return _made(row, code, expires, tx.now)
    raise Refusal("handover.busy", _("No code is free at the moment. Please try again."), 503)


async def look(engine: Engine, text: str, caller: Caller) -> HandOver:
    """This will show what a signed link brings, and take nothing; bare digits show nothing.

    :raises Refusal: as `take` does.
    """
    kept = await _read(engine, text)
    if not kept["sealed"]:
        raise _unknown()
    row = await engine.see(kept["journey"])
    _check(kept, row, caller)
    await _check_fit(engine, row, caller)
    return _made(row, kept["code"], kept["expires"], engine.store.clock.now())


async def take(engine: Engine, text: str, caller: Caller) -> Row:
    """This will bring the journey of a code, or of a link, into the caller's hands, once.

    The journey keeps all its entries; its proof is lowered to what the new channel takes from the old.
    :raises Refusal: 404 no such code; 409 used; 410 expired; 403 it belongs to another customer.
    """
    kept = await _read(engine, text)
    row = await engine.see(kept["journey"])
    _check(kept, row, caller)
    if _took_it(kept, row, caller):
        return row
    await _check_fit(engine, row, caller)
    if row.open:
        await _spend(engine, kept["code"], caller)
    if caller.person and row.party is None:
        row = await move(engine.store, row, caller.person)

    async def receive(tx: Tx) -> Row:
        now = await load(tx, row.id)
        if now is None:
            raise missing("journey")
        if not now.open or _took_it(kept, now, caller):
            return now
        _check(kept, now, caller)
        accept(now, caller.channel, tx.now)
        admit(now, caller, tx.now)
        _pass_on(now, tx, caller)
        update(tx, now)
        return now

    received = await engine.store.run(row.home, receive)
    received = await engine.see(received.id) if received.moved_to else received
    return await _ask_anew(engine, received, caller) if received.open else received


async def _ask_anew(engine: Engine, row: Row, caller: Caller) -> Row:
    """The open question is put in the new channel's own way: what a guest photographs at home, a clerk reads and compares."""
    brought: dict[str, Any] = {}

    async def listen(now: Row, tx: Tx) -> None:
        tx.origin = facts.origin(now, caller)
        await advance(now, tx, caller, {}, brought)

    try:
        return await engine.hear(row, caller, brought, lambda now: now.open and may_answer(now, caller), listen)
    except Refusal as refusal:
        if refusal.status in NOT_AN_END:
            return row
        raise


def _made(row: Row, code: str, expires: datetime, now: datetime) -> HandOver:
    kept = [entry.until for entry in row.entries if entry.kind == "hold" and entry.until is not None]
    until = rules.continue_until(expires, kept, now)
    return HandOver(code, row.id, expires, links.token_of(code, row.id, expires), until, row.function)


async def _read(engine: Engine, text: str) -> dict[str, Any]:
    """The hand-over as it is kept; a text that is none, or a link that is not ours, is not known."""
    shown = links.read(text)
    if shown is None:
        raise _unknown()
    async with engine.store.edge(_home(shown.code)) as tx:
        found = await tx.read_one(
            "SELECT code, journey, party, made_by, expires, taken_by, link_only FROM hand_over WHERE home = $1 AND code = $2",
            tx.home, shown.code,
        )  # fmt: skip
    if (
        found is None
        or (found["link_only"] and not shown.seal)
        or (shown.seal and not links.is_sealed(shown, found["journey"], found["expires"]))
    ):
        raise _unknown()
    return dict(found) | {"late": found["expires"] <= engine.store.clock.now(), "sealed": bool(shown.seal)}


def _check(kept: dict[str, Any], row: Row, caller: Caller) -> None:
    """Whether a code can still be taken by this caller; whoever took it may say so twice."""
    if _took_it(kept, row, caller):
        return
    if kept["taken_by"] is not None or not still_holds(row, kept["made_by"]):
        raise _used()
    if kept["late"]:
        raise Refusal("handover.expired", _("This code has expired."), 410)
    owner = row.party or kept["party"]
    stranger = caller.person is None and not CHANNELS[caller.channel].programs
    if owner and owner != caller.person and not stranger:
        raise Refusal("handover.other", _("This code belongs to another customer."), 403)


async def _check_fit(engine: Engine, row: Row, caller: Caller) -> None:
    if row.function in FUNCTIONS and not await engine.offers(caller, FUNCTIONS[row.function]):
        raise Refusal("handover.unfit", _("This cannot be gone on with here."), 409)


def _took_it(kept: dict[str, Any], row: Row, caller: Caller) -> bool:
    return caller.holder != "" and kept["taken_by"] == caller.holder == held_by(row)


async def _spend(engine: Engine, code: str, caller: Caller) -> None:
    """Of two who enter a code at once the first has it; one who has it already may go on."""
    async with engine.store.edge(_home(code)) as tx:
        taken = await tx.write_one(
            "UPDATE hand_over SET taken_by = $3, taken_at = $4 WHERE home = $1 AND code = $2 AND taken_by IS NULL AND expires > $4 "
            "RETURNING code",
            tx.home, code, caller.holder or caller.channel, tx.now,
        )  # fmt: skip
    if taken is None:
        raise _used()


def _unknown() -> Refusal:
    return Refusal("handover.unknown", _("This code is not known."), 404)


def _used() -> Refusal:
    return Refusal("handover.used", _("This code has been used already."), 409)


def _pass_on(row: Row, tx: Tx, caller: Caller) -> None:
    tx.origin = facts.origin(row, caller)
    facts.step(row, tx, facts.HandedOver, (row.question or {}).get("key", ""), f"{row.channel} -> {caller.channel}")
    row.holders.append(caller.holder)
    row.channel, row.staff, row.updated = caller.channel, caller.who.staff, tx.now
    row.unit = caller.who.unit or row.unit
    row.expires = max(row.expires, tx.now + life())
    if row.channel not in row.channels:
        row.channels.append(row.channel)


def _home(code: str) -> int:
    return ids.home_for(f"hand-over/{code}")
