"""What is said of a bill: the rule that each line comes from, and the causes of a difference, in words."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final

from onehall.domains.billing.model.bills import Bill, Line
from onehall.domains.billing.model.comparing import Cause
from onehall.domains.billing.rules.bills import NOTE_LENGTH_MAX, is_overdue
from onehall.domains.billing.rules.money import KINDS, MB_PER_GB, kind_name, quantity
from onehall.domains.billing.rules.rating import cycle_start
from onehall.kernel.i18n import ZONE, Text, _
from onehall.kernel.money import Money, exponent
from onehall.kernel.refusals import Refusal

MONTHS: Final = (
    _("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"), _("August"), _("September"), _("October"),
    _("November"), _("December"),
)  # fmt: skip
SHORT_MONTHS: Final = (
    _("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun"), _("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov"), _("Dec"),
)  # fmt: skip
PLACES_MAX: Final = 4
NOTE_LENGTH_MIN: Final = 2


def month_name(day: date) -> Text:
    """A bill is called by the month in which its cycle begins."""
    return _("{month} {year}", month=MONTHS[day.month - 1], year=str(day.year))


def month_wanted(words: str, now: datetime) -> date:
    """A month is named as 2026-11 or 202611, or by its number alone: then it is the latest of that number.

    :raises Refusal: `month.form`.
    """
    digits = "".join(words.split()).replace("-", "").replace("/", "")
    today = now.astimezone(ZONE).date()
    if not (digits.isascii() and digits.isdigit() and len(digits) in (1, 2, 6)) or not 1 <= int(digits[-2:]) <= 12:
        raise Refusal("month.form", _("Please name a month as 2026-11."), 422)
    month = int(digits[-2:])
    year = int(digits[:4]) if len(digits) == 6 else today.year - (month > today.month)
    if not 2000 <= year <= today.year:
        raise Refusal("month.form", _("Please name a month as 2026-11."), 422)
    return date(year, month, 1)


def cycle_of(month: date | None, cycle_day: int, now: datetime) -> date:
    """A month that is named means the bill's month that begins in it; no month means the one that runs now."""
    return cycle_start(now, cycle_day) if month is None else month.replace(day=cycle_day)


def is_called(bill: Bill, words: str) -> bool:
    """A bill is found by its id, its number, or its month."""
    plain = words.strip()
    return plain in (bill.id, bill.no, f"{bill.cycle:%Y%m}", f"{bill.cycle:%Y-%m}")


def reason(line: Line) -> Text:
    """Every line of a bill says the rule that it comes from, in the customer's words."""
    match line.kind:
        case "fee":
            return _fee(line)
        case "usage":
            return _use(line)
        case "instalment" if "part" in line.doc:
            return _("instalment {part} of {parts}", part=line.doc["part"], parts=line.doc.get("parts", 1))
    return {
        "discount": _("a discount on the fees"), "instalment": _("an instalment"), "exit": _("for leaving before the contract ends"),
        "once": _("once only"), "credit": _("given back of an earlier bill"),
    }.get(line.kind, _("a single charge"))  # fmt: skip


def tax_said(line: Line) -> Text | None:
    """A price says the tax that it contains; one without tax says nothing."""
    if not line.tax:
        return None
    return _("{tax} tax at {rate} % contained", tax=Money(line.tax, line.currency), rate=f"{line.rate.normalize():f}")


def unit_price(line: Line) -> Text | None:
    """A price of units is told where every unit costs the same and it can be written out; of data for a GB where a MB is no whole fen."""
    if not line.left_over or not line.minor or line.doc.get("tiers"):
        return None
    if line.service == "data_mb" and line.minor % line.left_over:
        each = line.minor * MB_PER_GB / line.left_over
        if each == each.to_integral_value():
            return _("{price} a GB", price=Money(int(each), line.currency))
    exact = Fraction(line.minor) / Fraction(line.left_over)
    written = round(Decimal(exact.numerator) / Decimal(exact.denominator), PLACES_MAX)
    if Fraction(written) != exact:
        return None
    whole = written == written.to_integral_value()
    major = written.scaleb(-exponent(line.currency)).normalize()
    price = Money(int(written), line.currency) if whole else f"{major:f} {line.currency}"
    return {
        "data_mb": _("{price} a MB", price=price), "voice_min": _("{price} a minute", price=price),
        "sms": _("{price} a message", price=price),
    }.get(line.service or "", _("{price} each", price=price))  # fmt: skip


