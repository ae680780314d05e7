"""The nouns of money that settles: what an entry brought, which bill a part of it pays, and the stored ways to pay."""

from datetime import datetime

import msgspec

from onehall.kernel.money import Money


class Incoming(msgspec.Struct, frozen=True):
    """Money that an entry added to an account. Minor units: `allocated` to bills, `returned` to its payer, `invoiced`.

    `paid`: somebody paid it; what was given or put right by hand is on no invoice.
    """

    entry: str
    account: str
    payment: str | None
    minor: int
    currency: str
    paid: bool
    allocated: int
    returned: int
    invoiced: int
    at: datetime

    @property
    def spare(self) -> int:
        """This will give what pays no bill yet and did not go back."""
        return self.minor - self.allocated - self.returned

    @property
    def not_invoiced(self) -> int:
        """This will give what is on no invoice yet."""
        return self.minor - self.returned - self.invoiced if self.paid else 0


class OpenBill(msgspec.Struct, frozen=True):
    """A bill that is not paid in full; `minor` is what is left of it."""

    id: str
    no: str
    minor: int
    currency: str
    due_on: datetime

    @property
    def amount(self) -> Money:
        """This will give what is left to be paid."""
        return Money(self.minor, self.currency)


class Part(msgspec.Struct, frozen=True):
    """So many minor units of an entry for a bill; below zero they are taken off it. `netted`: they lessened it when it was issued."""

    bill: str
    entry: str
    payment: str | None
    minor: int
    netted: bool = False


class PaidBill(msgspec.Struct, frozen=True):
    """What came of paying a bill: `amount` was added to the account, `left` is still open on all its bills."""

    amount: Money
    left: Money
    balance: Money | None = None


class Method(msgspec.Struct, frozen=True):
    """A stored way to pay; one of `kind` autopay is an agreement with the provider and can be charged for its account."""

    home: int
    id: str
    kind: str
    name: str
    label: str
    party: str | None
    account: str | None
    status: str
    since: datetime
    until: datetime | None
