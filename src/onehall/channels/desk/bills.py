"""A customer's bill at the counter: shown to the clerk to whom they have proven who they are, to nobody else; each look is told."""

import asyncio
from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from onehall.channels.desk import finding
from onehall.channels.desk.home import about
from onehall.domains import billing
from onehall.kernel.events import Fact, Origin
from onehall.kernel.functions import Proof
from onehall.kernel.i18n import LANGUAGES, _
from onehall.kernel.journeys.listing import journeys_of, proven_to
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx
from onehall.pages import Visit, replies
from onehall.pages.bills import shown
from onehall.pages.bills.document import document

MONTHS: Final = 6
FIRST: Final = "bill.detail"  # what a clerk serves to have the customer prove who they are


class BillSeen(Fact, frozen=True, tag="desk.bill_seen"):
    """A clerk looked at a customer's bill; `form`: page or pdf."""

    bill: str
    form: str


@get("/customers/{party:str}/bills/{bill:str}")
async def bill(visit: NamedDependency[Visit], party: FromPath[str], bill: FromPath[str]) -> Response[str]:
    """This will show a customer's bill line by line; before they have proven who they are it says how they do."""
    customer = await finding.customer(visit, party)
    async with visit.store.edge(party, _origin(visit, party)) as tx:
        if not await _proven(visit, tx, party):
            name = customer.name or ""
            return visit.page("unproven.html", 403, party=party, name=name, function=FIRST, **await about(visit))
        found = await billing.queries.looking.own_bill(tx, party, bill)
        months = shown.months(await billing.queries.bills.months(tx, found.account, MONTHS), visit.lang, found.cycle)
        tx.tell(BillSeen(found.id, "page"))
    return visit.page(
        "bill.html", bill=shown.paper(found, visit.lang, visit.store.clock.now()), party=party, name=customer.name or "", months=months,
        **await about(visit),
    )  # fmt: skip


@get("/customers/{party:str}/bills/{bill:str}/pdf")
async def bill_pdf(visit: NamedDependency[Visit], party: FromPath[str], bill: FromPath[str], lang: FromQuery[str] = "") -> Response[Any]:
    """This will send a customer's bill as a PDF, to be printed for them.

    :raises Refusal: `proof.needed`, 403: they have not proven who they are; 404.
    """
    await finding.customer(visit, party)
    async with visit.store.edge(party, _origin(visit, party)) as tx:
        if not await _proven(visit, tx, party):
            raise Refusal("proof.needed", _("The customer has not proven to you who they are."), 403)
        found = await billing.queries.looking.own_bill(tx, party, bill)
        tx.tell(BillSeen(found.id, "pdf"))
    paper = shown.paper(found, lang if lang in LANGUAGES else visit.lang, visit.store.clock.now())
    body = await asyncio.to_thread(document, paper)
    headers = replies.SAFE | {"Cache-Control": "private, no-store", "Content-Disposition": f'attachment; filename="bill-{paper.no}.pdf"'}
    return Response(body, media_type="application/pdf", headers=headers)


async def _proven(visit: Visit, tx: Tx, party: str) -> bool:
    """To this clerk, at this counter, by a code or a document, and not longer ago than a proof counts."""
    staff, now = visit.who.staff or "", visit.store.clock.now()
    return any(proven_to(row, staff, now) >= Proof.CODE for row in await journeys_of(tx, party))


def _origin(visit: Visit, party: str) -> Origin:
    return Origin(channel="desk", party=party, staff=visit.who.staff, unit=visit.who.unit)


ROUTES = [bill, bill_pdf]
