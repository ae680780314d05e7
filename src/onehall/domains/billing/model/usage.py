"""The nouns of use: records, what an account is charged by, allowances, and what a record was rated to."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

NOTHING = Decimal(0)


class Bucket(msgspec.Struct, frozen=True):
    """An allowance: so many `data_mb`, `voice_min` or `sms` in a period, granted by an offering (`of`)."""

    id: str
    account: str
    number: str | None
    kind: str
    of: str
    name: Any
    total: Decimal
    used: Decimal
    start: datetime
    until: datetime | None

    @property
    def left(self) -> Decimal:
        """This will give what is not used."""
        return self.total - self.used


class Taken(msgspec.Struct, frozen=True):
    """How much of a use was found in buckets; `short` is what was not."""

    taken: Decimal
    short: Decimal
    fresh: bool = True


class Use(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A record of use as its source tells it: `amount` of a `kind` (data_mb, voice_min, sms, or a service's own) at a time.

    (source, record) names it for ever; a correction has the same name and a higher `version`. `peer`: the other side's number;
    `zone`: where it was made, None at home. `withdrawn`: the source takes it back.
    """

    source: str
    record: str
    number: str
    kind: str
    amount: Decimal
    at: datetime
    version: int = 0
    peer: str | None = None
    zone: str | None = None
    withdrawn: bool = False
    account: str | None = None


class Share(msgspec.Struct, frozen=True):
    """Who draws from what a product grants an account: its own line (`own`), or a member whose number the account pays for.

    `most`: what a member may draw of each allowance, None for no limit. `status`: invited, active, declined, left, removed.
    """

    id: str
    account: str
    of: str
    name: Any
    line: str
    number: str
    member_account: str | None
    own: bool
    most: Decimal | None
    status: str
    since: datetime
    until: datetime | None = None


class Subscription(msgspec.Struct, frozen=True):
    """What an account is charged by in [since, until): a line's plan, a pack, an instalment, a discount.

    `doc`: `first` "charged" (with its order), `share` (a member's), `began` and `after` (it goes on under another number what another
    subscription was since then), `given` and `received` (its line went to, or came from, another owner).
    """

    id: str
    account: str
    line: str | None
    number: str | None
    product: str
    kind: str
    offering: str
    price_id: str | None
    name: Any
    fee: int
    currency: str
    since: datetime
    until: datetime | None
    doc: dict[str, Any] = {}

    @property
    def began(self) -> datetime:
        """This will give since when it is charged for, under whatever number."""
        return datetime.fromisoformat(self.doc["began"]) if "began" in self.doc else self.since

    def stands(self, at: datetime) -> bool:
        """This will tell whether it is in force at a time."""
        return self.since <= at and (self.until is None or at < self.until)


class Pool(msgspec.Struct, gc=False):
    """A bucket while records are rated. `members`: the most that each line may draw (None: no limit of its own) and has drawn."""

    id: str
    of: str
    kind: str
    total: Decimal
    used: Decimal
    reserved: Decimal
    start: datetime
    until: datetime | None
    priority: int = 0
    alerted: int = 0
    members: dict[str, tuple[Decimal | None, Decimal]] = {}
    fresh: bool = False
    name: Any = None

    def left_for(self, line: str) -> Decimal:
        """This will give what a line may still draw."""
        rest = self.total - self.used - self.reserved
        if not self.members:
            return rest
        if line not in self.members:
            return NOTHING
        most, used = self.members[line]
        return rest if most is None else min(rest, most - used)


class Draw(msgspec.Struct, frozen=True, gc=False):
    """What a record took out of a bucket."""

    bucket: str
    amount: Decimal


class Month(msgspec.Struct, gc=False):
    """What a line used and cost in a cycle, by service, case and offering; `minor` as it is charged."""

    line: str
    month: date
    kind: str
    key: str
    offering: str
    currency: str
    records: int = 0
    amount: Decimal = NOTHING
    units: Decimal = NOTHING
    left_over: Decimal = NOTHING
    minor: int = 0
    latest: datetime | None = None

    @property
    def place(self) -> tuple[str, date, str, str, str]:
        """This will give what tells it from the others of its account."""
        return self.line, self.month, self.kind, self.key, self.offering


class Charged(msgspec.Struct, frozen=True, gc=False):
    """What a record was rated to: its price case and units, what allowances covered, what was left over, and its price."""

    use: Use
    id: str
    account: str
    line: str
    offering: str
    key: str
    units: Decimal
    drawn: tuple[Draw, ...]
    left_over: Decimal
    minor: int
    currency: str


class Payer(msgspec.Struct):
    """An account while its records are rated."""

    id: str
    party: str | None
    unit: str | None
    mode: str
    currency: str
    free: int
    floor: int
    unbilled: int
    credit_limit: int
    cycle_day: int
    credit_reached: bool = False
    spend_limit: int | None = None
    data_cap: Decimal | None = None
    limit_told: date | None = None
    subscriptions: list[Subscription] = []
    shares: list[Share] = []
    pools: list[Pool] = []
    months: dict[tuple[str, date, str, str, str], Month] = {}


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What became of a record: added, known, corrected, waiting or refused with the reason; `charged` when it was rated."""

    use: Use
    state: str
    why: str = ""
    charged: Charged | None = None
