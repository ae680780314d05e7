"""Every decision about the one split bill: who pays what of which month."""

from collections.abc import Iterable
from datetime import date, datetime

from onehall.domains import billing
from onehall.domains.estore.model import Request, Split
from onehall.kernel.i18n import ZONE


def company_share(one: Request, cycle: date, mode: str) -> int:
    """The company pays its part for the days of the month on which it stood, as the terms count a first month, and no others."""
    bills = billing.rules.bills
    return bills.part_of_fee(one.minor, bills.share_of_cycle(mode, cycle, one.began or one.asked, one.ended))


def member_share(one: Request, cycle: date, mode: str) -> int:
    """A member pays the first month with the order and each further one in advance, so the month of leaving whole."""
    bills = billing.rules.bills
    share = bills.share_of_cycle(mode, cycle, one.began or one.asked, None)
    if one.first_minor is not None and bills.midnight(cycle) <= (one.began or one.asked) < bills.midnight(bills.next_cycle(cycle)):
        return one.first_minor
    return bills.part_of_fee(one.fee - one.minor, share)


def totals(lines: Iterable[Split]) -> tuple[int, int, int]:
    """A bill's totals are the sums of its lines: all together, the company's part, the members' part (minor units)."""
    kept = list(lines)
    company, members = sum(one.company for one in kept), sum(one.member for one in kept)
    return company + members, company, members


def was_left(one: Request, offering: str, now: datetime) -> bool:
    """A member who goes over to another plan leaves the one that the company pays a part of; packs stay, and what is yet to begin."""
    return one.kind != "pack" and one.offering != offering and (one.began or now) <= now


def left_at(one: Request, now: datetime) -> datetime:
    """A plan that was left on the very day of its beginning never stood: nobody pays a part of it."""
    began = one.began or now
    return began if began.astimezone(ZONE).date() == now.astimezone(ZONE).date() else now
