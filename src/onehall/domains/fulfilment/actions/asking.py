"""Where a card is sent, and how its buyer follows it."""

from datetime import datetime

from onehall.domains.fulfilment import rules
from onehall.kernel.i18n import Words, _
from onehall.kernel.identity.codes import phone_of
from onehall.kernel.journeys import CHANNELS, Journey

WAITS = _("Your line is being set up. This takes a moment.")


async def ask_address(journey: Journey, sim: str) -> tuple[str, str] | None:
    """This will ask where a card goes that is not handed over on the spot, and the phone for its courier; None where nothing is sent."""
    asked = journey.row.has("answer", "address") is not None
    here = CHANNELS[journey.caller.channel].hands_over or journey.row.has("effect", "order") is not None
    if sim != "plastic" or (here and not asked):
        return None
    where = _("Where shall we bring your card?")
    hint = _("City, street, house and door. The courier asks for your identity document there.")
    address = await journey.enter("address", where, rules.check_address, hint=hint)
    phone = await journey.enter("courier_phone", _("Under which phone can the courier reach you?"), _phone, kind="phone")
    return address, phone


async def follow_card(journey: Journey, address: str | None) -> Words:
    """This will wait while a card is made and brought, and say where it is; gives what is said while the line is set up."""
    if address is None:
        return WAITS
    shipped = await journey.wait_for("shipped", _("Your card is being made. A courier brings it to you: {address}.", address=address))
    if shipped.get("over"):
        return WAITS
    number = shipped["tracking"]
    text = _("Your card is on its way to you: {address}. Its tracking number is {tracking}.", address=address, tracking=number)
    arrived = await journey.wait_for("arrived", text)
    if arrived.get("over"):
        return WAITS
    until = datetime.fromisoformat(arrived["until"])
    return _("The courier is at your door with your card. Show your identity document by {until}, and your line is activated.", until=until)


def _phone(text: str) -> str:
    return phone_of(text)
