"""The split bill of a private shop in a reader's words: one plain structure for the pages and the PDF, so that all say the same."""

from collections.abc import Sequence
from datetime import date

import msgspec

from onehall.domains import billing, estore
from onehall.domains.billing import Bill
from onehall.domains.estore import EStore, Split
from onehall.kernel.i18n import Named, _, show
from onehall.kernel.money import Money


class Row(msgspec.Struct, frozen=True):
    """A line of the bill as it is read."""

    who: str
    number: str
    what: str
    total: str
    company: str
    member: str


class Paper(msgspec.Struct, frozen=True):
    """A split bill as it is read; `bills` are the numbers and sums of the bills that the company itself got for the month."""

    lang: str
    title: str
    shop: str
    month: str
    rows: list[Row]
    total: str
    company: str
    members: str
    bills: list[tuple[str, str]]
    earlier: str
    later: str


def paper(shop: EStore, month: date, lines: Sequence[Split], bills: Sequence[Bill], lang: str, today: date) -> Paper:
    """This will write the split bill of a month in a reader's language."""
    total, company, members = (show(Money(part), lang) for part in estore.rules.totals(lines))
    first = month.replace(day=1)
    later = billing.rules.bills.next_cycle(first)
    return Paper(
        lang=lang, title=show(_("Split bill of {month}", month=billing.rules.explaining.month_name(first)), lang), shop=shop.name,
        month=f"{first:%Y-%m}", rows=[_row(one, lang) for one in lines], total=total, company=company, members=members,
        bills=[(one.no, show(one.amount, lang)) for one in bills], earlier=f"{billing.rules.bills.cycle_before(first):%Y-%m}",
        later=f"{later:%Y-%m}" if later <= today else "",
    )  # fmt: skip


def month_of(text: str, today: date) -> date:
    """This will read a month as pages name it, 2026-11; anything else, and a month to come, is the one that runs."""
    try:
        return min(date.fromisoformat(f"{text}-01"), today.replace(day=1))
    except ValueError:
        return today.replace(day=1)


def _row(one: Split, lang: str) -> Row:
    request = one.request
    amounts = (show(Money(minor, request.currency), lang) for minor in (one.company + one.member, one.company, one.member))
    return Row(one.name, request.number or "", show(Named(request.name), lang), *amounts)
