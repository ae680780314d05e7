"""When a plan may be changed, and from which day; what the first month costs."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from math import ceil, floor

from onehall.domains.catalogue.model import Offering
from onehall.kernel.i18n import ZONE, _
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal

FIRST_MONTH = ("whole", "half", "per_day")
HALF_FROM_DAY = 16


def change_day(now: datetime) -> datetime:
    """A change of plan takes effect on the first day of the next month, at midnight in the operator's zone."""
    local = now.astimezone(ZONE)
    first = date(local.year + local.month // 12, local.month % 12 + 1, 1)
    return datetime.combine(first, time(), ZONE).astimezone(now.tzinfo)


def contract_until(start: datetime, months: int) -> datetime | None:
    """A contract of so many months ends on the same day of its last month, or on that month's last day."""
    if not months:
        return None
    local = start.astimezone(ZONE)
    years, month = divmod(local.month - 1 + months, 12)
    last = monthrange(local.year + years, month + 1)[1]
    day = date(local.year + years, month + 1, min(local.day, last))
    return datetime.combine(day, time(), ZONE).astimezone(start.tzinfo)


def earliest_change(now: datetime, until: datetime | None, fee: Money, wanted: Money) -> datetime:
    """Within a contract only a plan of the same fee or more may be taken; any other from the first month that begins after it."""
    dearer = wanted.currency == fee.currency and wanted >= fee
    if until is None or until <= now or dearer:
        return change_day(now)
    local = until.astimezone(ZONE)
    return until if (local.day, local.time()) == (1, time()) else change_day(until)


def check_change_allowed(now: datetime, until: datetime | None, fee: Money, wanted: Offering) -> datetime:
    """A change that the contract locks is refused with its earliest day; else this is when it takes effect.

    :raises Refusal: `plan.contract`, 422.
    """
    day = earliest_change(now, until, fee, wanted.fee)
    if day > change_day(now):
        reason = _("Your contract runs until {until}; you can change to this plan from {day}.", until=_day(until or now), day=_day(day))
        raise Refusal("plan.contract", reason, 422)
    return day


def first_month_fee(plan: Offering, start: datetime) -> Money:
    """The first month costs the whole fee, half of it from the 16th on, or as many days as are left, today among them.

    Half a fen and more counts as one.
    """
    return Money(floor(plan.fee.minor * _share(plan.first_month, start) + Fraction(1, 2)), plan.fee.currency)


def first_month_allowances(plan: Offering, start: datetime) -> dict[str, int]:
    """The first month's allowance goes with its fee; a part of a unit counts as one."""
    share = _share(plan.first_month, start)
    return {service: ceil(amount * share) for service, amount in plan.allowances.items()}


def allowance_until(offering: Offering, start: datetime) -> datetime:
    """What an offering grants lasts as many days as it says or, saying none, until the end of the month."""
    return start + timedelta(days=offering.valid_days) if offering.valid_days else change_day(start)


def terms_differ(before: Offering, after: Offering) -> bool:
    """Terms are new when what a subscriber pays, gets or is bound to is not the same; a new name alone is not."""
    return _terms(before) != _terms(after)


def _terms(offering: Offering) -> tuple[object, ...]:
    return (
        offering.kind, offering.priced, offering.fee, offering.once, offering.allowances, offering.rates, offering.tariffs,
        offering.contract_months, offering.first_month, offering.fee_when, offering.valid_days,
        offering.min_spend, offering.exit_percent, offering.pay_back,
    )  # fmt: skip


def _share(mode: str, start: datetime) -> Fraction:
    local = start.astimezone(ZONE)
    days = monthrange(local.year, local.month)[1]
    if mode == "half" and local.day >= HALF_FROM_DAY:
        return Fraction(1, 2)
    return Fraction(days - local.day + 1, days) if mode == "per_day" else Fraction(1)


def _day(at: datetime) -> date:
    return at.astimezone(ZONE).date()
