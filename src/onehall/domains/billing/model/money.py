"""The nouns of the books: accounts, balances, entries and their legs, payments, refunds."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from onehall.kernel.money import CURRENCY, Money


class Book(StrEnum):
    """The books of the operator. A leg with a positive amount credits its book, a negative one debits it.

    Customers' books (main, deposit, advance, refunds) are what we owe them; unbilled, clearing, cash and card what is owed to us.
    """

    MAIN = "main"  # a customer account's money
    DEPOSIT = "deposit"  # prepaid for a nice number, given back month by month
    ADVANCE = "advance"  # paid, and not yet used for anything; its owner is the payment
    REFUNDS = "refunds"  # promised back, and not yet gone; its owner is the refund
    UNBILLED = "unbilled"  # rated and on no bill yet, or not covered by money; its owner is the account
    CLEARING = "clearing"  # at the payment provider, or a partner
    CASH = "cash"  # in a store's till; its owner is the store
    CARD = "card"  # at a store's card terminal
    REVENUE = "revenue"
    ADJUSTMENT = "adjustment"
    TRANSIT = "transit"  # between two homes


class Side(msgspec.Struct, frozen=True):
    """One book of one owner: what a leg is written to."""

    book: Book
    owner: str = ""


class Move(msgspec.Struct, frozen=True):
    """Money that goes from one side to another."""

    debit: Side
    credit: Side
    amount: Money


class Leg(msgspec.Struct, frozen=True):
    """One posting: `minor` units, credit positive, debit negative."""

    side: Side
    minor: int


class Entry(msgspec.Struct, frozen=True):
    """What is to be posted: once for each `once`, of a kind, said in words (kept), for an account and a payment."""

    once: str
    kind: str
    what: Any
    moves: tuple[Move, ...]
    account: str | None = None
    payment: str | None = None
    of: str | None = None


class Posted(msgspec.Struct, frozen=True):
    """An entry as it stands: `fresh` is False when it was there already; `owes`: its account may owe something that money settles."""

    id: str
    fresh: bool
    balance: Money | None = None
    deposit: Money | None = None
    rest: int | None = None
    party: str | None = None
    unit: str | None = None
    number: str | None = None
    owes: bool = True


class Account(msgspec.Struct, frozen=True):
    """A billingAccount: one line's money. `floor` is the least its balance may be, minor units.

    `unbilled_minor` is what was rated and is on no bill yet (postpaid), or not covered by money (prepaid): the customer owes it.
    """

    home: int
    id: str
    party: str | None
    unit: str | None
    line: str | None
    number: str | None
    status: str
    currency: str
    balance_minor: int
    reserved_minor: int
    deposit_minor: int
    floor: int
    opened: datetime
    mode: str = "prepaid"
    unbilled_minor: int = 0
    credit_limit: int = 0
    cycle_day: int = 1

    @property
    def balance(self) -> Money:
        """This will give the main balance."""
        return Money(self.balance_minor, self.currency)

    @property
    def free(self) -> Money:
        """This will give what may be spent: the balance without what is reserved."""
        return Money(self.balance_minor - self.reserved_minor, self.currency)

    @property
    def deposit(self) -> Money:
        """This will give what is still prepaid."""
        return Money(self.deposit_minor, self.currency)


class Payment(msgspec.Struct, frozen=True):
    """Money asked for. `received` and `spent` are minor units; what lies between is the customer's, for use or for refund."""

    home: int
    id: str
    party: str | None
    account: str | None
    unit: str | None
    minor: int
    currency: str
    text: Any
    channel: str
    status: str
    until: datetime
    asked: datetime
    to_journey: str | None = None
    method: str | None = None
    url: str | None = None
    reference: str | None = None
    received: int = 0
    spent: int = 0
    staff: str | None = None
    settled: datetime | None = None

    @property
    def amount(self) -> Money:
        """This will give what was asked for."""
        return Money(self.minor, self.currency)

    @property
    def rest(self) -> Money:
        """This will give what was received and neither used nor given back."""
        return Money(self.received - self.spent, self.currency)


class Refund(msgspec.Struct, frozen=True):
    """Money on its way back."""

    home: int
    id: str
    payment: str
    party: str | None
    minor: int
    currency: str
    method: str
    status: str

    @property
    def amount(self) -> Money:
        """This will give what goes back."""
        return Money(self.minor, self.currency)


class BillLine(msgspec.Struct, frozen=True):
    """What one thing has cost so far this month, on one account."""

    account: str
    number: str | None
    what: Any
    kind: str
    amount: Money
    at: datetime
    count: int = 1


class TopUp(msgspec.Struct, frozen=True):
    """A top-up that was done; `balance` is None while the money is on its way to another's account."""

    number: str | None
    amount: Money
    balance: Money | None = None


def currency_of(moves: tuple[Move, ...]) -> str:
    """This will give the one currency of an entry."""
    found = {move.amount.currency for move in moves}
    if len(found) > 1:
        raise ValueError("an entry has one currency")
    return next(iter(found), CURRENCY)
