"""How figures of the log are put together: averages, shares, and what a saving is worth believing."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import msgspec

CASES_MIN: Final = 100  # what customers cost is far from evenly spread; of fewer a mean says little
CERTAIN: Final = Decimal("1.96")  # standard errors to each side that hold 95 of 100 samples
TENTH: Final = Decimal("0.1")


class Sample(msgspec.Struct, frozen=True):
    """What was counted of an arm: how many customers, the sum of what each cost (minor units), and the sum of the squares of that."""

    count: int = 0
    total: int = 0
    squares: int = 0


class Saving(msgspec.Struct, frozen=True):
    """What a suggestion saves for each customer, in minor units; between `low` and `high` in 95 of 100 samples."""

    each: Decimal
    low: Decimal
    high: Decimal


def mean(sample: Sample) -> Decimal:
    """A mean is the sum divided by the count, and nothing of nobody."""
    return Decimal(sample.total) / sample.count if sample.count else Decimal(0)


def variance(sample: Sample) -> Decimal:
    """The variance of a sample is its squares less the square of its sum by its count, divided by one less than the count."""
    if sample.count < 2:
        return Decimal(0)
    return (sample.squares - Decimal(sample.total) ** 2 / sample.count) / (sample.count - 1)


def saving(treated: Sample, held_out: Sample) -> Saving | None:
    """The saving is the mean cost of those held out less that of the treated, with 1.96 standard errors of the difference to each side.

    None where an arm has fewer than two customers.
    """
    if min(treated.count, held_out.count) < 2:
        return None
    each = mean(held_out) - mean(treated)
    error = (variance(treated) / treated.count + variance(held_out) / held_out.count).sqrt()
    return Saving(each, each - CERTAIN * error, each + CERTAIN * error)


def verdict(treated: Sample, held_out: Sample) -> str:
    """A winner is named from 100 customers in each arm on, and only when the interval does not hold zero: few, chance, saves or costs."""
    found = saving(treated, held_out)
    if found is None or min(treated.count, held_out.count) < CASES_MIN:
        return "few"
    if found.low <= 0 <= found.high:
        return "chance"
    return "saves" if found.each > 0 else "costs"


def average(total: int, count: int) -> Decimal | None:
    """An average is told to a tenth, halves upward; there is none of nothing."""
    return (Decimal(total) / count).quantize(TENTH, ROUND_HALF_UP) if count else None


def share(part: int, whole: int) -> int | None:
    """A share is told in whole per cent, rounded down so that only all is 100; there is none of nothing."""
    return 100 * part // whole if whole else None
