"""The addresses of bills. Every one of them is the customer's own: what is not theirs is not there."""

import asyncio
from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from onehall.channels.web import replies
from onehall.channels.web.visit import Visit
from onehall.domains import billing
from onehall.domains.billing import Bill
from onehall.kernel.events import Origin
from onehall.kernel.i18n import LANGUAGES, Text, _
from onehall.kernel.identity import Who
from onehall.kernel.refusals import Refusal
from onehall.kernel.visits import Visited
from onehall.pages.bills import chart, shown
from onehall.pages.bills.document import document
from onehall.pages.bills.sheet import sheet

MONTHS: Final = 6
LIST: Final = "bill.list"
DETAIL: Final = "bill.detail"
ACCOUNTS_MAX: Final = 12
CHART: Final[Text] = _("Bills of the last months; the table has the figures")


@get("/bills", opt={"owner": True})
async def bills(visit: NamedDependency[Visit]) -> Response[str]:
    """This will show the customer's bills, those of each line with its last six months."""
    party = _party(visit)
    async with visit.hall.store.edge(party) as tx:
        found = await billing.queries.bills.bills(tx, party)
        accounts = list(dict.fromkeys(one.account for one in found))[:ACCOUNTS_MAX]
        sums = {account: await billing.queries.bills.months(tx, account, MONTHS) for account in accounts}
    shelves = [_shelf(visit, [one for one in found if one.account == account], sums[account]) for account in accounts]
    _count(visit, LIST)
    return visit.page("bills.html", shelves=shelves)


@get("/bills/{bill:str}", opt={"owner": True})
async def bill(visit: NamedDependency[Visit], bill: FromPath[str]) -> Response[str]:
    """This will show a bill line by line, each with its rule, beside the months before it."""
    party = _party(visit)
    async with visit.hall.store.edge(party) as tx:
        found = await billing.queries.looking.own_bill(tx, party, bill)
        months = shown.months(await billing.queries.bills.months(tx, found.account, MONTHS), visit.lang, found.cycle)
    _count(visit, DETAIL)
    paper = shown.paper(found, visit.lang, visit.hall.store.clock.now())
    return visit.page("bill.html", bill=paper, months=months, chart=_chart(visit, months))


@get("/bills/{bill:str}/pdf", opt={"owner": True})
async def bill_pdf(visit: NamedDependency[Visit], bill: FromPath[str], lang: FromQuery[str] = "") -> Response[bytes]:
    """This will send a bill as a PDF, in the reader's language or the one asked for."""
    paper = await _paper(visit, bill, lang)
    return _file(await asyncio.to_thread(document, paper), "application/pdf", f"bill-{paper.no}.pdf")


@get("/bills/{bill:str}/csv", opt={"owner": True})
async def bill_csv(visit: NamedDependency[Visit], bill: FromPath[str], lang: FromQuery[str] = "") -> Response[bytes]:
    """This will send the lines of a bill as CSV, in the reader's language or the one asked for."""
    paper = await _paper(visit, bill, lang)
    return _file(sheet(paper), "text/csv; charset=utf-8", f"bill-{paper.no}.csv")


async def _paper(visit: Visit, bill: str, lang: str) -> shown.Paper:
    party = _party(visit)
    async with visit.hall.store.edge(party) as tx:
        found = await billing.queries.looking.own_bill(tx, party, bill)
    _count(visit, DETAIL)
    return shown.paper(found, lang if lang in LANGUAGES else visit.lang, visit.hall.store.clock.now())


def _count(visit: Visit, function: str) -> None:
    """A page that says what a function says counts as that function's visit, with how its reader came."""
    hall = visit.hall
    origin = Origin(channel="web", party=visit.who.party, function=function, source=visit.caller.source)
    hall.visits.count(hall.store.clock.now(), Visited(function), origin)


def _party(visit: Visit) -> str:
    who: Who = visit.who
    if who.party is None:
        raise Refusal("unauthorized", _("Please log in first."), 401)
    return who.party


def _shelf(visit: Visit, some: list[Bill], sums: list[Any]) -> dict[str, Any]:
    months = shown.months(sums, visit.lang)
    now = visit.hall.store.clock.now()
    entries = [shown.entry(one, visit.lang, now) for one in some]
    return {"number": some[0].number or "", "bills": entries, "months": months, "chart": _chart(visit, months)}


def _chart(visit: Visit, months: list[shown.Month]) -> Any:
    return chart.drawn(months, CHART.render(visit.lang))


def _file(body: bytes, kind: str, name: str) -> Response[bytes]:
    headers = replies.SAFE | {"Cache-Control": "private, no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=kind, headers=headers)


ROUTES = [bills, bill, bill_pdf, bill_csv]
