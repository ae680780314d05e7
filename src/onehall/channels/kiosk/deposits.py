"""A deposit as its lines in the journal tell it: from the wish to the receipt."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from onehall.channels.kiosk.journal import Line

ENDS = frozenset({"done", "returned", "owed"})
"""Steps after which nothing is left to do for a deposit."""
BEFORE_STACKING = frozenset({"begun", "escrow", "returning"})
WITH_THE_HOUSE = frozenset({"stacked", "waiting"})


class Wish(msgspec.Struct, frozen=True):
    """What money is put in for: a journey's open payment, or the top-up of a number that may wait. Amounts in fen.

    `due` 0 is any sum. `session` is whose it is at the screen; `language` the receipt's.
    """

    due: int
    session: str
    language: str
    journey: str = ""
    payment: str = ""
    number: str = ""


class Deposit(msgspec.Struct):
    """One deposit; `step` is its last line's."""

    id: str
    wish: Wish
    step: str
    at: datetime
    inside: int = 0
    stacked: int = 0
    change: int = 0
    payment: str = ""
    why: str = ""
    printed: bool = False

    @property
    def over(self) -> bool:
        """This will tell whether nothing is left to do."""
        return self.step in ENDS

    @property
    def kept(self) -> int:
        """This will give what of the customer's money stayed in the drawer, in fen."""
        return self.stacked - self.change

    @property
    def enough(self) -> bool:
        """This will tell whether what lies in escrow pays what is due."""
        return self.inside >= max(self.wish.due, 1)

    @property
    def excess(self) -> int:
        """This will give what is to be handed out again, in fen."""
        return self.stacked - self.wish.due if self.wish.due else 0


def deposits(lines: Iterable[Line]) -> dict[str, Deposit]:
    """This will give every deposit that the lines tell of, by its id, oldest first."""
    found: dict[str, Deposit] = {}
    for line in lines:
        if line.step == "begun":
            found[line.deposit] = Deposit(line.deposit, msgspec.convert(line.facts["wish"], Wish), "begun", line.at)
        else:
            _follow(found[line.deposit], line)
    return found


def kept(lines: Iterable[Line]) -> int:
    """This will give how much the journal says lies in the drawer beyond what it was filled with, in fen."""
    return sum(each.kept for each in deposits(lines).values())


def _follow(deposit: Deposit, line: Line) -> None:
    deposit.step, deposit.at = line.step, line.at
    match line.step:
        case "escrow":
            deposit.inside += line.facts["note"]
        case "stacked":
            deposit.stacked = sum(line.facts["notes"])
        case "changed":
            deposit.change = sum(line.facts["notes"])
        case "credited" | "owing":
            deposit.payment = line.facts.get("payment", "")
            deposit.why = line.facts.get("why", "")
        case "waiting" | "done" | "owed":
            deposit.printed = bool(line.facts.get("printed"))
