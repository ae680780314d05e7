"""The nouns of inventory."""

from datetime import datetime

import msgspec

from onehall.kernel.i18n import Named
from onehall.kernel.money import ZERO, Money

ORDINARY = 0


class Pattern(msgspec.Struct, frozen=True):
    """A shape that makes a number nice, at its end: the same letter is the same digit, ABCD rises, DCBA falls, a digit is itself.

    `but`: digits that none of its letters may be ("4").
    """

    level: int
    shape: str
    but: str = ""


class Terms(msgspec.Struct, frozen=True):
    """What a tier costs and binds. Level 1 is the finest, 0 is an ordinary number; `lock_months`: no leaving, no transfer."""

    level: int = ORDINARY
    prepay: Money = ZERO
    min_spend: Money = ZERO
    lock_months: int = 0


class NumberOffer(msgspec.Struct, frozen=True):
    """A number that can be had now, and on what terms."""

    number: str
    tier: int
    prepay: Money
    min_spend: Money
    lock_months: int
    unit: str | None = None
    city: str | None = None


class Number(msgspec.Struct, frozen=True):
    """A number as it stands in stock."""

    number: str
    state: str
    tier: int
    until: datetime | None = None
    token: str | None = None
    line: str | None = None
    unit: str | None = None
    city: str | None = None
    pool: str | None = None


class StockNumber(msgspec.Struct, frozen=True):
    """A number that comes into stock."""

    number: str
    unit: str | None = None
    city: str | None = None


class Wanted(msgspec.Struct, frozen=True):
    """What somebody wants of a number. `tier` None is any; `nice` is any tier but ordinary; `pool` the private pool that they may see."""

    ends: str = ""
    starts: str = ""
    contains: tuple[str, ...] = ()
    without: str = ""
    tier: int | None = None
    nice: bool = False
    unit: str | None = None
    pool: str | None = None


class Sim(msgspec.Struct, frozen=True):
    """A card or an eSIM profile. `kind`: plastic esim."""

    iccid: str
    kind: str
    state: str
    unit: str | None = None
    line: str | None = None
    imsi: str | None = None


class SimRow(msgspec.Struct, frozen=True):
    """A SIM that comes into stock."""

    iccid: str
    kind: str = "plastic"
    unit: str | None = None
    imsi: str | None = None
    puk: str | None = None


class Change(msgspec.Struct, frozen=True):
    """A change of plan that is to come: what the line will be from `at` on."""

    at: datetime
    offering: str
    price_id: str | None
    name: Named
    fee: Money
    contract_months: int = 0


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One subscription with its number. `suspended_why`: loss, arrears, risk ... ; it is restored when none is left."""

    home: int
    id: str
    party: str
    unit: str | None = None
    account: str | None = None
    number: str
    iccid: str | None = None
    offering: str
    price_id: str | None = None
    name: Named
    fee: Money = ZERO
    status: str = "created"
    created: datetime
    activated: datetime | None = None
    ended: datetime | None = None
    contract_until: datetime | None = None
    lock_until: datetime | None = None
    min_spend: Money = ZERO
    contract_months: int = 0
    lock_months: int = 0
    suspended_why: frozenset[str] = frozenset()
    next_change: Change | None = None

    @property
    def live(self) -> bool:
        """This will tell whether the line still stands."""
        return self.status not in ("terminated", "cancelled", "aborted")


class Pack(msgspec.Struct, frozen=True, kw_only=True):
    """Something sold on top of a line, month by month or once."""

    home: int
    id: str
    party: str
    unit: str | None = None
    account: str | None = None
    line: str
    offering: str
    price_id: str | None = None
    name: Named
    fee: Money = ZERO
    status: str = "active"
    created: datetime
    activated: datetime | None = None
    ended: datetime | None = None


class Replacement(msgspec.Struct, frozen=True, kw_only=True):
    """A new SIM for a line, asked for; `answer_to` is the journey that waits for it."""

    id: str
    line: str
    party: str
    kind: str
    fee: Money
    asked: datetime
    state: str = "asked"
    iccid: str | None = None
    answer_to: str | None = None
