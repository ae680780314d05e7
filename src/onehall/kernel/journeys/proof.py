"""What a journey takes as proof of who stands there, and how it keeps it."""

from datetime import datetime
from typing import Any

import msgspec

from onehall.kernel.functions import Proof
from onehall.kernel.i18n import Text, _
from onehall.kernel.journeys import facts
from onehall.kernel.journeys.channel import CHANNELS, Caller
from onehall.kernel.journeys.moving import move
from onehall.kernel.journeys.proving import Pending, Sent, prover_for
from onehall.kernel.journeys.row import Row
from onehall.kernel.journeys.signals import BadAnswer
from onehall.kernel.journeys.words import Entry, Proved
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store, Tx

Verdict = Proved | Sent | Pending


def admit(row: Row, caller: Caller, now: datetime) -> None:
    """This will let the caller's own login count in the journey: who they are, and how well that is known."""
    who = caller.who
    if caller.customer and row.party in (None, caller.customer):
        row.party = caller.customer
    fresh = who.expires is not None and who.expires > now
    if caller.person and caller.person == row.party and fresh and who.proof > row.proven(now):
        assert who.expires is not None
        row.proof = {"level": int(who.proof), "by": caller.channel, "until": who.expires.isoformat()}


def accept(row: Row, channel: str, now: datetime) -> None:
    """This will lower a journey's proof, as it comes into `channel`, to what the channel's policy takes from the one before."""
    level = min(row.proven(now), CHANNELS[channel].takes.get(row.channel, Proof.NONE))
    row.proof = row.proof | {"level": int(level)} if level else {}


async def heard(store: Store, row: Row, caller: Caller, value: Any) -> tuple[Row, Verdict]:
    """This will check what was shown as proof, and take the journey along to the home of whoever it turned out to be.

    :raises BadAnswer: 422 or 429, it proves nothing.
    """
    level = Proof((row.question or {}).get("level", Proof.CODE))
    shown = value if isinstance(value, dict) else {"code": value}
    try:
        verdict = await prover_for(level).check(store, row, caller, shown, row.notes.get("prove") or {})
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        raise BadAnswer(refusal.code, refusal.reason, refusal.status, **refusal.facts) from refusal
    if isinstance(verdict, Proved):
        _check_same(row, verdict)
        row = await move(store, row, verdict.party)
    return row, verdict


async def settled(store: Store, row: Row, value: dict[str, Any]) -> tuple[Row, Verdict | Refusal]:
    """This will turn what the world answered about a person into a proof, or into the reason why it is none."""
    level = Proof((row.question or {}).get("level", Proof.REAL_NAME))
    try:
        proved = await prover_for(level).settle(store, row, value)
        _check_same(row, proved)
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        return row, refusal
    return await move(store, row, proved.party), proved


def record_proof(row: Row, tx: Tx, caller: Caller, verdict: Verdict | Refusal) -> Text | None:
    """This will write a verdict into the journey; gives the reason to ask again, if it proved nothing."""
    match verdict:
        case Sent():
            row.notes["prove"] = verdict.notes | {"text": msgspec.to_builtins(verdict.text)}
        case Pending():
            row.notes["prove"] = {
                "pending": int((row.question or {}).get("level", 3)),
                "text": msgspec.to_builtins(verdict.text),
            }
        case Proved():
            _check_same(row, verdict)
            row.notes.pop("prove", None)
            row.party = verdict.party
            row.proof = {"level": int(verdict.level), "by": verdict.by, "until": verdict.until.isoformat()}
            value = {"party": verdict.party, "level": int(verdict.level), "by": verdict.by}
            staff = facts.acting(row, caller)
            row.entries.append(
                Entry("proof", "prove", value, row.turn, at=tx.now, channel=caller.channel, staff=staff, party=verdict.party)
            )
            tx.origin = msgspec.structs.replace(tx.origin, party=verdict.party)
            facts.step(row, tx, facts.Proven, "prove", verdict.by)
        case Refusal():
            row.notes.pop("prove", None)
            return verdict.reason if isinstance(verdict.reason, Text) else _("That did not prove who you are.")
    return None


def _check_same(row: Row, proved: Proved) -> None:
    if row.party is not None and row.party != proved.party:
        raise BadAnswer("proof.other", _("This belongs to somebody else than the customer of this journey."), 409)
