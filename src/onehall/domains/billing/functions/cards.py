"""Topping up with a card that was bought."""

from onehall.domains.billing import actions, rules
from onehall.domains.billing.functions.money import own, payee
from onehall.domains.billing.model import TopUp
from onehall.kernel.functions import function
from onehall.kernel.i18n import _
from onehall.kernel.journeys import Journey, Said, item
from onehall.kernel.money import Money


@function(
    "card.topup", title=_("Top-up card"), family="recharge", words=("CZK",), takes=("pin", "number"), asks="choose enter",
    cost_by_hand=Money(200), secret=("pin",),
)  # fmt: skip
async def top_up_by_card(journey: Journey) -> Said:
    """This will top up a line with the PIN of a top-up card: the customer's own, or any number of ours."""
    account, number, _mine = await payee(journey)
    pin = await journey.enter("pin", _("The PIN on the card?"), rules.cards.card_pin, hint=_("18 digits, under the foil"))
    held = await journey.hold("card", "card", of="pin", pin=pin, account=account, number=number, names=_names(journey, account))
    done: TopUp = await journey.do("credit", actions.top_up_by_card, account=account, number=number, hash_=held.ref)
    facts = [item(_("Number"), number, "number")] if number else []
    facts.append(item(_("Amount"), done.amount))
    if done.balance is None or not await own(journey, account):
        return Said(_("{amount} is on its way to {number}.", amount=done.amount, number=number), facts)
    text = _("{amount} has been added. Your balance is now {balance}.", amount=done.amount, balance=done.balance)
    return Said(text, [*facts, item(_("Balance"), done.balance)], ("balance.check", "topup"))


def _names(journey: Journey, account: str) -> list[str]:
    """Who tries PINs: for which account, as which customer, from which address."""
    address = journey.caller.who.address
    found = [f"account:{account}", f"party:{journey.row.party}" if journey.known else "", f"address:{address}" if address else ""]
    return [name for name in found if name]
