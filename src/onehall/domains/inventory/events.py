"""What inventory tells."""

from datetime import datetime

from onehall.kernel.events import Fact
from onehall.kernel.money import Money


class NumberSold(Fact, frozen=True, tag="inventory.number_sold"):
    """A number went to a line."""

    number: str
    line: str


class NumberReleased(Fact, frozen=True, tag="inventory.number_released"):
    """A sold number came back; it rests until a time, or is free at once."""

    number: str
    line: str | None
    until: datetime | None = None


class LineFact(Fact, frozen=True):
    """Something that happened to a line."""

    line: str
    party: str
    number: str


class LineCreated(LineFact, frozen=True, tag="inventory.line_created"):
    """A line was opened, and waits to be activated."""

    offering: str
    account: str | None = None


class LineActivated(LineFact, frozen=True, tag="inventory.line_activated"):
    """A line works from now on."""

    offering: str
    iccid: str | None = None


class LineSuspended(LineFact, frozen=True, tag="inventory.line_suspended"):
    """A line stopped, or has one more reason to stand still; `all_why` are all of them now."""

    why: str
    all_why: tuple[str, ...] = ()


class LineRestored(LineFact, frozen=True, tag="inventory.line_restored"):
    """A line works again: no reason to stand still is left."""

    why: str


class LineTerminated(LineFact, frozen=True, tag="inventory.line_terminated"):
    """A line has ended for good; `used` when it ever worked."""

    iccid: str | None = None
    why: str = ""
    used: bool = True


class NumberChanged(LineFact, frozen=True, tag="inventory.number_changed"):
    """A line has another number since a time; `before` rests."""

    before: str
    at: datetime


class NumberNotChanged(LineFact, frozen=True, tag="inventory.number_not_changed"):
    """A line keeps the number it has: the one `wanted` went to somebody else, or the line ended meanwhile."""

    wanted: str


class OwnerChanged(LineFact, frozen=True, tag="inventory.owner_changed"):
    """A line is another party's since a time: for `party` it has ended, for `to` it goes on as the line `becomes`, in their home.

    `packs`: what each of its packs becomes there.
    """

    to: str
    becomes: str
    at: datetime
    packs: dict[str, str] = {}
    iccid: str | None = None


class LineReceived(LineFact, frozen=True, tag="inventory.line_received"):
    """A line came from another owner, whose line it was `before`; it works as it did."""

    before: str
    offering: str


class OfferingChangePlanned(LineFact, frozen=True, tag="inventory.offering_change_planned"):
    """A line will go over to another plan at a time."""

    offering: str
    at: datetime


class OfferingChanged(LineFact, frozen=True, tag="inventory.offering_changed"):
    """A line went over to another plan, `at` the time that was set for it."""

    before: str
    offering: str
    price_id: str | None = None
    at: datetime | None = None


class PackAdded(Fact, frozen=True, tag="inventory.pack_added"):
    """A pack came on top of a line."""

    line: str
    pack: str
    party: str
    offering: str


class PackDropped(Fact, frozen=True, tag="inventory.pack_dropped"):
    """A pack was taken off a line."""

    line: str
    pack: str
    party: str
    offering: str


class SimReplacementAsked(LineFact, frozen=True, tag="inventory.sim_replacement_asked"):
    """A line is to have another SIM: `iccid` where the clerk holds the card, else one from stock. Whoever carries it out
    answers by `actions.finish_replacement` or `actions.fail_replacement`."""

    replacement: str
    kind: str
    iccid: str | None = None
    old: str | None = None
    unit: str | None = None


class SimReplaced(LineFact, frozen=True, tag="inventory.sim_replaced"):
    """A line has another SIM; `fee` goes on its account."""

    replacement: str
    iccid: str
    old: str | None
    fee: Money


class SimReplacementFailed(LineFact, frozen=True, tag="inventory.sim_replacement_failed"):
    """A line keeps the SIM it has; nothing is charged."""

    replacement: str
    why: str
