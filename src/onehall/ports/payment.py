"""Taking money from afar: a payment provider with its own pay page, that tells us by signed notices."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Protocol

import msgspec

from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal

FRESH_SECONDS_MAX = 300


class Paid(msgspec.Struct, frozen=True):
    """What the provider says of a payment: `status` paid, failed, open or closed; `reference` is its own number of the money."""

    payment: str
    status: str
    amount: Money
    reference: str = ""
    at: datetime | None = None


class Returned(msgspec.Struct, frozen=True):
    """What the provider says of a refund: `done`, or why not."""

    done: bool
    why: str = ""


class Agreement(msgspec.Struct, frozen=True):
    """What the provider says of an agreement to charge: `status` open, active, refused or ended; `label` is shown to its holder."""

    agreement: str
    status: str
    label: str = ""
    why: str = ""


class FileLine(msgspec.Struct, frozen=True):
    """One line of the provider's file of a day: money that came (`kind` payment) or went (`kind` refund)."""

    kind: str
    payment: str
    reference: str
    amount: Money


class BadNotice(Refusal):
    """The notice is not from the provider, or too old."""


class Payment(Protocol):
    """A payment provider."""

    async def create(self, payment: str, amount: Money, text: str, until: datetime) -> str:
        """This will open a checkout, once for each payment, and give the address at which it is paid.

        :raises Later: the provider cannot be reached. :raises Refusal: it will not.
        """

    async def close(self, payment: str) -> None:
        """This will close a checkout that is not paid; one that is paid, or not there, stays as it is.

        :raises Later: the provider cannot be reached.
        """

    async def look(self, payment: str) -> Paid | None:
        """This will ask how a payment stands; None when the provider does not know it.

        :raises Later: the provider cannot be reached.
        """

    async def refund(self, payment: str, refund: str, amount: Money) -> Returned:
        """This will send money back, once for each `refund`.

        :raises Later: the provider cannot be reached.
        """

    async def agree(self, agreement: str, phone: str, text: str) -> Agreement:
        """This will ask a phone's holder, in the provider's own way, to be charged from now on; once for each agreement.

        :raises Later: the provider cannot be reached.
        """

    async def charge(self, agreement: str, payment: str, amount: Money, text: str) -> Paid:
        """This will take money by an agreement, once for each payment: paid or failed, and the same answer ever after.

        :raises Later: the provider cannot be reached.
        """

    async def end(self, agreement: str) -> None:
        """This will end an agreement; one that is over, or not there, stays as it is.

        :raises Later: the provider cannot be reached.
        """

    async def file_of(self, day: date) -> list[FileLine]:
        """This will give the file of a day: every movement of money, as the provider has it.

        :raises Later: the provider cannot be reached.
        """

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Paid:
        """This will read a notice, if it is the provider's own and fresh.

        :raises BadNotice: 401.
        """
