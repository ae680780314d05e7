"""What stands on a bill: cycles, parts of a month, discounts, instalments, leaving early, tax, and what is due when."""

import calendar
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import floor
from typing import Final

from msgspec.structs import replace

from onehall.domains.billing.model.bills import TaxRate
from onehall.domains.billing.model.usage import Subscription
from onehall.domains.billing.rules.rating import cycle_start
from onehall.kernel.i18n import ZONE, _
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal

CYCLE_DAY_MAX: Final = 28
HALF_FROM_DAY: Final = 16
DUE_DAYS: Final = 20
DISPUTE_DAYS_MAX: Final = 150  # complaints about fees of more than five months ago are not taken (RULES of the trade, complaints)
TOLD_DAYS_MAX: Final = 62
NOTE_LENGTH_MAX: Final = 500
EXIT_PERCENT: Final = Decimal(90)
HUNDRED: Final = Decimal(100)
FEES: Final = ("plan", "pack", "service")
CATEGORIES: Final = {"device": "goods", "instalment": "goods", "pack": "basic", "plan": "basic", "service": "value_added"}


def midnight(day: date) -> datetime:
    """A cycle begins at midnight of its first day in the operator's zone."""
    return datetime.combine(day, time(), ZONE)


def next_cycle(cycle: date) -> date:
    """A cycle ends where the next begins: on the same day of the next month."""
    year, month = divmod(cycle.year * 12 + cycle.month, 12)
    return date(year, month + 1, cycle.day)


def last_day(cycle: date) -> date:
    """A cycle's last day is the one before the next begins."""
    return next_cycle(cycle) - timedelta(days=1)


def cycle_before(day: date) -> date:
    """The cycle that ended as a day began is the one of the month before."""
    year, month = divmod(day.year * 12 + day.month - 2, 12)
    return date(year, month + 1, day.day)


def cycles_until(cycle: date, last: date | None) -> list[date]:
    """After a cycle come those that begin until a day, that day among them."""
    found: list[date] = []
    while last is not None and (cycle := next_cycle(cycle)) <= last:
        found.append(cycle)
    return found


def closed_cycles(since: datetime, cycle_day: int, now: datetime) -> list[date]:
    """A cycle can be billed once it is over; the one that runs now is not."""
    found, cycle = [], cycle_start(since, cycle_day)
    while midnight(next_cycle(cycle)) <= now:
        found.append(cycle)
        cycle = next_cycle(cycle)
    return found


def share_of_cycle(mode: str, cycle: date, since: datetime, until: datetime | None) -> Fraction:
    """A fee is owed for the part of a cycle in which it stood: all of it, a half from the 16th day (or until then), or by the day."""
    start, end = midnight(cycle), midnight(next_cycle(cycle))
    if since >= end or (until is not None and until <= start):
        return Fraction(0)
    first = (since.astimezone(ZONE).date() - cycle).days if since > start else 0
    days = (next_cycle(cycle) - cycle).days
    last = (
        days
        if until is None or until >= end
        else (until.astimezone(ZONE) - timedelta(microseconds=1)).date().toordinal() - cycle.toordinal() + 1
    )
    if mode == "per_day":
        return Fraction(max(0, last - first), days)
    if mode == "half" and (first >= HALF_FROM_DAY - 1 or last < HALF_FROM_DAY):
        return Fraction(1, 2)
    return Fraction(1)


def mode_of_cycle(mode: str, changed: bool) -> str:
    """Where a line goes from one plan to another within a cycle, both fees are owed by the day, whatever the mode."""
    return "per_day" if changed else mode


def part_of_fee(fee: int, share: Fraction) -> int:
    """A part of a fee is whole fen; half a fen and more counts as one."""
    return floor(fee * share + Fraction(1, 2))


def pays_in_advance(mode: str, fee_when: str) -> bool:
    """Prepaid money pays a fee before its month, unless the fee is owed only for months with use."""
    return mode == "prepaid" and fee_when != "used"


def owes_fee(fee_when: str, used: bool) -> bool:
    """A plan that is paid for only when used owes its fee for a cycle with any use of any kind, also of a zero amount."""
    return fee_when != "used" or used


def discount(of: int, percent: Decimal | None, amount: int) -> int:
    """A discount is a part of what it is on, half a fen and more as one, or an amount; it never goes below nothing."""
    wanted = rounded(of * percent / HUNDRED) if percent is not None else amount
    return min(max(0, wanted), max(0, of))


def stands_in(since: datetime, cycle: date, cycle_day: int, months: int) -> bool:
    """What runs for so many months stands in that many cycles, from the one that it began in; without a number for ever."""
    return not months or 0 <= cycles_between(cycle_start(since, cycle_day), cycle) < months


def cycles_between(first: date, later: date) -> int:
    """Cycles are counted by months from one to another."""
    return (later.year - first.year) * 12 + later.month - first.month


def instalment(whole: Money, parts: int, part: int) -> Money:
    """What is paid in instalments is split in equal parts that sum to it; odd fen come first. Parts count from 1."""
    return whole.split(parts)[part - 1]


def instalments_left(whole: Money, parts: int, paid: int) -> Money:
    """Who leaves pays all instalments that are not paid yet at once."""
    return sum(whole.split(parts)[paid:], Money(0, whole.currency))


def months_left(until: datetime | None, at: datetime) -> int:
    """Of a contract that is left early every month begun counts as a whole one."""
    if until is None or until <= at:
        return 0
    here, end = at.astimezone(ZONE), until.astimezone(ZONE)
    months = (end.year - here.year) * 12 + end.month - here.month
    day = min(here.day, calendar.monthrange(end.year, end.month)[1])
    return months + ((end.day, end.time()) > (day, here.time()))


