"""What the hall tells: what was changed in the matrix, where customers were sent and why, and how it was for them."""

from onehall.kernel.events import Fact


class FitChanged(Fact, frozen=True, tag="fit.changed"):
    """A function was opened or closed in a channel, for a band of customers or ("") for all."""

    what: str
    where: str
    band: str
    offered: bool


class CostChanged(Fact, frozen=True, tag="fit.cost_changed"):
    """One contact in a channel is said to cost something else (minor units), or to be served by a person, or told of, otherwise."""

    where: str
    minor: int
    currency: str
    before: int | None
    human: bool | None = None
    told: bool | None = None


class RoutingChanged(Fact, frozen=True, tag="fit.routing_changed"):
    """Suggestions were turned on or off, or are withheld from another share of the customers, or from another saving on."""

    active: bool
    held_out: int
    least_minor: int


class Routed(Fact, frozen=True):
    """There was a better channel for what a customer began: `way` is "cheaper" or "human"; costs of one contact in minor units."""

    journey: str
    way: str
    to: str
    band: str
    here_minor: int
    there_minor: int


class Suggested(Routed, frozen=True, tag="channel.suggested"):
    """The customer was told of it."""


class HeldOut(Routed, frozen=True, tag="channel.held_out"):
    """The customer is one of those who are not told, so that the saving is measured."""


class Rated(Fact, frozen=True, tag="journey.rated"):
    """A customer said how a journey was for them, from 1 to 5."""

    rated: str
    of: str
    stars: int
