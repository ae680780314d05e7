"""Who may see a journey, and who may answer in it."""

from onehall.kernel.identity import Who
from onehall.kernel.journeys import Caller, Row

KNOWS_ID = ""  # the holder of a journey that an app began for nobody in particular: whoever knows its id


def may_see(row: Row, caller: Caller) -> bool:
    """A journey is seen by its customer, by whoever held it, and by staff of the unit in which it stands."""
    who = caller.who
    if who.party and row.party == who.party:
        return True
    if who.staff:
        return caller.holder in row.holders or _within(row.unit, who)
    knows = caller.holder in row.holders or KNOWS_ID in row.holders
    return knows and (row.party is None or who.party in (None, row.party))


def may_answer(row: Row, caller: Caller) -> bool:
    """A journey is answered by whoever holds it now; a customer answers their own from any device while no staff holds it."""
    if not may_see(row, caller):
        return False
    holder = row.holders[-1] if row.holders else ""
    if holder in (caller.holder, KNOWS_ID):
        return True
    return caller.who.party is not None and row.party == caller.who.party and not holder.startswith("staff:")


def _within(unit: str | None, who: Who) -> bool:
    if who.unit is None:
        return False
    top = "." not in who.unit
    return top if unit is None else unit == who.unit or unit.startswith(who.unit + ".")
