"""What may be used, owed and given: money and credit, limits of one's own, gifts, what is carried over, when a line is barred."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from onehall.domains.billing.model import Payer
from onehall.domains.billing.rules.money import KINDS, phone_number, quantity
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal

GIFT_MB_MIN: Final = 1
GIFT_MB_MONTH_MAX: Final = 20_480
GIFTS_MONTH_MAX: Final = 10
MEMBERS_MAX: Final = 9
TRIP: Final = timedelta(days=30)
ROAMING_FRESH: Final = timedelta(days=2)
INVITATION: Final = timedelta(days=3)
ROLLED: Final = "rolled:"
RESTORE_MEAN_SECONDS: Final = 3600
RESTORE_SECONDS_MAX: Final = 24 * 3600
GIVEN: Final = "gift:"
LIMIT_MAX: Final = 1_000_000
SESSION_AMOUNT_MAX: Final = Decimal(10**9)


def owing(free: int, unbilled: int) -> int:
    """A customer owes what their bills have left open and what was used since the last one."""
    return unbilled - free


def is_over_credit(mode: str, free: int, unbilled: int, credit_limit: int) -> bool:
    """A postpaid line is barred when more is owed than the credit limit; a limit of zero is none."""
    return mode == "postpaid" and credit_limit > 0 and owing(free, unbilled) > credit_limit


def may_owe(payer: Payer, more: int) -> bool:
    """Use that is asked for beforehand is refused when prepaid money, or a postpaid customer's credit, does not reach."""
    if more <= 0:
        return True
    if payer.mode == "postpaid":
        return not is_over_credit(payer.mode, payer.free, payer.unbilled + more, payer.credit_limit)
    return more <= payer.free - payer.floor


def limit_passed(payer: Payer, spent: int, data_mb: Decimal) -> str:
    """A customer's own limits are on what a month's use costs and on its data; what goes beyond either is told, or refused beforehand."""
    if payer.spend_limit is not None and spent > payer.spend_limit:
        return "money"
    return "data" if payer.data_cap is not None and data_mb > payer.data_cap else ""


def is_reason_gone(why: str, *, over_credit: bool, overdue: bool, owing_fee: bool) -> bool:
    """A line that stands still for money works again once its own reason is gone: credit free again, bills paid, fee covered."""
    return not {"credit": over_credit, "arrears": overdue, "empty": owing_fee}[why]


def is_restored_in_time(seconds: list[int]) -> bool:
    """Lines work again within an hour of the payment on average, and within 24 hours at most. (To be confirmed by the operator.)"""
    return not seconds or (sum(seconds) <= RESTORE_MEAN_SECONDS * len(seconds) and max(seconds) <= RESTORE_SECONDS_MAX)


def is_new_trip(last: datetime | None, at: datetime) -> bool:
    """A customer is told once that they are roaming: at the first use in a zone, and again after thirty days."""
    return last is None or at - last >= TRIP


def gift_amount(words: str) -> int:
    """Data is given away in whole MB.

    :raises Refusal: `gift.amount`, 422.
    """
    plain = words.strip().upper().removesuffix("MB").strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 6) or int(plain) < GIFT_MB_MIN:
        raise Refusal("gift.amount", _("Please give a whole number of MB."))
    return int(plain)


def check_gift(amount: int, left: Decimal, given: Decimal, times: int, kind: str = "data_mb") -> None:
    """A customer gives no more than is left, of data 20 GB in a month, and ten times in a month.

    :raises Refusal: `gift.left`, `gift.month`, `gift.times`, 409.
    """
    if amount > left:
        raise nothing_left(int(left), kind)
    if kind == "data_mb" and given + amount > GIFT_MB_MONTH_MAX:
        raise Refusal("gift.month", _("No more than {most} MB can be given in a month.", most=GIFT_MB_MONTH_MAX), 409)
    if times >= GIFTS_MONTH_MAX:
        raise Refusal("gift.times", _("Data can be given {most} times in a month.", most=GIFTS_MONTH_MAX), 409)


def nothing_left(left: int, kind: str) -> Refusal:
    """Who wants to give more than there is is told how much is left."""
    if kind == "data_mb":
        return Refusal("gift.left", _("Only {left} MB are left to give.", left=left), 409)
    return Refusal("gift.left", _("Only {left} are left to give.", left=quantity(kind, left)), 409)


def may_be_given(of: str) -> bool:
    """What was given, or carried over, is not given on."""
    return not of.startswith((ROLLED, GIVEN))


def rolls_over(of: str, months: int, left: Decimal) -> bool:
    """What is left of an allowance is carried over once, where the plan says so."""
    return months > 0 and left > 0 and may_be_given(of)


def member_number(words: str) -> str:
    """A member is named by a number of eleven digits.

    :raises Refusal: `number.form`.
    """
    return phone_number(words)


def member_limit(words: str) -> int:
    """A member's limit is whole units of each allowance; 0 is no limit.

    :raises Refusal: `limit.form`, 422.
    """
    return _whole(words)


def own_limit(words: str) -> int:
    """A limit of one's own is a whole number; 0 takes it away.

    :raises Refusal: `limit.form`, 422.
    """
    return _whole(words)


def left_for_member(rest: Decimal, most: Decimal | None, used: Decimal) -> Decimal:
    """A member may draw what is left of the allowance, but no more than is left of their own limit."""
    return max(Decimal(0), rest if most is None else min(rest, most - used))


def check_members(count: int) -> None:
    """An allowance is shared with nine members at most.

    :raises Refusal: `share.full`, 409.
    """
    if count >= MEMBERS_MAX:
        raise Refusal("share.full", _("An allowance is shared with {most} members at most.", most=MEMBERS_MAX), 409)


def check_wanted(kind: str, amount: Decimal) -> None:
    """What is charged at once is more than nothing, of a kind that has a name.

    :raises Refusal: `use.amount`, `use.kind`, 422.
    """
    if not kind or len(kind) > 40 or not kind.replace("_", "").isalnum():
        raise Refusal("use.kind", _("This is not a kind of use."), 422)
    if not amount.is_finite() or not 0 < amount <= SESSION_AMOUNT_MAX:
        raise Refusal("use.amount", _("A use is more than nothing."), 422)


def lease(seconds: int, most_minutes: int) -> timedelta:
    """Units are set aside for as long as was asked, at most for as long as the operator allows."""
    return timedelta(seconds=max(1, min(seconds, most_minutes * 60)))


def is_known_kind(kind: str) -> bool:
    """Allowances are of data, calls and messages."""
    return kind in KINDS


def _whole(words: str) -> int:
    plain = words.strip()
    if not (plain.isascii() and plain.isdigit()) or int(plain) > LIMIT_MAX:
        raise Refusal("limit.form", _("Please give a whole number from 0 to {most}.", most=LIMIT_MAX))
    return int(plain)
