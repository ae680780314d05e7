"""Why one bill is not like the one before it, and what was used day by day."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from onehall.domains.billing.model.bills import Bill
from onehall.kernel.money import Money


class Cause(msgspec.Struct, frozen=True):
    """What makes a bill differ from another, minor units; `before` and `after` are what it came to on either (fees, or units of use).

    `kind`: plan (`before`: the old one),  fee_new, fee_ended, fee_changed, part, use, late, once, once_over, discount, discount_ended,
    discount_changed, instalment, instalment_ended, instalment_changed, credit, credit_over, rest.
    """

    kind: str
    what: Any
    minor: int
    before: Any = None
    after: Any = None


class Comparison(msgspec.Struct, frozen=True):
    """A bill set beside the one before it; the causes sum to the difference. `before` is None for a first bill."""

    bill: Bill
    before: Bill | None
    causes: tuple[Cause, ...] = ()

    @property
    def difference(self) -> Money:
        """This will give by how much the bill is higher than the one before; below zero it is lower."""
        return self.bill.amount - self.before.amount if self.before else self.bill.amount


class DayOfUse(msgspec.Struct, frozen=True):
    """What an account's lines used of a service on a day, and what of it was charged by record."""

    day: date
    kind: str
    records: int
    units: Decimal
    minor: int
    currency: str


class Used(msgspec.Struct, frozen=True):
    """A record of one's own use: when, how much, with whom or where."""

    at: datetime
    number: str
    kind: str
    units: Decimal
    left_over: Decimal
    peer: str | None
    zone: str | None
    minor: int
    currency: str
