"""The life of a line: created, activated, suspended, restored, ended."""

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from onehall.domains.inventory import rules
from onehall.domains.inventory.actions.notices import product_changed
from onehall.domains.inventory.events import LineActivated, LineCreated, LineRestored, LineSuspended, LineTerminated, PackDropped
from onehall.domains.inventory.lifecycle import PRODUCT
from onehall.domains.inventory.model import Line, Terms
from onehall.domains.inventory.store import lines
from onehall.kernel.i18n import _
from onehall.kernel.ids import home_of
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx

if TYPE_CHECKING:
    from onehall.domains.catalogue import Offering

ORDINARY = Terms()


async def create_line(
    tx: Tx, *, party: str, number: str, offering: "Offering", unit: str | None = None, account: str | None = None, iccid: str | None = None,
    terms: Terms = ORDINARY, id_: str | None = None, created: datetime | None = None,
) -> Line:  # fmt: skip
    """This will open a line for a party with a number, on a plan at its price of now; it works once activated.

    `terms` are those of the number's tier. One statement. An `id_` made before (tx.new_id()) may be given.
    """
    line = Line(
        home=home_of(party), id=id_ or tx.new_id(), party=party, unit=unit, account=account, number=number, iccid=iccid,
        offering=offering.id, price_id=offering.price_id or None, name=offering.name, fee=offering.fee,
        status=PRODUCT.first, created=created or tx.now, min_spend=terms.min_spend, contract_months=offering.contract_months,
        lock_months=terms.lock_months,
    )  # fmt: skip
    await lines.insert_line(tx, line)
    tx.tell(LineCreated(line.id, party, number, offering.id, account))
    product_changed(tx, line.id, "create")
    return line


async def activate_line(tx: Tx, line: Line, iccid: str | None = None) -> Line:
    """This will have a line work from now on; contract and lock count from now. Done twice, it is done once.

    :raises Refusal: `lifecycle.step`, 409.
    """
    now = await locked(tx, line)
    if now.status == "active":
        return now
    first = now.activated is None
    changed = replace(
        now, status=PRODUCT.check(now.status, "active"), activated=now.activated or tx.now, iccid=iccid or now.iccid,
        contract_until=rules.bound_until(tx.now, now.contract_months) if first else now.contract_until,
        lock_until=rules.bound_until(tx.now, now.lock_months) if first else now.lock_until,
    )  # fmt: skip
    await lines.save_line(tx, changed)
    tx.tell(LineActivated(now.id, now.party, now.number, now.offering, changed.iccid))
    product_changed(tx, now.id, "stateChange")
    return changed


async def suspend_line(tx: Tx, line: Line, why: str) -> Line:
    """This will have a line stand still for a reason; a second reason is kept beside the first.

    :raises Refusal: `suspend.reason`, 422; `lifecycle.step`, 409.
    """
    rules.check_reason(why)
    now = await locked(tx, line)
    if why in now.suspended_why:
        return now
    status = now.status if now.status == "suspended" else PRODUCT.check(now.status, "suspended")
    changed = replace(now, status=status, suspended_why=now.suspended_why | {why})
    await lines.save_line(tx, changed)
    tx.tell(LineSuspended(now.id, now.party, now.number, why, tuple(sorted(changed.suspended_why))))
    if now.status != status:
        product_changed(tx, now.id, "stateChange")
    return changed


async def restore_line(tx: Tx, line: Line, why: str) -> Line:
    """This will take one reason away; the line works again when none is left.

    :raises Refusal: `line.not_suspended`, `line.other_reason`, 409.
    """
    now = await locked(tx, line)
    rules.check_restorable(now, why)
    left = rules.left_after(now.suspended_why, why)
    changed = replace(now, suspended_why=left, status=now.status if left else PRODUCT.check(now.status, "active"))
    await lines.save_line(tx, changed)
    if not left:
        tx.tell(LineRestored(now.id, now.party, now.number, why))
        product_changed(tx, now.id, "stateChange")
    return changed


async def terminate_line(tx: Tx, line: Line, why: str = "", status: str = "terminated") -> Line:
    """This will end a line and its packs for good; number and SIM follow by the fact. Done twice, it is done once.

    `status`: terminated, or cancelled or aborted where the line never worked.
    :raises Refusal: `lifecycle.step`, 409.
    """
    now = await locked(tx, line)
    if now.status == status:
        return now
    changed = replace(now, status=PRODUCT.check(now.status, status), ended=tx.now, next_change=None)
    await lines.save_line(tx, changed)
    for pack in await lines.packs_of(tx, now.id):
        await lines.save_pack(tx, replace(pack, status="terminated", ended=tx.now))
        tx.tell(PackDropped(now.id, pack.id, pack.party, pack.offering))
    tx.tell(LineTerminated(now.id, now.party, now.number, now.iccid, why, now.activated is not None))
    product_changed(tx, now.id, "stateChange")
    return changed


async def set_account(tx: Tx, line: Line, account: str) -> Line:
    """This will say which billing account pays for a line."""
    now = await locked(tx, line)
    changed = replace(now, account=account)
    await lines.save_line(tx, changed)
    return changed


async def locked(tx: Tx, line: Line) -> Line:
    """This will read a line as it is now, and keep others from changing it.

    :raises Refusal: `not.found`, 404.
    """
    now = await lines.line(tx, line.id, lock=True)
    if now is None:
        raise missing(_("line"))
    return now
