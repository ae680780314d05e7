"""Money: an integer of minor units with a currency. No float comes near it."""

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from enum import StrEnum

import msgspec

CURRENCY = "CNY"
_EXPONENTS = {"JPY": 0, "KRW": 0, "VND": 0, "KWD": 3, "BHD": 3}


class Rounding(StrEnum):
    """How a fraction of a minor unit is settled; whoever rounds says which."""

    HALF_UP = ROUND_HALF_UP
    HALF_EVEN = ROUND_HALF_EVEN
    DOWN = ROUND_DOWN
    CEILING = ROUND_CEILING


class Money(msgspec.Struct, frozen=True, order=True):
    """An amount: `minor` units (fen, cents) of `currency` (ISO 4217)."""

    minor: int
    currency: str = CURRENCY

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __mul__(self, count: int) -> "Money":
        if not isinstance(count, int):
            raise TypeError("money is multiplied by a whole number; use .times(fraction, rounding) for others")
        return Money(self.minor * count, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def times(self, fraction: Decimal, rounding: Rounding) -> "Money":
        """This will multiply by a fraction, settling the remainder by the named mode."""
        exact = Decimal(self.minor) * fraction
        return Money(int(exact.quantize(Decimal(1), rounding=rounding.value)), self.currency)

    def split(self, parts: int) -> list["Money"]:
        """This will cut the amount into `parts` that differ by one minor unit at most and sum to it."""
        each, rest = divmod(self.minor, parts)
        return [Money(each + (1 if index < rest else 0), self.currency) for index in range(parts)]

    def decimal(self) -> Decimal:
        """This will give the amount in major units (yuan), exactly."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"cannot join {self.currency} and {other.currency}")
        return other

    def __str__(self) -> str:
        return f"{self.decimal()} {self.currency}"


def exponent(currency: str) -> int:
    """This will give the number of decimal places of a currency (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


def money(major: str | int | Decimal, currency: str = CURRENCY) -> Money:
    """This will read an amount in major units, exactly.

    :raises ValueError: not a number, or finer than the currency's minor unit.
    """
    if isinstance(major, float):
        raise TypeError("no float is money")
    try:
        minor = Decimal(major).scaleb(exponent(currency))
    except ArithmeticError as error:
        raise ValueError(f"not an amount: {major!r}") from error
    if not minor.is_finite() or minor != minor.to_integral_value():
        raise ValueError(f"not a whole number of minor units: {major!r} {currency}")
    return Money(int(minor), currency)


ZERO = Money(0)
