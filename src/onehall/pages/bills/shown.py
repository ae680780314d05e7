"""A bill in a reader's words: one plain structure for the page, the PDF and the CSV, so that all three say the same."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from onehall.domains import billing
from onehall.domains.billing import Bill, Line, MonthSum
from onehall.kernel.i18n import ZONE, Text, _, show, thaw
from onehall.kernel.money import Money

explaining = billing.rules.explaining


class Row(msgspec.Struct, frozen=True):
    """A line of a bill as it is read: what, for which number, by which rule, the tax in it, and what it comes to."""

    what: str
    number: str
    why: str
    tax: str
    rate: str
    tax_major: str
    amount: str
    major: str
    month: str
    free: bool


class Paper(msgspec.Struct, frozen=True):
    """A bill as it is read."""

    id: str
    lang: str
    title: str
    no: str
    number: str
    period: str
    issued: str
    state: str
    total: str
    tax: str
    open: str
    owed: bool
    rows: list[Row]
    sums: list[tuple[str, str]]
    currency: str
    cycle: str


class Month(msgspec.Struct, frozen=True):
    """A month of the chart and of the table behind it; `share` is 0 to 100 of the highest."""

    name: str
    short: str
    amount: str
    fees: str
    use: str
    other: str
    share: int
    here: bool


def paper(bill: Bill, lang: str, now: datetime) -> Paper:
    """This will write a bill in a reader's language, as it stands `now`."""
    last = (bill.until - timedelta(microseconds=1)).astimezone(ZONE).date()
    say = _sayer(lang)
    return Paper(
        id=bill.id, lang=lang, title=say(_("Bill of {month}", month=explaining.month_name(bill.cycle))), no=bill.no,
        number=bill.number or "", period=say(_("{first} to {last}", first=bill.start.astimezone(ZONE).date(), last=last)),
        issued=say(bill.issued.astimezone(ZONE).date()), state=say(explaining.bill_state(bill, now)), total=say(bill.amount),
        tax=say(bill.contained_tax), open=say(bill.open), owed=bool(bill.open), rows=[_row(line, lang) for line in _ordered(bill.lines)],
        sums=[(say(label), say(amount)) for label, amount in _sums(bill)], currency=bill.currency, cycle=f"{bill.cycle:%Y-%m}",
    )  # fmt: skip


def entry(bill: Bill, lang: str, now: datetime) -> dict[str, Any]:
    """This will write a bill as an entry of a list."""
    say = _sayer(lang)
    return {
        "id": bill.id, "title": say(explaining.month_name(bill.cycle)), "no": bill.no, "total": say(bill.amount),
        "state": say(explaining.bill_state(bill, now)), "owed": bool(bill.open),
    }  # fmt: skip


def months(sums: Sequence[MonthSum], lang: str, here: date | None = None) -> list[Month]:
    """This will write the months of a chart, the oldest first; `here` is the one that stands out, else the latest."""
    ordered = sorted(sums, key=lambda one: one.cycle)
    top = max([one.amount.minor for one in ordered if one.amount.minor > 0], default=1)
    here = here or (ordered[-1].cycle if ordered else None)
    return [_month(one, lang, top, one.cycle == here) for one in ordered]


def _month(one: MonthSum, lang: str, top: int, here: bool) -> Month:
    say, currency = _sayer(lang), one.amount.currency
    fees = sum(minor for name, minor in one.by.items() if name == "fee")
    use = sum(minor for name, minor in one.by.items() if name.startswith("usage"))
    return Month(
        name=say(explaining.month_name(one.cycle)), short=say(explaining.SHORT_MONTHS[one.cycle.month - 1]),
        amount=say(one.amount), fees=say(Money(fees, currency)), use=say(Money(use, currency)),
        other=say(Money(one.amount.minor - fees - use, currency)), share=max(0, one.amount.minor) * 100 // top, here=here,
    )  # fmt: skip


def _row(line: Line, lang: str) -> Row:
    say = _sayer(lang)
    tax = Money(line.tax, line.currency)
    return Row(
        what=say(thaw(line.what)), number=line.number or "", why=say(explaining.reason(line)), tax=say(tax), tax_major=str(tax.decimal()),
        rate=f"{line.rate.normalize():f}", amount=say(line.money), major=str(line.money.decimal()),
        month=f"{line.month:%Y-%m}", free=not line.minor,
    )  # fmt: skip


def _ordered(lines: Iterable[Line]) -> list[Line]:
    """What costs something first, else as billed."""
    return sorted(lines, key=lambda line: line.minor == 0)


def _sums(bill: Bill) -> list[tuple[Text, Money]]:
    parts: list[tuple[Text, int]] = [
        (_("Total"), bill.total), (_("Tax contained"), bill.tax),
        (_("There already when issued"), -bill.netted), (_("To be paid when issued"), bill.due), (_("Paid since"), -bill.paid),
        (_("Given back since"), -bill.credited), (_("Still to be paid"), bill.open.minor),
    ]  # fmt: skip
    skipped = {_("There already when issued").id: bill.netted, _("Paid since").id: bill.paid, _("Given back since").id: bill.credited}
    return [(label, Money(minor, bill.currency)) for label, minor in parts if skipped.get(label.id, 1)]


def _sayer(lang: str) -> Any:
    return lambda value: show(value, lang)
