"""Other plans, and packs on top."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from onehall.domains.inventory import rules
from onehall.domains.inventory.actions.lines import locked
from onehall.domains.inventory.actions.notices import product_changed
from onehall.domains.inventory.events import OfferingChanged, OfferingChangePlanned, PackAdded, PackDropped
from onehall.domains.inventory.lifecycle import PRODUCT
from onehall.domains.inventory.model import Change, Line, Pack
from onehall.domains.inventory.store import lines
from onehall.kernel.i18n import _
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx

if TYPE_CHECKING:
    from onehall.domains.catalogue import Offering


async def change_offering(tx: Tx, line: Line, offering: "Offering", effective: str = "next_month") -> Line:
    """This will bring a line to another plan, at its price of today: "now", or from the first of "next_month".

    A change that was planned before is forgotten.
    :raises Refusal: `effective.unknown`, 422; `line.status`, `line.contract`, 409.
    """
    now = await locked(tx, line)
    at = rules.effective(effective, tx.now)
    rules.check_may_change(now, tx.now)
    change = Change(at, offering.id, offering.price_id or None, offering.name, offering.fee, offering.contract_months)
    if at <= tx.now:
        return await _become(tx, now, change)
    planned = replace(now, next_change=change)
    await lines.save_line(tx, planned)
    tx.tell(OfferingChangePlanned(now.id, now.party, now.number, offering.id, at))
    tx.later("inventory.change_offering", {"line": now.id}, due=at, lane=f"line|{now.id}")
    product_changed(tx, now.id, "attributeValueChange")
    return planned


async def apply_change(tx: Tx, line: Line) -> Line:
    """This will do a planned change whose time has come; without one nothing happens, so it is safe twice."""
    now = await locked(tx, line)
    if now.next_change is None or now.next_change.at > tx.now or not now.live:
        return now
    return await _become(tx, now, now.next_change)


async def add_pack(tx: Tx, line: Line, offering: "Offering", id_: str | None = None) -> Pack:
    """This will put a pack on top of a line, at its price of now.

    :raises Refusal: `lifecycle.step`, 409, the line has ended.
    """
    now = await locked(tx, line)
    if not now.live:
        PRODUCT.check(now.status, "active")
    pack = Pack(
        home=now.home, id=id_ or tx.new_id(), party=now.party, unit=now.unit, account=now.account, line=now.id, offering=offering.id,
        price_id=offering.price_id or None, name=offering.name, fee=offering.fee, created=tx.now, activated=tx.now,
    )  # fmt: skip
    await lines.insert_pack(tx, pack)
    tx.tell(PackAdded(now.id, pack.id, now.party, offering.id))
    product_changed(tx, pack.id, "create")
    return pack


async def drop_pack(tx: Tx, pack: Pack) -> Pack:
    """This will take a pack off its line. Done twice, it is done once.

    :raises Refusal: `not.found`, 404.
    """
    now = await lines.pack(tx, pack.id, lock=True)
    if now is None:
        raise missing(_("pack"))
    if now.status == "terminated":
        return now
    dropped = replace(now, status=PRODUCT.check(now.status, "terminated"), ended=tx.now)
    await lines.save_pack(tx, dropped)
    tx.tell(PackDropped(now.line, now.id, now.party, now.offering))
    product_changed(tx, now.id, "stateChange")
    return dropped


async def _become(tx: Tx, now: Line, change: Change) -> Line:
    bound = rules.bound_until(tx.now, change.contract_months)
    ends = [end for end in (now.contract_until, bound) if end is not None]
    changed = replace(
        now, offering=change.offering, price_id=change.price_id, name=change.name, fee=change.fee, contract_months=change.contract_months,
        contract_until=max(ends, default=None), next_change=None,
    )  # fmt: skip
    await lines.save_line(tx, changed)
    tx.tell(OfferingChanged(now.id, now.party, now.number, now.offering, change.offering, change.price_id, change.at))
    product_changed(tx, now.id, "attributeValueChange")
    return changed
