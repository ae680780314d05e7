"""How a journey asks for money: a domain is registered here that can, the kernel knows no more of it."""

from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec

from onehall.kernel.i18n import Text
from onehall.kernel.journeys.channel import Caller
from onehall.kernel.money import Money
from onehall.kernel.store import Tx

PAY_LIMIT = timedelta(minutes=15)
PAY_MARGIN = timedelta(hours=2)
TRIES_MAX = 3


class Intent(msgspec.Struct, frozen=True):
    """A wish for money: `payment` is its id, `url` where it can be paid, `until` when it dies unpaid."""

    payment: str
    amount: Money
    url: str
    until: datetime


class Till(Protocol):
    """What takes payments. The answer comes back to the journey by `arrive(tx, to, {"paid": bool})`."""

    async def ask(
        self, tx: Tx, *, to: str, once: str, party: str | None, amount: Money, text: Text, until: datetime, channel: str
    ) -> Intent:
        """This will record the wish for a payment (once per `once`) and leave the asking of the provider to a job."""

    async def take_here(self, tx: Tx, payment: str, *, method: str, caller: Caller) -> dict[str, Any]:
        """This will take the money at the counter ("cash", "card") and answer `{"paid": True}`.

        :raises Refusal: the caller may not, or the payment is no longer open.
        """

    async def give_back(self, tx: Tx, payment: str, why: Text) -> None:
        """This will refund a paid payment, or void an open one; safe twice."""


TILLS: list[Till] = []


def till() -> Till:
    """This will give the registered till."""
    return TILLS[-1]
