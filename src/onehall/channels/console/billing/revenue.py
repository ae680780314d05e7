"""Revenue by offering and month: a chart, the table behind it, and the very query behind that."""

from datetime import date
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from onehall.channels.console.billing.runs import offering_name
from onehall.channels.console.billing.words import cash, check_whole, figure
from onehall.channels.console.room import about
from onehall.domains import billing
from onehall.kernel.i18n import _, show
from onehall.kernel.store import Tx
from onehall.pages import Visit

SPANS = (3, 6, 12, 24)
YEARS = 10
COLOURS = 6
WIDE = 1000


@get("/revenue")
async def revenue(visit: NamedDependency[Visit], months: FromQuery[int] = 6, year: FromQuery[int] = 0) -> Response[str]:
    """This will show what each offering brought in the bills of the latest months, or of a year; where there are none, of the last year."""
    check_whole(visit)
    span, ask = months if months in SPANS else 6, billing.queries.bills
    async with visit.store.glance(0) as tx:
        years = (await ask.billed_years(tx))[:YEARS]
        since, until = _of_year(year) if year in years else ask.revenue_span(tx, span)
        found = await ask.revenue(tx, since, until)
        if not found and years:
            year = years[0]
            since, until = _of_year(year)
            found = await ask.revenue(tx, since, until)
        names = {one: await _name(tx, one, visit.lang) for one in {row.offering for row in found}}
    rows = [_row(one, names, visit.lang) for one in found]
    charts = [_chart(found, currency, names, visit.lang) for currency in sorted({one.amount.currency for one in found})]
    return visit.page(
        "billing/revenue.html", rows=rows, charts=charts, span=span if year not in years else 0, spans=SPANS, years=years, year=year,
        sql=ask.REVENUE_SQL, since=since.isoformat(), until=until.isoformat(),
        **await about(visit),
    )  # fmt: skip


def _of_year(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year + 1, 1, 1)


async def _name(tx: Tx, id_: str, lang: str) -> str:
    return await offering_name(tx, id_, lang) if id_ else _("Single charges").render(lang)


def _row(one: Any, names: dict[str, str], lang: str) -> dict[str, Any]:
    return {"month": f"{one.month:%Y-%m}", "name": names[one.offering], "amount": show(one.amount, lang), "bills": figure(one.bills)}


def _chart(found: list[Any], currency: str, names: dict[str, str], lang: str) -> dict[str, Any]:
    """A bar for each month, cut into its offerings: the largest have a colour each, the rest one together."""
    mine = [one for one in found if one.amount.currency == currency]
    sums: dict[str, int] = {}
    for one in mine:
        sums[one.offering] = sums.get(one.offering, 0) + one.amount.minor
    largest = sorted(sums, key=lambda id_: (-sums[id_], id_))[:COLOURS]
    by_month: dict[date, dict[int, int]] = {}
    for one in mine:
        colour = largest.index(one.offering) if one.offering in largest else COLOURS
        parts = by_month.setdefault(one.month, {})
        parts[colour] = parts.get(colour, 0) + one.amount.minor
    top = max((sum(max(0, minor) for minor in parts.values()) for parts in by_month.values()), default=0) or 1
    legend = [{"colour": place, "name": names[id_], "sum": cash(sums[id_], currency, lang)} for place, id_ in enumerate(largest)]
    if rest := sum(minor for id_, minor in sums.items() if id_ not in largest):
        legend.append({"colour": COLOURS, "name": _("Others").render(lang), "sum": cash(rest, currency, lang)})
    bars = [_bar(month, parts, top, currency, lang) for month, parts in sorted(by_month.items(), reverse=True)]
    return {"currency": currency, "legend": legend, "bars": bars, "sum": cash(sum(sums.values()), currency, lang)}


def _bar(month: date, parts: dict[int, int], top: int, currency: str, lang: str) -> dict[str, Any]:
    """The parts lie side by side; what is below zero (more given back than brought) has no width."""
    placed, x = [], 0
    for colour, minor in sorted(parts.items()):
        width = max(0, minor) * WIDE // top
        placed.append({"colour": colour, "x": x, "width": width})
        x += width
    return {"month": f"{month:%Y-%m}", "parts": placed, "sum": cash(sum(parts.values()), currency, lang)}


ROUTES = [revenue]
