"""Questions on invoices."""

from onehall.domains.billing import store
from onehall.domains.billing.model import Invoice, Invoiceable
from onehall.kernel.i18n import _
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx

SHOWN_MAX = 12


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