def cause_words(one: Cause) -> Text:
    """A cause is told by what came, went or changed."""
    if one.kind == "use":
        return _use_cause(one)
    if one.kind == "plan":
        return _("{new} instead of {old}", new=one.what, old=one.before)
    words = {
        "fee_new": _("New: {what}", what=one.what), "fee_ended": _("Ended: {what}", what=one.what),
        "fee_changed": _("New price: {what}", what=one.what), "part": _("For another part of the month: {what}", what=one.what),
        "late": _("Use of earlier months, told late"), "once": _("Once only: {what}", what=one.what),
        "once_over": _("Not again: {what}", what=one.what), "discount": _("New discount: {what}", what=one.what),
        "discount_ended": _("Discount ended: {what}", what=one.what), "discount_changed": _("Another discount: {what}", what=one.what),
        "instalment": _("New instalments: {what}", what=one.what), "instalment_ended": _("Paid off: {what}", what=one.what),
        "instalment_changed": _("Another instalment: {what}", what=one.what), "credit": _("{what}", what=one.what),
        "credit_over": _("Not again: {what}", what=one.what), "rest": _("{count} other reasons", count=one.after),
    }  # fmt: skip
    return words[one.kind]


def signed(amount: Money) -> Text:
    """A difference is told with its sign."""
    return _("+{amount}", amount=amount) if amount.minor > 0 else _("{amount}", amount=amount)


def bill_state(bill: Bill, now: datetime) -> Text:
    """A bill is paid, open until a day, overdue after it, or on hold while it is looked into; money that lay there pays it too."""
    if bill.status == "on_hold":
        return _("being looked into")
    if bill.open.minor <= 0:
        return _("paid")
    day = bill.due_on.astimezone(ZONE).date()
    if is_overdue(bill.due_on, now):
        return _("{open} overdue since {day}", open=bill.open, day=day)
    return _("{open} to be paid by {day}", open=bill.open, day=day)


def objection(words: str) -> str:
    """An objection is told in a few words: two letters at least, five hundred at most.

    :raises Refusal: `dispute.note`.
    """
    plain = " ".join(words.split())
    if not NOTE_LENGTH_MIN <= len(plain) <= NOTE_LENGTH_MAX:
        raise Refusal("dispute.note", _("Please tell us in a few words what is wrong."), 422)
    return plain


def peer_masked(peer: str) -> str:
    """Of the other side of a call the digits in the middle are hidden."""
    return f"{peer[:-8]}****{peer[-4:]}" if len(peer) >= 11 else peer


def _fee(line: Line) -> Text:
    fee, share = line.doc.get("fee"), str(line.doc.get("share", "1"))
    if not isinstance(fee, int):
        return _("monthly fee; the first month by the plan's rule")
    whole = Money(fee, line.currency)
    return _("the whole month") if share == "1" else _("{share} of {fee} a month, for the days it stood", share=share, fee=whole)


def _use(line: Line) -> Text:
    if line.left_over is None or not line.left_over:
        return _("within the allowance")
    over, price = _amount(line.service or "", line.left_over), unit_price(line)
    if price is None:
        return _("{over} over, by the tiers of the tariff", over=over) if line.minor else _("{over} over, free of charge", over=over)
    return _("{over} over at {price}", over=over, price=price)


def _amount(kind: str, amount: Decimal) -> Text:
    return quantity(kind, amount) if kind in KINDS else _("{amount} units", amount=f"{amount.normalize():f}")


def _use_cause(one: Cause) -> Text:
    before, after = Decimal(one.before), Decimal(one.after)
    kind, name = str(one.what or ""), kind_name(str(one.what or ""))
    if before == after or kind not in KINDS:
        return _("Use: {what}", what=name)
    return _("{what}: {after} over instead of {before}", what=name, after=quantity(kind, after), before=quantity(kind, before))
