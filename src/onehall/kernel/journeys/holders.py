"""In whose hands a journey is: who may see it, and who may answer in it."""

from onehall.kernel.identity.who import Who
from onehall.kernel.journeys.channel import Caller
from onehall.kernel.journeys.row import Row

WHOEVER_KNOWS_THE_ID = ""


def may_see(row: Row, caller: Caller) -> bool:
    """This will tell whether a caller may see a journey.

    Its customer may, and no other customer; while it has none whoever held it, and staff of the unit in which it stands.
    A customer's program sees what was in its own hands, and no more.
    """
    who = caller.who
    if who.agent:
        return caller.holder in row.holders and row.party in (None, caller.party)
    if who.party and row.party:
        return who.party == row.party
    if who.staff:
        return caller.holder in row.holders or _within(row.unit, who)
    return not _names(caller).isdisjoint(row.holders)


def may_answer(row: Row, caller: Caller) -> bool:
    """This will tell whether a caller may answer: whoever holds it now, and its customer from any device while no staff holds it."""
    if not may_see(row, caller):
        return False
    holder = held_by(row)
    if holder in _names(caller):
        return True
    return caller.who.party is not None and row.party == caller.who.party and not holder.startswith("staff:")


def held_by(row: Row) -> str:
    """This will name who holds a journey now."""
    return row.holders[-1] if row.holders else WHOEVER_KNOWS_THE_ID


def offered_by(row: Row, caller: Caller) -> str:
    """This will name in whose name a caller who may answer hands the journey over."""
    return held_by(row) if held_by(row) in _names(caller) else caller.holder


def still_holds(row: Row, name: str) -> bool:
    """This will tell whether whoever made a code under a name has the journey still."""
    holder = held_by(row)
    return name == holder or (row.party is not None and name == f"party:{row.party}" and not holder.startswith("staff:"))


def _names(caller: Caller) -> set[str]:
    """A customer who logged in is still the guest that they were in the same browser."""
    if caller.who.staff or caller.who.agent:
        return {caller.holder}
    visitor = f"visitor:{caller.who.visitor}" if caller.who.visitor else caller.holder
    return {caller.holder, visitor, WHOEVER_KNOWS_THE_ID}


def _within(unit: str | None, who: Who) -> bool:
    if who.unit is None:
        return False
    top = "." not in who.unit
    return top if unit is None else unit == who.unit or unit.startswith(who.unit + ".")
