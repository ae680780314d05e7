"""An approver's word on what the company is asked to pay: given once, never on one's own, by whatever login."""

from typing import Any

from onehall.domains import party
from onehall.domains.estore import events, rules, store
from onehall.domains.estore.actions.asking import move
from onehall.domains.estore.model import Member, Request
from onehall.kernel.i18n import Named, Text, _
from onehall.kernel.ids import home_of
from onehall.kernel.jobs import job
from onehall.kernel.journeys import arrive
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx


def decide(tx: Tx, request: str, approver: str, yes: bool, why: str, to: str) -> None:
    """This will have a request decided, where it lives; what came of it is told to the address `to`."""
    body = {"request": request, "approver": approver, "yes": yes, "why": why, "to": to}
    tx.later("estore.decide", body, works_in=home_of(request), once=f"{request}|{to}")


@job("estore.decide")
async def decide_here(tx: Tx, body: dict[str, Any]) -> None:
    """This will write an approver's word, if it is theirs to give and nobody was quicker; both journeys hear of it."""
    found = await store.requests.one(tx, body["request"], lock=True)
    if found is None:
        arrive(tx, body["to"], {"state": "gone"})
        return
    try:
        decider = await active(tx, found.store, body["approver"])
        rules.check_decider(found, decider, await _same_person(tx, found, body["approver"]))
    except Refusal as refusal:
        arrive(tx, body["to"], {"state": "refused", "why": refusal.reason})
        return
    state = "approved" if body["yes"] else "declined"
    if found.state != "asked":
        same = found.decided_by == body["approver"] and (found.state == "declined") is not body["yes"]
        arrive(tx, body["to"], {"state": state if same else "gone"})
        return
    await _decided(tx, found, state, body)
    if found.reply_to:
        arrive(tx, found.reply_to, {"state": state, "request": found.id, "why": body["why"]})
    arrive(tx, body["to"], {"state": state})
    _tell_asker(tx, found, state)


def decide_sheet(tx: Tx, batch: str, approver: str, yes: bool, to: str) -> None:
    """This will have all that waits of a sheet decided with one word; what came of it is told to the address `to`."""
    body = {"batch": batch, "approver": approver, "yes": yes, "why": "", "to": to}
    tx.later("estore.decide_sheet", body, works_in=home_of(batch), once=f"{batch}|{to}")


@job("estore.decide_sheet")
async def decide_sheet_here(tx: Tx, body: dict[str, Any]) -> None:
    """This will write an approver's word on each line of a sheet that is theirs to decide; their own goes on waiting for another."""
    state, done = "approved" if body["yes"] else "declined", 0
    for found in await store.requests.of_batch(tx, body["batch"], "asked"):
        try:
            decider = await active(tx, found.store, body["approver"])
            rules.check_decider(found, decider, await _same_person(tx, found, body["approver"]))
        except Refusal:
            continue
        await _decided(tx, found, state, body)
        done += 1
    arrive(tx, body["to"], {"state": state if done else "gone", "lines": done})


async def _decided(tx: Tx, found: Request, state: str, body: dict[str, Any]) -> None:
    """What stood in a sheet goes on by itself: nobody waits for the answer."""
    target = "prepared" if state == "approved" and found.batch and found.kind == "open" else state
    why = found.why if found.batch else body["why"][:200]
    await move(tx, found, target, decided=tx.now, decided_by=body["approver"], why=why)
    tx.tell(events.RequestDecided(found.id, found.store, body["approver"], state))
    if found.batch:
        tx.later("estore.decided", {"request": found.id})


async def _same_person(tx: Tx, found: Request, decider: str) -> bool:
    """Whether asker and decider are one person by two logins, as far as their documents tell; a sheet asks for whoever has its key."""
    member = None if found.party else await store.people.by_key(tx, found.store, found.key)
    asker = found.party or (member.party if member else None)
    if asker is None or asker == decider:
        return asker == decider
    shown = {(await party.queries.party(tx, one)).document_hash for one in (asker, decider)}
    return len(shown) == 1 and None not in shown


async def active(tx: Tx, store_id: str, party_id: str) -> Member | None:
    """This will give a member whose term has not ended, or None."""
    found = await store.people.member(tx, store_id, party_id)
    return found if rules.is_member(found, tx.now) else None


def _tell_asker(tx: Tx, one: Request, state: str) -> None:
    words: Text = _("Your company pays its part of {plan}. You can go on now.", plan=Named(one.name))
    if state == "declined":
        words = _("Your company does not pay for {plan}.", plan=Named(one.name))
    if one.party and not one.batch:
        tx.later("estore.tell", {"party": one.party, "text": words}, works_in=home_of(one.party))
