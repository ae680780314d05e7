"""What journeys tell the log; funnel, timeliness and attribution are read from these."""

from onehall.kernel.events import Fact, Origin
from onehall.kernel.i18n import Words
from onehall.kernel.journeys.channel import WORLD, Caller
from onehall.kernel.journeys.row import Row
from onehall.kernel.store import Tx

WHY_LENGTH_MAX = 200


class Step(Fact, frozen=True):
    """One step of a journey, `seconds` after the step before it."""

    journey: str
    question: str = ""
    seconds: int = 0
    why: str = ""


class Opened(Step, frozen=True, tag="journey.opened"):
    """A journey was begun."""


class Asked(Step, frozen=True, tag="journey.asked"):
    """A question was put."""


class Answered(Step, frozen=True, tag="journey.answered"):
    """A question was answered."""


class Reasked(Step, frozen=True, tag="journey.reasked"):
    """An answer had become impossible and was asked for again."""


class Kept(Step, frozen=True, tag="journey.held"):
    """Something scarce was held."""


class Lapsed(Step, frozen=True, tag="journey.lapsed"):
    """A hold had lapsed."""


class Effected(Step, frozen=True, tag="journey.done_step"):
    """An action was done, once."""


class Paid(Step, frozen=True, tag="journey.paid"):
    """The money asked for had arrived."""


class Proven(Step, frozen=True, tag="journey.proven"):
    """Somebody showed who they are."""


class HandedOver(Step, frozen=True, tag="journey.handed_over"):
    """A journey went on in another channel; `why` is where."""


class Moved(Step, frozen=True, tag="journey.moved"):
    """A guest proved to be a known customer; the journey went to the customer's home."""


class Ended(Step, frozen=True, tag="journey.ended"):
    """A journey came to its end; `why` is how."""


def step(row: Row, tx: Tx, kind: type[Step], question: str = "", why: Words = "") -> None:
    """This will tell one step of a journey, with the seconds since the step before it."""
    opened(row, tx)
    tx.tell(kind(row.id, question, max(0, round((tx.now - row.updated).total_seconds())), str(why)[:WHY_LENGTH_MAX]))
    row.updated = tx.now


def opened(row: Row, tx: Tx) -> None:
    """This will tell that a journey began, once something happens in it; one that never asks or does anything tells nothing."""
    if row.fresh:
        row.fresh = False
        tx.tell(Opened(row.id))


def acting(row: Row, caller: Caller) -> str | None:
    """This will name the staff behind a step: the caller, or whoever holds the journey while the world answers."""
    return row.staff if caller.who is WORLD else caller.who.staff


def origin(row: Row, caller: Caller) -> Origin:
    """This will say who and what stands behind a step of a journey."""
    return Origin(
        channel=caller.channel, party=row.party, staff=acting(row, caller), journey=row.id, function=row.function,
        source=row.source, unit=caller.who.unit or row.unit,
    )  # fmt: skip
