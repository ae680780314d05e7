"""TMF622: orders placed and cancelled by API run through the same verbs as those of every channel."""

from typing import Any

from onehall.domains.order import actions
from onehall.domains.order.api.asked import ProductOrderBody, check_serves, customer_of, wanted_of
from onehall.kernel import ids
from onehall.kernel.i18n import _
from onehall.kernel.identity import Who
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.resources import Access, Body, Column, Doc, Kept, Kind, Note, Ref, Resource, keeping
from onehall.kernel.store import Tx

_KEEPS = (
    "description",
    "priority",
    "category",
    "note",
    "requestedStartDate",
    "requestedCompletionDate",
    "notificationContact",
    "agreement",
)


class Cancel(Body):
    """A wish to cancel an order."""

    product_order: Ref
    cancellation_reason: str | None = None
    note: list[Note] | None = None


async def create(tx: Tx, doc: Doc, who: Who) -> str:
    """This will place an order as it was sent.

    :raises Refusal: 422, with what is wrong.
    """
    customer = customer_of(doc)
    if ids.home_of(customer) != tx.home or (who.party and who.party != customer):
        raise Refusal("order.party", _("The order names no customer of ours in relatedParty."), 422)
    await check_serves(tx, who, customer)
    wanted = await wanted_of(tx, doc, customer)
    said = {name: doc[name] for name in _KEEPS if name in doc}
    items = {"productOrderItem": [{**item, "state": "acknowledged"} for item in doc["productOrderItem"]]}
    placed = await actions.place(tx, wanted=wanted, said=said | items | {"relatedParty": doc["relatedParty"]})
    return placed.order


async def patch(tx: Tx, kept: Kept, wanted: Doc, who: Who) -> None:
    """This will change an order's words, or cancel it: `{"state": "cancelled"}`.

    :raises Refusal: 409, it cannot go to that state.
    """
    if wanted.get("state") != kept.get("state"):
        if wanted.get("state") not in ("cancelled", "pendingCancellation"):
            raise Refusal("order.state", _("An order moves by its fulfilment; from outside it can only be cancelled."), 409)
        await actions.cancel(tx, order=kept.id)
        return
    await keeping.update(tx, PRODUCT_ORDER, kept, wanted)


async def create_cancel(tx: Tx, doc: Doc, who: Who) -> Doc:
    """This will cancel the order that is named (TMF622 cancelProductOrder)."""
    order = str((doc.get("productOrder") or {}).get("id"))
    if not ids.is_id(order) or ids.home_of(order) != tx.home:
        raise missing("order")
    await actions.cancel(tx, order=order)
    return await keeping.insert(tx, CANCEL, doc | {"state": "done", "effectiveCancellationDate": _stamp(tx)})


def _stamp(tx: Tx) -> str:
    return tx.now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _home_of_order(doc: Doc, who: Who) -> str | None:
    named: Any = (doc.get("productOrder") or {}).get("id")
    return named if isinstance(named, str) and ids.is_id(named) else None


def _home_of_customer(doc: Doc, who: Who) -> str:
    return customer_of(doc)


PRODUCT_ORDER = Resource(
    api="productOrderingManagement", name="productOrder", table="product_order",
    attributes=ProductOrderBody, mandatory=("productOrderItem",),
    columns={
        "state": Column("state", live=True), "orderDate": Column("ordered", Kind.TIME, live=True), "category": Column("kind"),
        "completionDate": Column("completed", Kind.TIME, live=True), "externalId": Column("external_id"),
        "relatedParty.id": Column("party"),
    },
    state="state", fixed=("orderDate", "completionDate", "productOrderItem", "relatedParty", "orderTotalPrice", "channel", "externalId"),
    may_read=Access.OWN, may_write=Access.OWN, create=create, patch=patch, home=_home_of_customer,
    about="Orders; each is fulfilled like one from any other channel.",
)  # fmt: skip
CANCEL = Resource(
    api="productOrderingManagement", name="cancelProductOrder", table="cancel_product_order",
    attributes=Cancel, mandatory=("productOrder",),
    party=None, unit=None, may_read=Access.PARTNER, may_write=Access.PARTNER, roles=(), create=create_cancel, home=_home_of_order,
    about="Wishes to cancel an order, of partners; staff cancel the order itself.",
)  # fmt: skip
