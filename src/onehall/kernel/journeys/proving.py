"""How people prove who they are: a prover per level, registered by whoever can check it."""

from typing import Any, Protocol

import msgspec

from onehall.kernel.i18n import Text, _
from onehall.kernel.identity.proof import Proof
from onehall.kernel.journeys.channel import Caller
from onehall.kernel.journeys.row import Row
from onehall.kernel.journeys.words import Field, Proved
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store


class Sent(msgspec.Struct, frozen=True):
    """Half a proof: something was sent (a code); `notes` are kept and the question goes on with other fields."""

    notes: dict[str, Any]
    text: Text


class Pending(msgspec.Struct, frozen=True):
    """The world was asked; its answer will arrive at the journey's `prove` key."""

    text: Text


class Prover(Protocol):
    """What can establish a level of proof. It works outside the journey's transaction, in transactions of its own."""

    def fields(self, row: Row, caller: Caller, notes: dict[str, Any]) -> tuple[Text, list[Field]]:
        """This will say what to ask, given what was noted so far."""

    async def check(self, store: Store, row: Row, caller: Caller, value: dict[str, Any], notes: dict[str, Any]) -> Proved | Sent | Pending:
        """This will check what was answered.

        :raises Refusal: it proves nothing; the reason is shown and the question stays.
        """

    async def settle(self, store: Store, row: Row, value: dict[str, Any]) -> Proved:
        """This will make a proof of what arrived from the world.

        :raises Refusal: the world said no.
        """


PROVERS: dict[Proof, Prover] = {}


def prover_for(level: Proof) -> Prover:
    """This will find who can establish `level`, or the next above it.

    :raises Refusal: 409, nobody can.
    """
    for proof in sorted(PROVERS):
        if proof >= max(level, Proof.CODE):
            return PROVERS[proof]
    raise Refusal("proof.nobody", _("Your identity cannot be checked here."), 409)
