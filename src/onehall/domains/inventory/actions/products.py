"""Products that come by the API: recorded, amended and deleted as TMF637 bodies."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from onehall.domains.inventory.actions.lines import activate_line, restore_line, suspend_line, terminate_line
from onehall.domains.inventory.actions.notices import product_changed
from onehall.domains.inventory.lifecycle import PRODUCT
from onehall.domains.inventory.model import Line
from onehall.domains.inventory.store import lines, products, tables
from onehall.kernel.i18n import _
from onehall.kernel.identity import Who
from onehall.kernel.identity.scope import check_names
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources import Doc, Kept
from onehall.kernel.store import Tx

if TYPE_CHECKING:
    from onehall.domains.catalogue import Offering

OPERATOR = "operator"


async def record_product(tx: Tx, doc: Doc, who: Who) -> Doc:
    """This will record what a party was sold elsewhere, as its body says.

    :raises Refusal: `product.status`, 400; 403, staff of one part of the tree name a customer.
    """
    check_names(who, products.party_of(doc))
    status = str(doc.get("status") or PRODUCT.first)
    check_status(status)
    id_ = tx.new_id()
    await products.insert(tx, id_, doc, status, who.unit)
    return {**doc, "status": status, "id": id_}


async def hold_product(
    tx: Tx, *, party: str, offering: "Offering", unit: str | None = None, account: str | None = None, started: datetime | None = None,
    ended: datetime | None = None, id_: str | None = None, quiet: bool = False,
) -> str:  # fmt: skip
    """This will record that a party has something that is no line (broadband, insurance); gives the product's id. Safe twice by `id_`.

    `quiet`: listeners are not told, where thousands are brought in at once.
    """
    product = id_ or tx.new_id()
    status = "terminated" if ended else "active"
    await products.insert_held(tx, product, party, unit, account, offering, status, started or tx.now, ended)
    if not quiet:
        product_changed(tx, product, "create")
    return product


async def amend_product(tx: Tx, kept: Kept, wanted: Doc, who: Who) -> None:
    """This will change a product: its state by the lifecycle, through a line's own verbs, and what else its body says.

    :raises Refusal: `product.status`, 400; `lifecycle.step`, 409.
    """
    line, status = await lines.line(tx, kept.id, lock=True), str(wanted.get("status") or kept["status"])
    _check_free(kept, wanted, sold_here=line is not None or await lines.pack(tx, kept.id) is not None)
    if status != kept["status"]:
        check_status(status)
        PRODUCT.check(kept["status"], status)
        if line is not None:
            await _move_line(tx, line, status)
    await products.amend(tx, kept.id, wanted, status if line is None else None)


async def delete_product(tx: Tx, kept: Kept, who: Who) -> None:
    """This will delete a product that never worked or has ended.

    :raises Refusal: `product.live`, 409.
    """
    line = await lines.line(tx, kept.id)
    if line is not None or (kept["status"] != PRODUCT.first and kept["status"] not in PRODUCT.ends):
        raise Refusal("product.live", _("Only a product that is not in use can be deleted."), 409)
    await products.delete(tx, kept.id)


def check_status(status: str) -> None:
    """This will refuse a state that no product has.

    :raises Refusal: `product.status`, 400.
    """
    if status not in PRODUCT.states:
        raise Refusal("product.status", _("{status} is no state of a product.", status=status[:40]), 400)


def _check_free(kept: Kept, wanted: Doc, sold_here: bool) -> None:
    """What follows from a line's or pack's own facts is not changed by writing another body."""
    touched = sorted(name for name in tables.MADE_NAMES if kept.get(name) != wanted.get(name))
    if sold_here and touched:
        raise Refusal("patch.protected", _("{attribute} cannot be changed.", attribute=touched[0]), 400, attribute=touched[0])


async def _move_line(tx: Tx, line: Line, status: str) -> Any:
    if status == "active" and line.status == "suspended":
        for why in sorted(line.suspended_why):
            line = await restore_line(tx, line, why)
        return line
    if status == "active":
        return await activate_line(tx, line)
    if status == "suspended":
        return await suspend_line(tx, line, OPERATOR)
    if status in PRODUCT.ends:
        return await terminate_line(tx, line, OPERATOR, status)
    return await products.set_status(tx, line.id, status)