def early_exit(months: int, least: Money, percent: Decimal = EXIT_PERCENT) -> Money:
    """Who leaves early pays the months that remain times the minimum spend times a percentage; half a fen and more counts as one."""
    return Money(rounded(months * least.minor * percent / HUNDRED), least.currency)


def tax_category(kind: str) -> str:
    """Handsets and their instalments are goods, services on top are value added, all else is basic telecom service."""
    return CATEGORIES.get(kind, "basic")


def tax_percent(rates: Iterable[TaxRate], currency: str, category: str, day: date) -> Decimal:
    """The rate of tax is the one in force on the day for what is sold; a currency without rates has no tax in its prices."""
    for rate in rates:
        if (rate.currency, rate.category) == (currency, category) and rate.since <= day and (rate.until is None or day < rate.until):
            return rate.percent
    return Decimal(0)


def tax_contained(minor: int, percent: Decimal) -> int:
    """Prices contain their tax: of an amount it is percent of (100 + percent), half a fen and more as one."""
    return rounded(minor * percent / (HUNDRED + percent))


def due_on(issued: datetime, days: int = DUE_DAYS) -> datetime:
    """A bill is to be paid by the end of so many days after the day that it was issued on."""
    return midnight(issued.astimezone(ZONE).date() + timedelta(days=days + 1)) - timedelta(seconds=1)


def is_overdue(due_on_: datetime, now: datetime) -> bool:
    """A bill that is open is overdue once the day that it was to be paid by is over."""
    return due_on_ <= now


def due(owed: int, open_before: int) -> int:
    """A bill is due for what the account owes and no earlier bill asks for; money that is there already is taken off."""
    return max(0, owed - open_before)


def bill_status(due_: int, paid: int) -> str:
    """A bill of which nothing is left to pay is settled, one that is paid in part is partially paid, any other was sent."""
    return "settled" if due_ <= paid else "partially_paid" if paid else "sent"


def bill_no(cycle: date, sequence: int, id_: str) -> str:
    """A bill's number is its month, what tells it from all others, and its place where there are several of a cycle."""
    return f"{cycle:%Y%m}-{id_[-10:].upper()}" + (f"-{sequence}" if sequence else "")


def is_told(ended: datetime, total: int, due_: int, now: datetime) -> bool:
    """A customer is told of a bill that comes to something, of a cycle that ended within two months: not of history brought along."""
    return bool(total or due_) and now - ended <= timedelta(days=TOLD_DAYS_MAX)


def check_dispute(status: str, minor: int, issued: datetime, now: datetime) -> None:
    """A line can be contested once, for five months after its bill, if it costs something.

    :raises Refusal: `dispute.late`, `dispute.nothing`, `dispute.known`.
    """
    if now - issued > timedelta(days=DISPUTE_DAYS_MAX):
        raise Refusal("dispute.late", _("This bill is too old to be contested."), 409)
    if minor <= 0:
        raise Refusal("dispute.nothing", _("This line costs nothing."), 409)
    if status:
        raise Refusal("dispute.known", _("This line is contested already."), 409)


def check_credit(wanted: int, minor: int, credited: int) -> None:
    """No more is given back of a bill than it came to and was not given back before.

    :raises Refusal: `credit.amount`.
    """
    if not 0 < wanted <= minor - credited:
        raise Refusal("credit.amount", _("No more than was billed can be given back."), 422)


def advance_due(fees: Sequence[int], free: int, floor_: int) -> int:
    """Fees in advance are taken from prepaid money all together or not at all; gives what is taken."""
    wanted = sum(fees)
    return wanted if wanted <= free - floor_ else 0


def standing(subscriptions: Iterable[Subscription], cycle: date) -> list[Subscription]:
    """What an account is charged by in a cycle is what stood at some moment of it."""
    start, end = midnight(cycle), midnight(next_cycle(cycle))
    return [one for one in subscriptions if one.since < end and (one.until is None or one.until > start) and one.until != one.since]


def unbroken(subscriptions: Iterable[Subscription]) -> list[Subscription]:
    """A fee does not notice that a line took another number: what goes on under the new one counts from when it began."""
    some = list(subscriptions)
    gone_on = {one.doc["after"] for one in some if "after" in one.doc}
    if not gone_on:
        return some
    return [replace(one, since=one.began) if "began" in one.doc else one for one in some if one.id not in gone_on]


def by_the_day(one: Subscription, cycle: date) -> Subscription | None:
    """In the month of a change of owner each pays by the day, the new one from that day on; gives how it counts, None where it does not."""
    start, end = midnight(cycle), midnight(next_cycle(cycle))
    received = bool(one.doc.get("received")) and start < one.since < end
    given = bool(one.doc.get("given")) and one.until is not None and start < one.until < end
    if given and one.until is not None:
        return replace(one, until=midnight(one.until.astimezone(ZONE).date()))
    return one if received else None


def changed_in(one: Subscription, others: Iterable[Subscription], cycle: date) -> bool:
    """A line changed its plan in a cycle when one plan of it ends, within the cycle, at the moment another begins."""
    start, end = midnight(cycle), midnight(next_cycle(cycle))
    mine = [other for other in others if other.product == one.product and other.kind == one.kind and other.id != one.id]
    begins = start < one.since < end and any(other.until == one.since for other in mine)
    ends = one.until is not None and start < one.until < end and any(other.since == one.until for other in mine)
    return begins or ends


def rounded(exact: Decimal) -> int:
    """An amount is whole fen; half a fen and more counts as one, on either side of nothing."""
    return int(exact.to_integral_value(ROUND_HALF_UP))
