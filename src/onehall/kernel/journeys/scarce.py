"""What is scarce, and how it is held: each kind lives in the home of the thing, and is taken in a transaction there."""

from datetime import datetime
from typing import Any, Protocol

from onehall.kernel.journeys.words import Held
from onehall.kernel.store import Store, Tx


class Scarce(Protocol):
    """A kind of scarce thing. Taking twice with one token is taking once; releasing what is not ours does nothing."""

    async def take(self, store: Store, token: str, what: dict[str, Any]) -> Held:
        """This will hold the thing for `token`.

        :raises Refusal: somebody else has it.
        """

    async def extend(self, store: Store, held: Held, until: datetime) -> Held:
        """This will keep the hold until a later time.

        :raises Refusal: it has lapsed and somebody else has it.
        """

    async def release(self, tx: Tx, held: Held) -> None:
        """This will let the thing go, if the token still has it."""


SCARCE: dict[str, Scarce] = {}


def scarce(name: str, kind: Scarce) -> None:
    """This will make a kind of scarce thing known to journeys."""
    SCARCE[name] = kind
