"""What use costs: which case of a tariff, how many units, what allowances cover, what the rest is priced at."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Final

from onehall.domains.billing.model import Draw, Pool, Subscription, Use
from onehall.domains.catalogue import Case, Tariff
from onehall.kernel.i18n import ZONE

NOTHING: Final = Decimal(0)
ALERTS: Final = (50, 80, 100)
WEEKEND: Final = 5
MINUTES_OF_HOUR: Final = 60
Calendar = Callable[[date], str]


def day_kind(day: date, known: dict[date, str]) -> str:
    """A day is what the calendar of public holidays says or, where it says nothing, a day of rest on Saturday and Sunday."""
    return known.get(day) or ("restday" if day.weekday() >= WEEKEND else "workday")


def case_of(tariff: Tariff, use: Use, calendar: Calendar) -> Case | None:
    """The first case of a tariff that fits a use is the one that prices it; a use that fits none has no price."""
    if tariff.plain and not _conditional(tariff.cases[0]):
        return tariff.cases[0]
    local = use.at.astimezone(ZONE)
    return next((case for case in tariff.cases if _fits(case, use, local, calendar)), None)


def units(case: Case, amount: Decimal) -> Decimal:
    """A record counts in whole steps, at least the least, and less the units that are free in each record."""
    counted = max(amount, case.least) - case.free
    if counted <= 0:
        return NOTHING
    return counted if not case.step else (counted / case.step).to_integral_value(ROUND_CEILING) * case.step


def draws(pools: Sequence[Pool], kind: str, line: str, at: datetime, wanted: Decimal) -> list[Draw]:
    """Allowances that stand at the time are used in order of priority, then the one that ends first, then the older."""
    found: list[Draw] = []
    for pool in pools:
        if wanted <= 0:
            break
        if pool.kind == kind and pool.start <= at and (pool.until is None or at < pool.until):
            part = min(pool.left_for(line), wanted)
            if part > 0:
                found.append(Draw(pool.id, part))
                wanted -= part
    return found


def drawing_order(pools: Iterable[Pool]) -> list[Pool]:
    """Allowances are drawn by priority, the one that ends first before those that last, the older before the newer."""
    return sorted(pools, key=lambda pool: (pool.priority, pool.until is None, pool.until or pool.start, pool.start, pool.id))


def cost(case: Case, left_over: Decimal) -> Decimal:
    """What so many units cost: each in its own tier, or all in the tier that the total lies in; whole packages are begun."""
    if case.model == "volume":
        tier = next(tier for tier in case.tiers if tier.up_to is None or left_over <= tier.up_to)
        return _packages(left_over, tier.per) * tier.amount
    total, below = NOTHING, NOTHING
    for tier in case.tiers:
        end = left_over if tier.up_to is None else min(left_over, tier.up_to)
        if end > below:
            total += _packages(end - below, tier.per) * tier.amount
            below = end
    return total


def price(case: Case, before: Decimal, more: Decimal) -> int:
    """A record costs what it adds to the month's total; half a fen and more counts as one.

    Where each record is priced for itself in one tier, the month's total makes no difference.
    """
    if case.basis == "record" and len(case.tiers) == 1:
        return rounded(cost(case, more))
    return rounded(cost(case, before + more)) - rounded(cost(case, before))


def rounded(exact: Decimal) -> int:
    """A price is whole fen; half a fen and more counts as one."""
    return int(exact.to_integral_value(ROUND_HALF_UP))


def counts_in_any_order(tariffs: Iterable[Tariff], pools: Iterable[Pool], kind: str) -> bool:
    """The order of records makes no difference where use has one price in whole fen, and its allowances stand for one time, for all."""
    mine = [pool for pool in pools if pool.kind == kind]
    some = list(tariffs)
    alike = all(one.plain and one == some[0] and _even(one.cases[0]) for one in some)
    return alike and not any(pool.members for pool in mine) and _apart({(pool.start, pool.until) for pool in mine})


def reached(before: Decimal, after: Decimal, total: Decimal, alerted: int) -> int:
    """A customer is told when half, four fifths and all of an allowance is used, once each; of several at once, the highest."""
    if total <= 0:
        return 0
    passed = [share for share in ALERTS if share > alerted and after * 100 >= total * share]
    return max(passed, default=0) if after > before else 0


def cycle_start(at: datetime, cycle_day: int = 1) -> date:
    """A bill's month begins at midnight of the account's cycle day, in the operator's zone."""
    local = at.astimezone(ZONE).date()
    if local.day >= cycle_day:
        return local.replace(day=cycle_day)
    return (local.replace(day=1) - timedelta(days=1)).replace(day=cycle_day)


def settled(minor: int, unbilled: int, free: int, floor: int, mode: str) -> tuple[int, int]:
    """What use costs is taken from prepaid money at once, as far as it reaches; the rest, and all of a postpaid account, is owed.

    What comes back pays what is owed first. Gives what the balance and what the debt change by.
    """
    if mode == "postpaid":
        return 0, minor
    if minor >= 0:
        taken = min(minor, max(0, free - floor))
        return -taken, minor - taken
    forgiven = min(-minor, max(0, unbilled))
    return -minor - forgiven, -forgiven


def plan_at(subscriptions: Iterable[Subscription], number: str, at: datetime) -> Subscription | None:
    """A record is rated by the plan that the number had when it happened."""
    for one in subscriptions:
        if one.kind == "plan" and one.number == number and one.since <= at and (one.until is None or at < one.until):
            return one
    return None


def _even(case: Case) -> bool:
    """Whether parts of a record cost as much as the whole."""
    if case.basis == "month":
        return True
    [tier, *more] = case.tiers
    return not more and tier.amount == tier.amount.to_integral_value() and bool(case.step) and not case.step % tier.per


def _packages(units_: Decimal, per: Decimal) -> Decimal:
    return (units_ / per).to_integral_value(ROUND_CEILING)


def _conditional(case: Case) -> bool:
    return bool(case.prefixes or case.zones or case.days or case.hours)


def _fits(case: Case, use: Use, local: datetime, calendar: Calendar) -> bool:
    if case.prefixes and not (use.peer or "").startswith(case.prefixes):
        return False
    if case.zones and (use.zone or "") not in case.zones:
        return False
    if case.days and calendar(local.date()) not in case.days:
        return False
    if case.hours is None:
        return True
    minute, (begin, end) = local.hour * MINUTES_OF_HOUR + local.minute, case.hours
    return begin <= minute < end if begin < end else minute >= begin or minute < end


def _apart(spans: set[tuple[datetime, datetime | None]]) -> bool:
    """Spans that are the same, or do not touch one another."""
    ordered = sorted(spans, key=lambda span: span[0])
    return all(first[1] is not None and first[1] <= second[0] for first, second in zip(ordered, ordered[1:], strict=False))
