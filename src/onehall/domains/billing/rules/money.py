"""The decisions of billing."""

import calendar
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from onehall.domains.billing.model import Leg, Move, Side
from onehall.kernel.i18n import ZONE, Text, _
from onehall.kernel.ids import is_id
from onehall.kernel.money import ZERO, Money, money
from onehall.kernel.refusals import Refusal

TOP_UP_MIN: Final = money(10)
TOP_UP_MAX: Final = money(5000)
COUNTER_METHODS: Final = frozenset({"cash", "card"})
RESERVATION_HOURS_MAX: Final = 24
NUMBER_LENGTH: Final = 11
API_AMOUNT_MAX: Final = money(1_000_000)
ALLOWANCE_MAX: Final = 10**9
MB_PER_GB: Final = 1024
KINDS: Final = ("data_mb", "voice_min", "sms")


def top_up_amount(words: str) -> Money:
    """A top-up is a whole number of yuan from 10 to 5,000.

    :raises Refusal: `topup.amount`.
    """
    plain = words.strip().removesuffix("元").removeprefix("¥").strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 6) or not TOP_UP_MIN <= money(plain) <= TOP_UP_MAX:
        raise Refusal("topup.amount", _("Please top up a whole amount from {least} to {most}.", least=TOP_UP_MIN, most=TOP_UP_MAX))
    return money(plain)


def phone_number(words: str) -> str:
    """A number to top up has eleven digits; spaces, dashes and +86 do not matter.

    :raises Refusal: `number.form`.
    """
    digits = words.replace(" ", "").replace("-", "").removeprefix("+86")
    if not (digits.isascii() and digits.isdigit() and len(digits) == NUMBER_LENGTH):
        raise Refusal("number.form", _("Please give a number of {count} digits.", count=NUMBER_LENGTH))
    return digits


def legs(moves: tuple[Move, ...]) -> list[Leg]:
    """Every move debits one side and credits another by the same amount, so that an entry always sums to zero.

    :raises ValueError: an amount below zero, or a move from a side to itself.
    """
    sums: dict[Side, int] = {}
    for move in moves:
        if move.amount.minor < 0 or move.debit == move.credit:
            raise ValueError(f"not a move: {move}")
        sums[move.debit] = sums.get(move.debit, 0) - move.amount.minor
        sums[move.credit] = sums.get(move.credit, 0) + move.amount.minor
    return [Leg(side, minor) for side, minor in sums.items() if minor]


def month_start(at: datetime) -> datetime:
    """A bill's month begins at midnight of its first day in the operator's zone."""
    return at.astimezone(ZONE).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def month_later(at: datetime, months: int = 1) -> datetime:
    """A month later is the same day of the month, or the month's last where it has no such day."""
    here = at.astimezone(ZONE)
    year, month = divmod(here.year * 12 + here.month - 1 + months, 12)
    day = min(here.day, calendar.monthrange(year, month + 1)[1])
    return here.replace(year=year, month=month + 1, day=day)


def deposit_part(deposit: Money, months: int, part: int) -> Money:
    """A prepayment comes back in equal monthly parts that sum to it; odd fen come first. Parts count from 1."""
    return deposit.split(months)[part - 1]


def is_open_for_money(status: str) -> bool:
    """Money is taken for what was asked only while the payment is pending; all other money goes back."""
    return status == "pending"


def check_amount(asked: Money, came: Money) -> None:
    """A payment is exactly what was asked for, in the currency it was asked in.

    :raises Refusal: `payment.amount`.
    """
    if asked != came:
        raise Refusal("payment.amount", _("{came} came where {asked} was asked for.", came=came, asked=asked))


def check_refund(received: int, spent: int, wanted: Money) -> None:
    """No more goes back than came in and was not used.

    :raises Refusal: `refund.amount`.
    """
    if not 0 < wanted.minor <= received - spent:
        rest = Money(received - spent, wanted.currency)
        raise Refusal("refund.amount", _("No more than {rest} of this payment can go back.", rest=rest))


def check_counter(method: str, staff: str | None, status: str) -> None:
    """Only staff take money at a counter, in cash or by card, and only for a payment that is still open.

    :raises Refusal: `forbidden`, `payment.method`, `payment.closed`.
    """
    if staff is None:
        raise Refusal("forbidden", _("Only staff can take money at a counter."), 403)
    if method not in COUNTER_METHODS:
        raise Refusal("payment.method", _("At the counter we take cash or cards."), 422)
    if not is_open_for_money(status):
        raise Refusal("payment.closed", _("This payment is over. Please begin again."), 409)


def arrears(balances: list[Money]) -> Money:
    """What a customer owes is what their accounts lie below zero; what lies above does not pay for it."""
    return sum((-balance for balance in balances if balance.minor < 0), ZERO)


def check_owes_nothing(owed: Money) -> None:
    """Who owes something pays it first: a line changes its number or its owner with nothing left to pay.

    :raises Refusal: `arrears`, 409.
    """
    if owed:
        raise Refusal("arrears", _("{owed} is owed. Please pay it first.", owed=owed), 409)


def share(left: Decimal | int, total: Decimal | int) -> int:
    """A bar shows what is left in whole percent; what is not quite empty does not look empty."""
    return 0 if total <= 0 or left <= 0 else max(1, int(left * 100 // total))


def stands_until(until: datetime) -> date:
    """An allowance is told to stand until its last day: one that ends at midnight until the day before."""
    return (until - timedelta(microseconds=1)).astimezone(ZONE).date()


def quantity(kind: str, amount: Decimal | int) -> Text:
    """Data is told in GB from 1 GB on, to one hundredth, and in MB below; calls in minutes, messages by number."""
    if kind == "data_mb" and amount >= MB_PER_GB:
        return _("{amount} GB", amount=_plain(Decimal(amount) / MB_PER_GB))
    if kind == "data_mb":
        return _("{amount} MB", amount=_plain(Decimal(amount)))
    short = _plain(Decimal(amount))
    if amount == 1:
        return _("1 minute") if kind == "voice_min" else _("1 message")
    return _("{amount} minutes", amount=short) if kind == "voice_min" else _("{amount} messages", amount=short)


def kind_name(kind: str) -> Text:
    """An allowance is called by what it is for."""
    names = {"data_mb": _("Data"), "voice_min": _("Calls"), "sms": _("Messages")}
    return names.get(kind, _("Other"))


def reserved_until(at: datetime) -> datetime:
    """Money is reserved for a day at most."""
    return at + timedelta(hours=RESERVATION_HOURS_MAX)


def payment_id(words: str) -> str:
    """A payment is named by its id, in small or capital letters.

    :raises Refusal: `payment.form`.
    """
    plain = words.strip().lower()
    if not is_id(plain):
        raise Refusal("payment.form", _("This is not the number of a payment."))
    return plain


def _plain(amount: Decimal) -> int | str:
    """To one hundredth, without zeros at the end; whole numbers stay numbers."""
    exact = amount.quantize(Decimal("0.01"))
    return int(exact) if exact == exact.to_integral_value() else f"{exact.normalize():f}"
