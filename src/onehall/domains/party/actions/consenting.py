"""What a customer allows, and stops allowing: a line in the ledger, which counts from that moment."""

import msgspec

from onehall.domains.party import events, store
from onehall.domains.party.model import MARKETING, PERSONALISATION, Consent
from onehall.kernel.i18n import Text, _
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx

PURPOSES = (MARKETING, PERSONALISATION)


async def consent(tx: Tx, party: str, purpose: str, allowed: bool, text: Text) -> Consent | None:
    """This will write down what a customer allowed or withdrew, with the words they saw; None when it was so already.

    :raises Refusal: `consent.purpose`, 422.
    """
    if purpose not in PURPOSES:
        raise Refusal("consent.purpose", _("There is no such purpose."), 422)
    if await store.consents.latest(tx, party, purpose) is allowed:
        return None
    words = msgspec.to_builtins(text)
    line = Consent(
        id=tx.new_id(),
        purpose=purpose,
        allowed=allowed,
        channel=tx.origin.channel or "house",
        words=words,
        at=tx.now,
        staff=tx.origin.staff,
    )
    await store.consents.add(tx, party, line)
    fact = events.ConsentGiven if allowed else events.ConsentWithdrawn
    tx.tell(fact(party, purpose, line.id))
    return line


async def stop_marketing(tx: Tx, party: str) -> Consent | None:
    """This will stop marketing to a customer."""
    return await consent(tx, party, MARKETING, False, _("You will get no more marketing from us."))


async def allow_marketing(tx: Tx, party: str) -> Consent | None:
    """This will note that a customer wants to hear of offers."""
    text = _("We may tell you of offers by message and call. You can stop this at any time by sending TD.")
    return await consent(tx, party, MARKETING, True, text)


async def stop_personalisation(tx: Tx, party: str) -> Consent | None:
    """This will stop choosing offers for a customer."""
    text = _("You see the same offers as everybody; what you use is not looked at for this.")
    return await consent(tx, party, PERSONALISATION, False, text)


async def allow_personalisation(tx: Tx, party: str) -> Consent | None:
    """This will let offers be chosen for a customer again."""
    return await consent(tx, party, PERSONALISATION, True, _("Offers may be chosen for you by what you use."))
