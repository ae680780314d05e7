"""The nouns of bills: a bill with its lines, the run that makes them, what is contested and what is given back."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from onehall.domains.billing.model.usage import Subscription
from onehall.kernel.money import Money


class TaxRate(msgspec.Struct, frozen=True):
    """The tax contained in prices of a category in [since, until), percent."""

    currency: str
    category: str
    since: date
    until: date | None
    percent: Decimal


class Debtor(msgspec.Struct, kw_only=True):
    """An account while it is billed; its row is held."""

    id: str
    party: str | None
    unit: str | None
    number: str | None
    line: str | None
    status: str
    mode: str
    currency: str
    balance: int
    free: int
    floor: int
    unbilled: int
    cycle_day: int
    opened: datetime
    turned: date | None
    open: int = 0
    subscriptions: list[Subscription] = []
    charges: list["Charge"] = []
    months: list["Used"] = []
    billed: dict[date, set[int]] = {}

    @property
    def owed(self) -> int:
        """This will give what the account owes on bills (postpaid), or for what its money did not cover (prepaid)."""
        return max(0, -self.balance) if self.mode == "postpaid" else max(0, self.unbilled)


class Charge(msgspec.Struct, frozen=True):
    """An entry with a part of revenue that stands on no bill yet: what it brings, and what of that is not on the balance yet."""

    entry: str
    kind: str
    what: Any
    of: str | None
    at: datetime
    offering: str
    minor: int
    unbilled: int


class Used(msgspec.Struct):
    """What a line used in a cycle, by service and case of its tariff; `billed` is what bills took of `minor`.

    `told`: of records, amount, units and left over what stands on earlier bills.
    """

    line: str
    month: date
    kind: str
    key: str
    offering: str
    records: int
    amount: Decimal
    units: Decimal
    left_over: Decimal
    minor: int
    billed: int
    told: tuple[int, Decimal, Decimal, Decimal] = (0, Decimal(0), Decimal(0), Decimal(0))

    @property
    def fresh(self) -> tuple[int, Decimal, Decimal, Decimal]:
        """This will give records, amount, units and left over that stand on no bill yet."""
        records, amount, units, left = self.told
        return self.records - records, self.amount - amount, self.units - units, self.left_over - left


class Line(msgspec.Struct, kw_only=True):
    """A line of a bill: `minor` with the tax in it. `kind`: fee, usage, once, charge, discount, instalment, exit, credit.

    Of use: its service and case (`key`), how many records, their amount, units charged for, and what no allowance covered.
    `month` is the first day of the cycle that it is for. `entry` is the entry of the books behind it; `fresh`: still to be posted.
    """

    kind: str
    what: Any
    offering: str
    month: date
    minor: int
    at: datetime
    id: str = ""
    line: str | None = None
    number: str | None = None
    service: str | None = None
    key: str | None = None
    amount: Decimal | None = None
    units: Decimal | None = None
    left_over: Decimal | None = None
    records: int | None = None
    tax: int = 0
    rate: Decimal = Decimal(0)
    entry: str | None = None
    fresh: bool = False
    product: str = ""
    doc: dict[str, Any] = {}
    currency: str = ""

    @property
    def money(self) -> Money:
        """This will give what the line comes to, tax contained."""
        return Money(self.minor, self.currency)


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """A customerBill: what an account owes for a cycle. Minor units; `due` when issued, `paid` and `credited` since.

    `netted`: by so much money that lay on the account when it was issued lessened what was due.
    `sequence` is 0 for the bill of the cycle, 1 and more for those on demand within it.
    """

    home: int
    id: str
    no: str
    account: str
    party: str | None
    unit: str | None
    number: str | None
    mode: str
    cycle: date
    sequence: int
    start: datetime
    until: datetime
    kind: str
    status: str
    currency: str
    total: int
    tax: int
    due: int
    paid: int
    credited: int
    issued: datetime
    due_on: datetime
    doc: dict[str, Any] = {}
    netted: int = 0
    lines: list[Line] = []

    @property
    def amount(self) -> Money:
        """This will give the sum of its lines, tax contained."""
        return Money(self.total, self.currency)

    @property
    def open(self) -> Money:
        """This will give what is still to be paid of it."""
        return Money(self.due - self.paid - self.credited, self.currency)

    @property
    def contained_tax(self) -> Money:
        """This will give the tax contained in it."""
        return Money(self.tax, self.currency)


class MonthSum(msgspec.Struct, frozen=True):
    """What an account was billed for a cycle, with the sums of its lines by kind and, of use, by service."""

    cycle: date
    amount: Money
    by: dict[str, int]


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A bill run: how many parts (homes) of it are done, and what they made. `totals`: minor units by currency.

    `started` at first, `began` to go through all accounts at last; since then it was `resumed` so often, for the last time at a time.
    """

    id: str
    cycle: date
    start: datetime
    until: datetime
    status: str
    total: int
    done: int
    accounts: int
    bills: int
    faults: int
    started: datetime
    ended: datetime | None
    began: datetime
    resumed: int = 0
    resumed_at: datetime | None = None
    repeated: int = 0
    totals: dict[str, int] = {}


class RunReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a run came to when it was looked at: its lines against its bills, all bills against the books, how many differ.

    `lines`: kind, offering, currency, minor, tax, lines. `totals`: minor units of its bills by currency.
    """

    at: datetime
    lines: list[tuple[str, str, str, int, int, int]]
    books: list["Reconciled"]
    totals: dict[str, int]
    astray: int


class Revenue(msgspec.Struct, frozen=True):
    """What an offering brought in the bills of a month."""

    month: date
    offering: str
    amount: Money
    bills: int


class Dispute(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a bill that its customer does not accept: open, accepted or rejected."""

    id: str
    bill: str
    line: str
    account: str
    party: str | None
    unit: str | None
    note: str
    status: str
    minor: int
    answer: str | None
    asked: datetime
    decided: datetime | None


class CreditNote(msgspec.Struct, frozen=True, kw_only=True):
    """What is given back of a bill: posted as an entry, never an edit of the bill."""

    id: str
    bill: str
    line: str | None
    account: str
    minor: int
    currency: str
    why: Any
    at: datetime


class Reconciled(msgspec.Struct, frozen=True):
    """Of a kind of charge and an offering, minor units: posted in the books, on bills, and on none yet."""

    kind: str
    offering: str
    currency: str
    posted: int
    billed: int
    waiting: int

    @property
    def off(self) -> int:
        """This will give what does not fit: nothing."""
        return self.posted - self.billed - self.waiting
