"""Channels as the hall knows them: what each can ask of its people, and whose word on proof it takes."""

import msgspec

from onehall.kernel.functions import Ask, Function
from onehall.kernel.i18n import Text
from onehall.kernel.identity.proof import Proof
from onehall.kernel.identity.who import Who


class Channel(msgspec.Struct, frozen=True):
    """A way in. `asks`: questions it can put; `proves`: levels it can establish; `assisted`: staff act for the customer.

    `takes` is the policy table: the highest level reached in another channel that this one accepts. In a channel of `programs`
    a program speaks for the customer: nothing is done there before the customer themselves has agreed. Where a channel `signs`,
    what somebody agrees to they sign as well. Where it `hands_over`, things go from hand to hand; elsewhere they are sent.
    """

    name: str
    title: Text
    asks: frozenset[Ask]
    proves: frozenset[Proof]
    takes: dict[str, Proof] = {}
    assisted: bool = False
    programs: bool = False
    signs: bool = False
    hands_over: bool = False

    def fits(self, function: Function) -> bool:
        """This will tell whether the channel offers the function at all."""
        return self.name not in function.but and (self.assisted or not function.for_staff)

    def finishes(self, function: Function) -> bool:
        """This will tell whether the channel can put every question of the function itself, with no hand-over."""
        return self.fits(function) and function.asks <= self.asks and self.can_prove(function.proof)

    def can_prove(self, level: Proof) -> bool:
        """This will tell whether people can prove themselves to `level` here."""
        return level == Proof.NONE or any(proof >= level for proof in self.proves)


CHANNELS: dict[str, Channel] = {}
WORLD = Who(roles=frozenset({"world"}))


def channel(
    name: str,
    title: Text,
    *,
    asks: str,
    proves: tuple[Proof, ...],
    takes: dict[str, Proof] | None = None,
    assisted: bool = False,
    programs: bool = False,
    signs: bool = False,
    hands_over: bool = False,
) -> Channel:
    """This will register a channel: "choose enter confirm" are the questions it can put to its people."""
    asked = frozenset(Ask(kind) for kind in asks.split())
    made = Channel(name, title, asked, frozenset(proves), takes or {}, assisted, programs, signs, hands_over)
    CHANNELS[name] = made
    return made


class Caller(msgspec.Struct, frozen=True):
    """Who stands at the counter, in which channel, and how they came (`source`: a code, a store, a campaign)."""

    channel: str
    who: Who
    source: str | None = None
    party: str | None = None

    def __post_init__(self) -> None:
        if self.source and not self.source.isprintable():  # it came in by an address, and no database takes all of Unicode
            msgspec.structs.force_setattr(self, "source", "".join(filter(str.isprintable, self.source)) or None)

    @property
    def customer(self) -> str | None:
        """This will name the customer served: the caller, or the one a member of staff acts for."""
        return self.who.party or self.party

    @property
    def person(self) -> str | None:
        """This will name the customer in whose own name the caller comes: themselves, or one whose program it is."""
        return self.who.party or (self.party if self.who.agent else None)

    @property
    def holder(self) -> str:
        """This will name who holds a journey in this caller's hands; "" is whoever knows its id."""
        if self.who.staff:
            return f"staff:{self.who.staff}"
        if self.who.agent:
            return f"agent:{self.who.agent}"
        if self.who.party:
            return f"party:{self.who.party}"
        return f"visitor:{self.who.visitor}" if self.who.visitor else ""
