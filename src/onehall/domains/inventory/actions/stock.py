"""What the stock room changes of numbers and SIMs by the API."""

from onehall.domains.inventory.store import stock
from onehall.kernel.i18n import _
from onehall.kernel.identity import Who
from onehall.kernel.ids import home_of
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources import Doc, Kept
from onehall.kernel.store import Tx

KEPT = ("description", "note", "place")


async def amend_number(tx: Tx, kept: Kept, wanted: Doc, who: Who) -> None:
    """This will change what is noted of a number; one that is locked is not for sale until it is unlocked.

    :raises Refusal: `number.in_use`, 409, a number that is held or sold cannot be locked; `number.lock`, 400.
    """
    lock = str(wanted.get("administrativeState"))
    if lock not in ("locked", "unlocked"):
        raise Refusal("number.lock", _("A number is locked or unlocked."), 400)
    if lock != kept.get("administrativeState") and not await stock.lock_number(tx, home_of(kept.id), kept.id, lock == "locked"):
        raise Refusal("number.in_use", _("This number is held or sold."), 409)
    await stock.note(tx, "number", kept.id, _noted(wanted))


async def amend_sim(tx: Tx, kept: Kept, wanted: Doc, who: Who) -> None:
    """This will change what is noted of a SIM."""
    await stock.note(tx, "sim", kept.id, _noted(wanted))


def _noted(wanted: Doc) -> Doc:
    return {name: wanted[name] for name in KEPT if name in wanted}
