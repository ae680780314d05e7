"""The nouns of charging while it happens: what a debit took, and what is set aside for a call in progress."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from onehall.domains.billing.model.usage import Draw, Use
from onehall.kernel.money import Money


class Debited(msgspec.Struct, frozen=True):
    """What a use took at once: units counted, of these from buckets, and money. `left`: units still in buckets, and money to spend."""

    use: Use
    state: str
    units: Decimal
    from_buckets: Decimal
    money: Money
    left_units: Decimal | None = None
    left_money: Money | None = None


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a network element wants set aside: so many units of a kind for a number, under its own key, for some seconds."""

    key: str
    number: str
    kind: str
    amount: Decimal
    seconds: int
    source: str
    peer: str | None = None
    zone: str | None = None


class Reservation(msgspec.Struct, frozen=True):
    """Units of buckets and money that are set aside; `granted` is less than `wanted` where there was not enough."""

    id: str
    account: str
    line: str
    number: str
    kind: str
    source: str
    wanted: Decimal
    granted: Decimal
    drawn: tuple[Draw, ...]
    minor: int
    currency: str
    peer: str | None
    zone: str | None
    status: str
    at: datetime
    until: datetime

    @property
    def money(self) -> Money:
        """This will give the money that is set aside."""
        return Money(self.minor, self.currency)


class Gift(msgspec.Struct, frozen=True):
    """Data that one customer gave another."""

    id: str
    account: str
    bucket: str
    number: str
    amount: Decimal
    status: str
    at: datetime
    name: Any = None
