"""Invoices by mail, and put right when they were made out wrong."""

from onehall.domains.billing import actions, queries, rules
from onehall.domains.billing.model import Invoice, Invoiceable
from onehall.kernel.functions import function
from onehall.kernel.i18n import ZONE, _
from onehall.kernel.identity.proof import Proof
from onehall.kernel.journeys import Journey, Option, Said, Summary, item
from onehall.kernel.money import Money

PERSON, COMPANY = "person", "company"
ANEW, BACK = "anew", "back"


@function("invoice.request", title=_("Invoice by mail"), family="serve", proof=Proof.CODE, asks="choose enter", cost_by_hand=Money(300))
async def request_invoice(journey: Journey) -> Said:
    """This will have an invoice of a paid bill, or of a top-up, made out and mailed."""
    found = await queries.without_invoice(journey.tx, journey.party)
    if not found:
        return Said(_("There is nothing paid that is not on an invoice."), next=("payment.history", "bill.pay"))

    async def options() -> list[Option]:
        return [_option(one) for one in found]

    chosen = await journey.choose("what", _("An invoice of what?"), options, gone=_("There is an invoice of this already."))
    to, of = await _to_whom(journey), chosen.holds
    await journey.do(
        "request", actions.request_invoice, account=of["account"], to=to, once=f"journey:{journey.id}", bill=of.get("bill"),
        payment=of.get("payment"),
    )  # fmt: skip
    facts = [item(_("Invoice of"), chosen.text), item(_("Made out to"), to["title"]), item(_("Mailed to"), to["email"])]
    text = _("The invoice will be mailed to {email} as soon as it is issued.", email=to["email"])
    return Said(text, facts, ("payment.history", "invoice.correct"))


@function(
    "invoice.correct", title=_("Correct an invoice"), family="serve", proof=Proof.CODE, asks="choose enter confirm",
    cost_by_hand=Money(500),
)  # fmt: skip
async def correct_invoice(journey: Journey) -> Said:
    """This will have an invoice with a wrong name taken back by a red one and made out anew; a clerk may have it only taken back."""
    found = await queries.correctable(journey.tx, journey.party)
    if not found:
        return Said(_("You have no invoice that could be corrected."), next=("invoice.request", "payment.history"))

    async def options() -> list[Option]:
        return [_issued(one) for one in found]

    chosen = await journey.choose("invoice", _("Which invoice is wrong?"), options, gone=_("This invoice cannot be reversed now."))
    to = await _to_whom(journey) if await _made_anew(journey) else None
    await journey.confirm("agree", _correction(chosen, to))
    await journey.do("reverse", actions.reverse_invoice, invoice=chosen.value, again=to, once=f"journey:{journey.id}")
    facts = [item(_("Invoice reversed"), chosen.text), item(_("Amount"), chosen.price or "")]
    if to is None:
        return Said(_("The invoice is being taken back by a red one."), facts, ("invoice.request",))
    facts += [item(_("Made out to"), to["title"]), item(_("Mailed to"), to["email"])]
    text = _("The invoice is being taken back. The new one will be mailed to {email} as soon as it is issued.", email=to["email"])
    return Said(text, facts, ("payment.history",))


async def _made_anew(journey: Journey) -> bool:
    """Only a clerk may have an invoice taken back with none to follow: before money goes back, or what was sold is returned."""
    if not journey.caller.who.staff:
        return True

    async def ways() -> list[Option]:
        return [Option(ANEW, _("Take it back and make it out anew")), Option(BACK, _("Only take it back"))]

    return (await journey.choose("way", _("What is to be done?"), ways)).value == ANEW


async def _to_whom(journey: Journey) -> dict[str, str]:
    async def kinds() -> list[Option]:
        return [Option(PERSON, _("Myself or another person")), Option(COMPANY, _("A company"))]

    kind = await journey.choose("kind", _("Made out to whom?"), kinds)
    title = await journey.enter("title", _("The name on the invoice?"), rules.invoicing.invoice_title)
    tax = ""
    if kind.value == COMPANY:
        tax = await journey.enter("tax_number", _("The company's tax number?"), rules.invoicing.tax_number)
    email = await journey.enter("email", _("To which mail address?"), rules.invoicing.email_address, kind="email")
    return {"title": title, "tax_number": tax, "email": email}


def _correction(chosen: Option, to: dict[str, str] | None) -> Summary:
    lines = [item(_("Invoice reversed"), chosen.text), item(_("Amount"), chosen.price or "")]
    if to is not None:
        lines += [item(_("Made out to"), to["title"]), item(_("Mailed to"), to["email"])]
        lines += [item(_("Tax number"), to["tax_number"])] if to["tax_number"] else []
    return Summary(lines, terms=[_("The whole invoice is taken back by a red one. No money is paid back by this.")])


def _issued(one: Invoice) -> Option:
    note = _("{title}, issued on {day}", title=one.title, day=(one.issued or one.asked).astimezone(ZONE).date())
    return Option(one.id, _("Invoice {number}", number=one.number or ""), note=note, price=one.amount)


def _option(one: Invoiceable) -> Option:
    amount = Money(one.minor, one.currency)
    holds = {name: value for name, value in (("account", one.account), ("bill", one.bill), ("payment", one.payment)) if value}
    text = _("Bill {no}", no=one.no) if one.bill else _("Top-up of {day}", day=one.at.date())
    return Option(one.bill or one.payment or "", text, note=one.number or "", price=amount, holds=holds)
