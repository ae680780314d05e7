"""Questions on invoices."""

from onehall.domains.billing import rules, store
from onehall.domains.billing.model import Invoice, Invoiceable
from onehall.kernel.i18n import _
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx
from onehall.kernel.store.transaction import Row

SHOWN_MAX = 12
LISTED_MAX = 1001


async def invoice(tx: Tx, id_: str) -> Invoice:
    """This will give an invoice by its id.

    :raises Refusal: 404.
    """
    found = await store.invoices.one(tx, id_)
    if found is None:
        raise missing(_("invoice"))
    return found


async def invoices(tx: Tx, party: str) -> list[Invoice]:
    """This will give a party's latest invoices, newest first. One statement."""
    return await store.invoices.of_party(tx, party, SHOWN_MAX)


async def without_invoice(tx: Tx, party: str) -> list[Invoiceable]:
    """This will give what a party paid that is on no invoice: bills, and top-ups of prepaid accounts."""
    return await store.invoices.without(tx, party, SHOWN_MAX)


async def correctable(tx: Tx, party: str) -> list[Invoice]:
    """This will give a party's latest invoices that were issued and stand, newest first."""
    return [one for one in await invoices(tx, party) if rules.invoicing.may_reverse(one.status, one.reverses is not None)]


async def invoice_list(tx: Tx, unit: str, status: str | None, words: str, skip: int, limit: int) -> list[Row]:
    """This will give the latest invoices of a unit, of a state or found by a number, if asked for; red ones too."""
    return await store.invoices.listed(tx, unit, status, words, skip, min(limit, LISTED_MAX))


async def red_of(tx: Tx, invoice_: str) -> Invoice | None:
    """This will give the latest red invoice that takes another back."""
    return await store.invoices.red(tx, invoice_)


async def live_of(tx: Tx, one: Invoice) -> str | None:
    """This will name the invoice that stands for the bill or payment that another is of."""
    return await store.invoices.live(tx, one)
