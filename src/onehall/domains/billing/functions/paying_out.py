"""Paying out what is left of a line that has ended."""

from onehall.domains.billing import actions, queries
from onehall.kernel.functions import function
from onehall.kernel.i18n import _
from onehall.kernel.identity.proof import Proof
from onehall.kernel.journeys import Journey, Option, Said, Summary, item
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal


@function(
    "balance.pay_out", title=_("Pay out a balance"), family="serve", proof=Proof.REAL_NAME, asks="choose confirm prove attach",
    for_staff=True, but=("field",), cost_by_hand=Money(300),
    why=_("Cash is handed over a counter, to the holder whose document was seen there."),
)  # fmt: skip
async def pay_out_balance(journey: Journey) -> Said:
    """This will hand the holder of a line that has ended what was left of its balance."""

    async def left() -> list[Option]:
        found = await queries.left_over(journey.tx, journey.party)
        return [Option(one.id, one.number or one.id, price=one.free) for one in found]

    if not await left():
        return Said(_("No line of this customer has ended with money left, or a last bill is still to come."), next=("balance.check",))
    chosen = await journey.choose("line", _("Which line?"), left)
    terms = [_("The account is closed with that.")]
    lines = [item(_("Number"), chosen.text, "number"), item(_("Amount"), chosen.price)]
    await journey.confirm("agree", Summary(lines, terms=terms))  # no total: that is what a customer is to pay
    staff = journey.caller.who
    if not staff.staff:
        raise Refusal("forbidden", _("You may not do this."), 403)
    amount = await journey.do("pay_out", actions.pay_out, account=chosen.value, unit=staff.unit)
    return Said(_("Hand {amount} to the customer.", amount=amount), [item(_("Amount"), amount)])
