"""The nouns of invoices."""

from datetime import datetime

import msgspec

from onehall.kernel.money import Money


class Invoice(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice: of a bill or of a payment; a red one is below zero and takes back the whole of the one that it `reverses`.

    `status`: asked, issued, refused, reversing (its red one is asked for), reversed.
    """

    home: int
    id: str
    account: str
    party: str | None
    unit: str | None
    bill: str | None
    payment: str | None
    reverses: str | None
    minor: int
    currency: str
    title: str
    tax_number: str | None
    email: str | None
    status: str
    number: str | None
    url: str | None
    why: str | None
    asked: datetime
    issued: datetime | None

    @property
    def amount(self) -> Money:
        """This will give what it states."""
        return Money(self.minor, self.currency)


class Invoiceable(msgspec.Struct, frozen=True):
    """Something that was paid and is on no invoice: a bill or a payment, and up to how much of it."""

    account: str
    number: str | None
    bill: str | None
    payment: str | None
    no: str
    minor: int
    currency: str
    at: datetime
