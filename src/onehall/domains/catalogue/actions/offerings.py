"""Offerings come into the catalogue, change, and leave; by API, by loader or by the demo operator alike."""

from typing import Any

from onehall.domains.catalogue import lifecycle
from onehall.domains.catalogue.actions import prices, timing
from onehall.domains.catalogue.events import OfferingPublished, OfferingWithdrawn
from onehall.domains.catalogue.model import Doc, period_of
from onehall.domains.catalogue.store import rows
from onehall.domains.catalogue.store.tables import OFFERING
from onehall.kernel.i18n import _
from onehall.kernel.identity.who import Who
from onehall.kernel.refusals import missing
from onehall.kernel.resources import Kept, changed, keeping
from onehall.kernel.store import Tx


async def publish(tx: Tx, doc: Doc, who: Who | None = None, *, id_: str | None = None) -> Doc:
    """This will take an offering into the catalogue, with the prices that it brings along; it is on sale if it lacks nothing."""
    await rows.bump(tx)
    new = id_ or tx.new_id()
    doc, _lifted = await prices.lift(tx, new, {"lifecycleStatus": lifecycle.OFFERING.first, **doc})
    made = await keeping.insert(tx, OFFERING, doc, id_=new, **_columns(tx, doc))
    await timing.retime(tx, new, made)
    tx.tell(OfferingPublished(new, str(doc.get("kind") or ""), str(made["lifecycleStatus"])))
    changed(tx, OFFERING, made, "create")
    return made


async def amend(tx: Tx, kept: Kept, wanted: Doc, who: Who | None = None) -> Doc:
    """This will change an offering. Those who hold it keep the terms that they took it under.

    :raises Refusal: `lifecycle.step`, 409.
    """
    await rows.bump(tx)
    lifecycle.check_step(str(kept.get("lifecycleStatus") or ""), str(wanted.get("lifecycleStatus") or kept.get("lifecycleStatus") or ""))
    wanted, _lifted = await prices.lift(tx, kept.id, {"lifecycleStatus": kept.get("lifecycleStatus"), **wanted})
    made = await keeping.update(tx, OFFERING, kept, wanted, **_columns(tx, wanted))
    await timing.retime(tx, kept.id, made)
    if _left_sale(kept, made):
        tx.tell(OfferingWithdrawn(kept.id))
    return made


async def withdraw(tx: Tx, offering: str, status: str = "Retired") -> None:
    """This will end the sale of an offering; who has it keeps it.

    :raises Refusal: `not.found`, 404; `lifecycle.step`, 409.
    """
    kept = await _kept(tx, offering)
    await amend(tx, kept, {**kept, "lifecycleStatus": status})
    changed(tx, OFFERING, {**kept, "lifecycleStatus": status}, "stateChange")


async def remove(tx: Tx, kept: Kept, who: Who | None = None) -> None:
    """This will take an offering out of the catalogue; its terms stay for those who hold them."""
    await rows.bump(tx)
    await keeping.remove(tx, OFFERING, kept)
    await timing.end_all(tx, kept.id)
    tx.tell(OfferingWithdrawn(kept.id))


async def put(tx: Tx, id_: str, doc: Doc) -> bool:
    """This will make an offering be as `doc` says, new or changed; False when it is so already. Loaders use it; safe twice."""
    await rows.bump(tx)
    kept = await rows.offering(tx, id_)
    if kept is None:
        await publish(tx, doc, id_=id_)
        return True
    wanted, touched = await prices.lift(tx, id_, {"lifecycleStatus": kept["lifecycleStatus"], **doc})
    if {**wanted, "id": id_} != kept:
        made = await amend(tx, kept, wanted)
        changed(tx, OFFERING, made, "attributeValueChange")
        return True
    if touched:
        await timing.retime(tx, id_, wanted)
    return touched


async def _kept(tx: Tx, id_: str) -> Kept:
    kept = await rows.offering(tx, id_)
    if kept is None:
        raise missing(_("offering"))
    return kept


def _columns(tx: Tx, doc: Doc) -> dict[str, Any]:
    starts, ends = period_of(doc)
    return {"updated": tx.now, "starts": starts, "ends": ends, "status": str(doc.get("lifecycleStatus") or "In study")}


def _left_sale(before: Doc, after: Doc) -> bool:
    sold = [lifecycle.state_of(str(doc.get("lifecycleStatus") or "")) in lifecycle.SOLD for doc in (before, after)]
    return sold == [True, False]
