"""Invoices of the tax service: issued and reversed there, under its own numbers, often after a while."""

from typing import Protocol

import msgspec

from onehall.kernel.money import Money


class Wanted(msgspec.Struct, frozen=True):
    """What is to be invoiced: to whom (`title`, and a company's `tax_number`), how much, what for.

    `reverses` is the number of the invoice that this one takes back as a whole; then the amount is below zero.
    """

    title: str
    amount: Money
    what: str
    tax_number: str = ""
    reverses: str = ""


class Invoiced(msgspec.Struct, frozen=True):
    """What the service says: `status` issued or refused (`why`); `number` is its own, `url` where it can be seen."""

    status: str
    number: str = ""
    url: str = ""
    why: str = ""


class Invoice(Protocol):
    """A service that issues invoices."""

    async def issue(self, key: str, wanted: Wanted) -> Invoiced:
        """This will have an invoice issued, or taken back by a red one, once for each `key`; the same answer ever after.

        :raises Later: the service cannot be reached, or has not issued it yet.
        """

    async def document(self, number: str) -> bytes:
        """This will give the document of an issued invoice, as a file to send on; nothing for one that is not there.

        :raises Later: the service cannot be reached.
        """
