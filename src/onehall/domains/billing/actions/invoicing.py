"""Invoices: asked for here, issued by a service under its own numbers, sent by mail; a wrong one is reversed whole and made anew."""

from typing import Any

from msgspec.structs import replace

from onehall.domains.billing import events, rules, store
from onehall.domains.billing.lifecycle import INVOICE
from onehall.domains.billing.model import Account, Invoice
from onehall.kernel.i18n import Text, _, keep
from onehall.kernel.ids import home_of, keyed_id
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH

To = dict[str, Any]


async def request_invoice(tx: Tx, account: str, to: To, once: str, bill: str | None = None, payment: str | None = None) -> str:
    """This will ask for an invoice of what was paid of a bill, or by a payment; `to`: title, tax_number, email. Gives its id.

    :raises Refusal: `invoice.nothing`, 409, nothing is paid that is on no invoice; `invoice.there`, 409; 404.
    """
    id_ = keyed_id(home_of(account), EPOCH, "invoice", once)
    if await store.invoices.one(tx, id_) is not None:
        return id_
    await store.rating.lock(tx, [account])
    found = await store.accounts.one(tx, account)
    if found is None:
        raise missing(_("account"))
    parts, what = await _claims(tx, found, bill, payment)
    if not parts:
        raise Refusal("invoice.nothing", _("Nothing of this was paid that is not on an invoice."), 409)
    fresh = Invoice(
        home=found.home, id=id_, account=account, party=found.party, unit=found.unit, bill=bill, payment=payment, reverses=None,
        minor=sum(minor for _entry, minor in parts), currency=found.currency, title=to["title"], tax_number=to.get("tax_number") or None,
        email=to.get("email") or None, status="asked", number=None, url=None, why=None, asked=tx.now, issued=None,
    )  # fmt: skip
    if await store.invoices.insert(tx, fresh, once):
        await store.invoices.claim(tx, id_, parts)
        _send(tx, fresh, what)
    return id_


async def reverse_invoice(tx: Tx, invoice: str, again: To | None = None, once: str = "", why: str = "") -> str:
    """This will have an invoice taken back as a whole by a red one, once for each `once`; with `again` one to another title follows.

    It pays nothing back; `why` is staff's reason. Gives the red one's id.
    :raises Refusal: `invoice.reversal`, 409; 404.
    """
    found = await _locked(tx, invoice)
    known = await store.invoices.by_once(tx, found.home, f"red:{once}") if once else None
    if known is not None:
        return known
    rules.invoicing.check_reversal(found.status, found.reverses is not None)
    await store.invoices.move(tx, invoice, INVOICE.check(found.status, "reversing"))
    id_ = tx.new_id()
    red = replace(
        found, id=id_, reverses=invoice, minor=-found.minor, status="asked", number=None, url=None, why=why or None, asked=tx.now,
        issued=None,
    )  # fmt: skip
    await store.invoices.insert(tx, red, f"red:{once or id_}")
    what = _("Reversal of invoice {number}", number=found.number or "")
    _send(tx, red, what, reverses=found.number or "", again=again)
    tx.tell(events.InvoiceReversalAsked(invoice, found.account, id_, why))
    return id_


async def invoice_anew(tx: Tx, invoice: str, to: To) -> str:
    """This will ask anew for an invoice of what a reversed or refused one was of, once for each; gives its id.

    :raises Refusal: `invoice.stands`, `invoice.nothing`, `invoice.there`, 409; 404.
    """
    found = await _locked(tx, invoice)
    rules.invoicing.check_anew(found.status, found.reverses is not None)
    return await request_invoice(tx, found.account, to, f"anew:{invoice}", found.bill, found.payment)


async def invoice_issued(tx: Tx, body: dict[str, Any], number: str, url: str) -> None:
    """This will take in that the service issued an invoice; it is mailed. A red one frees the money of the one that it reverses."""
    found = await _locked(tx, body["invoice"])
    if found.status != "asked":
        return
    await store.invoices.move(tx, found.id, INVOICE.check(found.status, "issued"), number=number, url=url)
    tx.tell(events.InvoiceIssued(found.id, found.account, found.amount, number))
    if found.email:
        tx.later("invoice.mail", {"invoice": found.id, "number": number, "to": found.email})
    if found.reverses:
        await _reversed(tx, found.reverses, found.id, body.get("again"))


async def invoice_refused(tx: Tx, body: dict[str, Any], why: str) -> None:
    """This will take in that the service will not issue an invoice: its money may be invoiced anew, and its customer is told."""
    found = await _locked(tx, body["invoice"])
    if found.status != "asked":
        return
    await store.invoices.move(tx, found.id, INVOICE.check(found.status, "refused"), why=why[:200])
    if found.reverses:
        await store.invoices.move(tx, found.reverses, INVOICE.check((await _locked(tx, found.reverses)).status, "issued"))
    else:
        await store.invoices.unclaim(tx, found.id)
    tx.tell(events.InvoiceRefused(found.id, found.account, why))
    text = _("The invoice over {amount} could not be issued. Please ask for it again, or ask us.", amount=found.amount)
    tx.later("billing.tell", {"party": found.party, "account": found.account, "text": keep(text)})


def _send(tx: Tx, invoice: Invoice, what: Text, *, reverses: str = "", again: To | None = None) -> None:
    body = {
        "invoice": invoice.id, "title": invoice.title, "amount": invoice.amount, "tax_number": invoice.tax_number or "",
        "what": keep(what), "reverses": reverses, "again": again,
    }  # fmt: skip
    tx.later("invoice.issue", body)


async def _claims(tx: Tx, account: Account, bill: str | None, payment: str | None) -> tuple[list[tuple[str, int]], Text]:
    money = await store.allocations.not_invoiced(tx, account.id)
    if bill is not None:
        row = await store.invoices.bill(tx, account.id, bill)
        if row is None:
            raise missing(_("bill"))
        total, credited, open_, no = row
        return rules.invoicing.claims(money, rules.invoicing.invoiceable(total, credited, open_)), _("Bill {no}", no=no)
    mine = [one for one in money if payment is not None and one.payment == payment]
    return rules.invoicing.claims(mine, sum(one.minor for one in mine)), _("Telecom services")


async def _reversed(tx: Tx, invoice: str, red: str, again: To | None) -> None:
    found = await _locked(tx, invoice)
    await store.rating.lock(tx, [found.account])
    await store.invoices.move(tx, invoice, INVOICE.check(found.status, "reversed"))
    await store.invoices.unclaim(tx, invoice)
    tx.tell(events.InvoiceReversed(invoice, found.account, red))
    if again:
        await _again(tx, found, red, again)


async def _again(tx: Tx, found: Invoice, red: str, to: To) -> None:
    """What was credited or paid back meanwhile is on no invoice; where nothing is left of it, the customer is told."""
    try:
        await request_invoice(tx, found.account, to, f"again:{red}", found.bill, found.payment)
    except Refusal as refusal:
        if refusal.code != "invoice.nothing":
            raise
        text = _("Invoice {number} was taken back. Nothing is left to be invoiced anew.", number=found.number or "")
        tx.later("billing.tell", {"party": found.party, "account": found.account, "text": keep(text)})


async def _locked(tx: Tx, invoice: str) -> Invoice:
    found = await store.invoices.one(tx, invoice, lock=True)
    if found is None:
        raise missing(_("invoice"))
    return found
