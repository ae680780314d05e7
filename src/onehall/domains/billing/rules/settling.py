"""The decisions on what money pays: which bills first, and when a stored way to pay is tried."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Final

from onehall.domains.billing.model import Account, Incoming, OpenBill, Part
from onehall.kernel.i18n import ZONE, _
from onehall.kernel.money import Money, money
from onehall.kernel.refusals import Refusal

AUTOPAY_WAITS_DAYS: Final = (1, 3, 5)
PART_MIN: Final = money(1)
PART_MAX: Final = money(50_000)


def covers(mode: str, came: int, open_: int, balance: int, unbilled: int) -> int:
    """Money that comes pays open bills as far as it reaches; so does what lay on the account and is owed to nobody."""
    debt = unbilled if mode == "prepaid" else -balance
    return max(0, min(came, open_), open_ - max(0, debt))


def debt_settled(mode: str, unbilled: int, free: int) -> int:
    """A prepaid account's money first covers what was used and not covered before."""
    return min(max(0, unbilled), max(0, free)) if mode == "prepaid" else 0


def paying_order(bills: Iterable[OpenBill], wanted: Sequence[str] = ()) -> list[OpenBill]:
    """Money goes to the bills it was paid for, then to the oldest."""
    return sorted(bills, key=lambda bill: wanted.index(bill.id) if bill.id in wanted else len(wanted))


def spending_order(money: Iterable[Incoming], first: str | None = None) -> list[Incoming]:
    """A bill is paid by the money that came for it, then by the newest that pays no bill: older went before."""
    return sorted(money, key=lambda one: (one.entry == first, one.at, one.entry), reverse=True)


def allocations(bills: Sequence[OpenBill], money: Sequence[Incoming], most: int) -> list[Part]:
    """Bills are paid one after another; what reaches for a part of one pays that part."""
    spare = {one.entry: one.spare for one in money}
    found: list[Part] = []
    for bill in bills:
        left = bill.minor
        for one in money:
            minor = min(left, spare[one.entry], most)
            if minor > 0:
                found.append(Part(bill.id, one.entry, one.payment, minor))
                left, most = left - minor, most - minor
                spare[one.entry] -= minor
    return found


def netted(mode: str, total: int, due_: int) -> int:
    """What lay on a postpaid account when its bill was issued lessens it by what the bill comes to and does not ask for."""
    return max(0, total - due_) if mode == "postpaid" else 0


def taken_off(allocated: Sequence[Part], minor: int) -> list[Part]:
    """Money that goes back is taken off the newest bill that it paid first."""
    found: list[Part] = []
    for part in allocated:
        off = min(part.minor, minor)
        if off > 0:
            found.append(Part(part.bill, part.entry, part.payment, -off, part.netted))
            minor -= off
    return found


def asked_again(went: int, owed: int, open_: int, lessened: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Money that lessened a bill and goes back is owed again, on the newest such bill first; never more than bills do not ask for yet."""
    left, found = min(went, owed - open_), []
    for bill, minor in lessened:
        part = min(left, minor)
        if part > 0:
            found.append((bill, part))
            left -= part
    return found


def charged_again(first: datetime, tries: int) -> datetime | None:
    """A charge that failed is tried again a day, three and five days later; then the customer is asked to pay."""
    if tries >= len(AUTOPAY_WAITS_DAYS):
        return None
    return first + timedelta(days=sum(AUTOPAY_WAITS_DAYS[: tries + 1]))


def day_after(now: datetime) -> datetime:
    """What is open again after the day it was due is charged at noon of the next day, so that its customer hears of it first."""
    return datetime.combine(now.astimezone(ZONE).date() + timedelta(days=1), time(12), ZONE)


def part_amount(words: str) -> Money:
    """A part of a bill is 1 to 50,000 yuan, to the fen.

    :raises Refusal: `bill.amount`.
    """
    plain = words.strip().removesuffix("元").removeprefix("¥").strip()
    try:
        amount = money(plain) if len(plain) <= 10 and set(plain) <= set("0123456789.") else Money(0)
    except ValueError:
        amount = Money(0)
    if not PART_MIN <= amount <= PART_MAX:
        raise Refusal("bill.amount", _("Please give an amount from {least} to {most}.", least=PART_MIN, most=PART_MAX))
    return amount


def goes_back(once: str, unused: int, whole: int, left: int) -> int:
    """Of a payment goes back what was not used, of a top-up card the whole or nothing; of other money nothing, as no payer is known.

    `once`: by what it was put there; `left`: what lies on the account, minor units.
    """
    minor = max(0, min(unused, left))
    if once.startswith("card:"):
        return minor if minor == whole else 0
    return minor if once.startswith("topup:") else 0


def check_left(account: Account | None) -> Account:
    """What a line leaves when it has ended is paid out to its holder, once nothing can be charged to it any more.

    `account`: as it is left over; None when it still serves a line, owes something, or a bill of it is open.
    :raises Refusal: `payout.none`, 409.
    """
    if account is None or not account.free:
        raise Refusal("payout.none", _("Nothing is left to be paid out, or a last bill is still to come."), 409)
    return account
