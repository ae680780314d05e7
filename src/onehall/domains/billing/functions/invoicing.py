"""Invoices by mail."""

from onehall.domains.billing import actions, queries, rules
from onehall.domains.billing.model import Invoiceable
from onehall.kernel.functions import function
from onehall.kernel.i18n import _
from onehall.kernel.identity.proof import Proof
from onehall.kernel.journeys import Journey, Option, Said, item
from onehall.kernel.money import Money

PERSON, COMPANY = "person", "company"


@function(
    "invoice.request", title=_("Invoice by mail"), family="serve", proof=Proof.CODE, asks="choose enter", cost_by_hand=Money(300)
)
async def request_invoice(journey: Journey) -> Said:
    """This will have an invoice of a paid bill, or of a top-up, made out and mailed."""
    found = await queries.without_invoice(journey.tx, journey.party)
    if not found:
        return Said(_("There is nothing paid that is not on an invoice."), next=("payment.history", "bill.pay"))

    async def options() -> list[Option]:
        return [_option(one) for one in found]

    async def kinds() -> list[Option]:
        return [Option(PERSON, _("Myself or another person")), Option(COMPANY, _("A company"))]

    chosen = await journey.choose("what", _("An invoice of what?"), options, gone=_("There is an invoice of this already."))
    kind = await journey.choose("kind", _("Made out to whom?"), kinds)
    title = await journey.enter("title", _("The name on the invoice?"), rules.invoicing.invoice_title)
    tax = ""
    if kind.value == COMPANY:
        tax = await journey.enter("tax_number", _("The company's tax number?"), rules.invoicing.tax_number)
    email = await journey.enter("email", _("To which mail address?"), rules.invoicing.email_address, kind="email")
    to = {"title": title, "tax_number": tax, "email": email}
    of = chosen.holds
    await journey.do(
        "request", actions.request_invoice, account=of["account"], to=to, once=f"journey:{journey.id}", bill=of.get("bill"),
        payment=of.get("payment"),
    )  # fmt: skip
    facts = [item(_("Invoice of"), chosen.text), item(_("Made out to"), title), item(_("Mailed to"), email)]
    return Said(_("The invoice will be mailed to {email} as soon as it is issued.", email=email), facts, ("payment.history",))


def _option(one: Invoiceable) -> Option:
    amount = Money(one.minor, one.currency)
    holds = {name: value for name, value in (("account", one.account), ("bill", one.bill), ("payment", one.payment)) if value}
    text = _("Bill {no}", no=one.no) if one.bill else _("Top-up of {day}", day=one.at.date())
    return Option(one.bill or one.payment or "", text, note=one.number or "", price=amount, holds=holds)
