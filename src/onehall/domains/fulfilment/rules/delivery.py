"""Delivery: where a card is sent, what the courier has to see before it is handed over, when it comes back."""

from datetime import datetime, timedelta

from onehall.domains import party
from onehall.domains.fulfilment.model import Confirmed
from onehall.kernel.i18n import Text, _
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal

ACTIVATE_WITHIN = timedelta(hours=72)
"""Domain rules, "Delivery of SIM" (C): not activated in 72 hours, the number is recycled. They count from when the courier first
stands at the buyer's door: the road is not the buyer's fault, and before that they cannot activate anything."""
ROAD_MAX = timedelta(days=5)
"""How long a card may be on its way before it counts as lost; our own figure, so that no number waits for ever (unverified)."""
CONFIRMED_FOR = timedelta(minutes=30)
"""How long a confirmation at the door counts; our own figure: it is of this visit, not of the last (unverified)."""
ADDRESS_MIN, ADDRESS_MAX = 6, 200


def check_address(text: str) -> str:
    """An address has between 6 and 200 letters and stands on one line.

    :raises Refusal: `address.form`, 422; gives it without needless blanks.
    """
    plain = " ".join(text.split())
    if not ADDRESS_MIN <= len(plain) <= ADDRESS_MAX or not plain.isprintable():
        raise Refusal("address.form", _("Please give the whole address: city, street, house and door."), 422)
    return plain


def check_shown(name: str, document_hash: str | None, shown_name: str, shown_hash: str) -> None:
    """The card goes only to the buyer: name and number of the document shown are those of the document that was checked.

    :raises Refusal: `delivery.document`, 422.
    """
    if not document_hash or document_hash != shown_hash or not party.same_name(name, shown_name):
        raise Refusal("delivery.document", _("Name and number are not those of the buyer's document. Do not hand the card over."), 422)


def is_paid(with_order: Money, paid: bool, balance: Money) -> bool:
    """The first payment is made when the order was paid for, or when the line's account was topped up."""
    return (paid and with_order.minor > 0) or balance.minor > 0


def not_confirmed(confirmed: Confirmed, now: datetime) -> list[Text]:
    """A card is handed over on three confirmations: the document, the face, both within this half hour, and the first payment."""
    missing = []
    if not still_counts(confirmed.document, now):
        missing.append(_("The document was not shown."))
    if not still_counts(confirmed.face, now):
        missing.append(_("The face was not compared."))
    if not confirmed.paid:
        missing.append(_("Nothing was paid yet: the first top-up is missing."))
    return missing


def check_confirmed(confirmed: Confirmed, now: datetime) -> None:
    """Without all three confirmations the card is not handed over, and the first that is missing is named.

    :raises Refusal: `delivery.not_confirmed`, 409.
    """
    missing = not_confirmed(confirmed, now)
    if missing:
        raise Refusal("delivery.not_confirmed", _("Do not hand the card over. {why}", why=missing[0]), 409)


def comes_back_at(node: str, since: datetime) -> datetime:
    """A card comes back, and its number with it, 72 hours after it reached the door, or five days after it left without reaching it."""
    return since + (ACTIVATE_WITHIN if node == "hand_over" else ROAD_MAX)


def still_counts(at: datetime | None, now: datetime) -> bool:
    """A confirmation at the door counts for half an hour: it is of this visit, not of the last."""
    return at is not None and at <= now < at + CONFIRMED_FOR
