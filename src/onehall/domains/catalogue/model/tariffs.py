"""What use costs, as data: a tariff of a service is a list of cases, each with its price in tiers.

In a TMF620 price of type "usage" a tariff stands under `tariff`; a plain price for each `unitOfMeasure` is a tariff of one case.
Amounts of use are Decimals in the unit of the service (MB, minutes, messages); prices are Decimals of minor units, exact.
"""

from decimal import Decimal
from typing import Any, Literal

import msgspec

from onehall.kernel.i18n import Named

ONE = Decimal(1)
NOTHING = Decimal(0)
UNNAMED = Named({})
MINUTES_OF_DAY = 24 * 60


class Tier(msgspec.Struct, frozen=True):
    """What units cost up to a total of the month (None: without end): `amount` minor units for each `per` units begun."""

    amount: Decimal
    per: Decimal = ONE
    up_to: Decimal | None = None


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """When a price holds, and how it counts. The first case of a tariff that fits a use is the one.

    `prefixes`: how the other side's number begins; `zones`: where the use was made ("" is at home); `days`: workday, restday;
    `hours`: [from, to) in minutes of the local day, over midnight where to is less; empty or None fits all.
    `covered`: whether allowances are used first. A record is rounded up to whole `step`s, at least `least`, less its first `free`
    units. `basis`: whether what is left over is priced record by record, or as the month's total. `model`: graduated prices each
    unit by its own tier, volume all units by the tier that the total lies in.
    """

    key: str = ""
    name: Named = UNNAMED
    prefixes: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    days: tuple[Literal["workday", "restday"], ...] = ()
    hours: tuple[int, int] | None = None
    covered: bool = True
    step: Decimal = ONE
    least: Decimal = NOTHING
    free: Decimal = NOTHING
    basis: Literal["record", "month"] = "record"
    model: Literal["graduated", "volume"] = "graduated"
    tiers: tuple[Tier, ...] = ()


class Tariff(msgspec.Struct, frozen=True):
    """What one service costs, by case."""

    service: str
    cases: tuple[Case, ...]

    @property
    def plain(self) -> bool:
        """This will tell whether the order in which records are counted makes no difference to what they cost."""
        return len(self.cases) <= 1


def flat(service: str, amount: Decimal, per: int) -> Tariff:
    """This will make the tariff of a plain price: for each `per` units begun, of a record, or of the month where they are many."""
    step = NOTHING if service == "data_mb" else ONE
    basis: Literal["record", "month"] = "month" if service == "data_mb" or per > 1 else "record"
    return Tariff(service, (Case(step=step, basis=basis, tiers=(Tier(amount, Decimal(per)),)),))


def read_tariff(service: str, said: Any) -> Tariff | None:
    """This will read a tariff out of a price's `tariff`: {"cases": [...]}, or the attributes of its one case; None if unreadable."""
    if not isinstance(said, dict):
        return None
    cases = said.get("cases", [said])
    try:
        read = tuple(msgspec.convert(case, Case, strict=False) for case in cases)
    except (msgspec.ValidationError, TypeError):
        return None
    return Tariff(service, read) if read and all(_sound(case) for case in read) else None


def _sound(case: Case) -> bool:
    """Tiers rise, the last one is open, nothing is below zero, hours lie in the day."""
    ends = [tier.up_to for tier in case.tiers]
    rising = all(end is not None for end in ends[:-1]) and ends == sorted(ends, key=lambda end: (end is None, end or 0))
    positive = all(tier.amount >= 0 and tier.per > 0 for tier in case.tiers) and min(case.step, case.least, case.free) >= 0
    in_day = case.hours is None or all(0 <= minute <= MINUTES_OF_DAY for minute in case.hours)
    return bool(case.tiers) and ends[-1] is None and rising and positive and in_day
