"""What a customer allows, and stops allowing: a line in the ledger, which counts from that moment.

A word about marketing locks the party's standing first, and so does whoever sends: what is sent was sent before the stop, or is not.
"""

from collections.abc import Collection

import msgspec

from onehall.domains.party import events, rules, store
from onehall.domains.party.model import MARKETING, PERSONALISATION, Consent, Standing
from onehall.kernel.i18n import Text, _
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx

WAY_NAMES: dict[str, Text] = {
    "sms": _("Text message"), "push": _("Message of the browser"), "wechat": _("WeChat"), "call": _("Phone call"), "mail": _("E-mail"),
}  # fmt: skip


async def consent(tx: Tx, party: str, purpose: str, allowed: bool, text: Text, way: str | None = None) -> Consent | None:
    """This will write down what a customer allowed or withdrew, with the words they saw; None when it was so already.

    :raises Refusal: `consent.purpose`, `consent.way`, 422.
    """
    if purpose == MARKETING:
        return await _marketing(tx, party, way, allowed, text)
    if purpose != PERSONALISATION:
        raise Refusal("consent.purpose", _("There is no such purpose."), 422)
    if await store.consents.latest(tx, party, purpose) is allowed:
        return None
    return await _write(tx, party, purpose, allowed, text, None)


async def stop_marketing(tx: Tx, party: str, way: str | None = None) -> Consent | None:
    """This will stop marketing to a customer, by one way or by all."""
    text = _("You will get no more marketing from us.") if way is None else _("You will get no more marketing by: {way}.", way=name(way))
    return await consent(tx, party, MARKETING, False, text, way)


async def allow_marketing(tx: Tx, party: str, way: str | None = None) -> Consent | None:
    """This will note that a customer wants to hear of offers, by one way or by all."""
    text = _("We may tell you of offers by message and call. You can stop this at any time by sending TD.")
    if way is not None:
        text = _("We may tell you of offers by: {way}. You can stop this at any time by sending TD.", way=name(way))
    return await consent(tx, party, MARKETING, True, text, way)


async def stop_personalisation(tx: Tx, party: str) -> Consent | None:
    """This will stop choosing offers for a customer."""
    text = _("You see the same offers as everybody; what you use is not looked at for this.")
    return await consent(tx, party, PERSONALISATION, False, text)


async def allow_personalisation(tx: Tx, party: str) -> Consent | None:
    """This will let offers be chosen for a customer again."""
    return await consent(tx, party, PERSONALISATION, True, _("Offers may be chosen for you by what you use."))


async def lock_standings(tx: Tx, parties: Collection[str]) -> dict[str, Standing]:
    """This will give what holds of marketing to parties of this home, and keep it so until this transaction ends.

    The transaction's time is put after the words that it found.
    """
    found = await store.consents.lock_those(tx, parties)
    for one in found.values():
        if one.since is not None:
            tx.no_earlier(one.since)
    return found


async def note_marketed(tx: Tx, parties: Collection[str]) -> None:
    """This will note that parties whose standing is locked are sent marketing now, so that a stop reads as later."""
    await store.consents.note_sent(tx, parties)


async def note_reach(tx: Tx, party: str, way: str, address: str | None) -> None:
    """This will note an address by which a party is reached, or that there is none any more."""
    await store.reach.put(tx, party, way, address)


def name(way: str) -> Text | str:
    """This will name a way of marketing."""
    return WAY_NAMES.get(way, way)


async def _marketing(tx: Tx, party: str, way: str | None, allowed: bool, text: Text) -> Consent | None:
    standing = await store.consents.lock(tx, party)
    ways = rules.consents.ways_after(standing.ways, way, allowed)
    if ways == standing.ways and (allowed or standing.since is not None):
        return None
    tx.no_earlier(rules.consents.stops_at(tx.now, standing.sent))
    if standing.since is not None:
        tx.no_earlier(standing.since)
    await store.consents.stand(tx, party, ways)
    return await _write(tx, party, MARKETING, allowed, text, way)


async def _write(tx: Tx, party: str, purpose: str, allowed: bool, text: Text, way: str | None) -> Consent:
    words = msgspec.to_builtins(text)
    line = Consent(
        id=tx.new_id(), purpose=purpose, allowed=allowed, channel=tx.origin.channel or "house", words=words, at=tx.now,
        staff=tx.origin.staff, way=way,
    )  # fmt: skip
    await store.consents.add(tx, party, line)
    fact = events.ConsentGiven if allowed else events.ConsentWithdrawn
    tx.tell(fact(party, purpose, line.id, way or "", words))
    return line
