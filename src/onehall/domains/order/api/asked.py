"""What an order in TMF622's words asks for, in ours."""

from typing import Any

import msgspec

from onehall.domains import catalogue, inventory, party
from onehall.domains.order import rules
from onehall.domains.order.model import Wanted
from onehall.kernel import ids
from onehall.kernel.i18n import _
from onehall.kernel.identity import Who
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.resources import Body, Doc, Note, Ref, RelatedParty
from onehall.kernel.store import Tx


class Product(Body):
    """The product that an item makes, changes or ends."""

    product_characteristic: list[dict[str, Any]] | None = None
    product_relationship: list[dict[str, Any]] | None = None


class Item(Body):
    """One thing of an order."""

    id: str
    action: str
    quantity: int | None = None
    product_offering: Ref | None = None
    product: Product | None = None
    state: str | None = None


class ProductOrderBody(Body):
    """A product order as sent."""

    product_order_item: list[Item]
    related_party: list[RelatedParty] | None = None
    description: str | None = None
    external_id: str | None = None
    category: str | None = None
    priority: str | None = None
    state: str | None = None
    note: list[Note] | None = None


def customer_of(doc: Doc) -> str:
    """This will name the customer of an order: the related party of role customer, else the first.

    :raises Refusal: 422, no related party is one of ours.
    """
    parties = doc.get("relatedParty") or []
    ours = [each for each in parties if (each.get("role") or "").lower() == "customer"] or parties
    if not ours or not ids.is_id(str(ours[0].get("id"))):
        raise Refusal("order.party", _("The order names no customer of ours in relatedParty."), 422)
    return str(ours[0]["id"])


async def check_serves(tx: Tx, who: Who, customer: str | None) -> None:
    """This will have staff order for customers of their own part of the operator only; one statement, for staff.

    :raises Refusal: `not.found`, 404.
    """
    if who.staff is None or customer is None:
        return
    if not ids.is_id(customer) or ids.home_of(customer) != tx.home:
        raise missing(_("customer"))
    if not party.serves_here((await party.queries.party(tx, customer)).unit, who.unit):
        raise missing(_("customer"))


async def wanted_of(tx: Tx, doc: Doc, customer: str) -> Wanted:
    """This will read what is to be done out of an order's items: a line with its packs, or one change to a line.

    :raises Refusal: 422, with what is missing, unknown or too much.
    """
    items = [msgspec.convert(item, Item) for item in doc["productOrderItem"]]
    if not items:
        raise Refusal("order.items", _("The order has no items."), 422)
    offerings = [await _offering(tx, item) for item in items]
    plans = [place for place, offering in enumerate(offerings) if offering and offering.kind == "plan" and items[place].action == "add"]
    if len(plans) == 1:
        return await _opening(tx, customer, items, offerings, plans[0], doc)
    if len(items) > 1:
        raise Refusal("order.items", _("Send changes to a line one order at a time."), 422)
    return await _change(tx, customer, items[0], offerings[0], doc)


async def _offering(tx: Tx, item: Item) -> catalogue.Offering | None:
    if item.action in ("delete", "noChange"):
        return None
    if item.action not in ("add", "modify"):
        raise Refusal("order.action", _("An item's action is add, modify or delete."), 422)
    if item.product_offering is None or not item.product_offering.id:
        raise Refusal("order.offering", _("Item {id} names no productOffering.", id=item.id), 422)
    found = await catalogue.queries.offering(tx, item.product_offering.id)
    if found is None:
        raise Refusal("order.offering", _("The offering {id} is not on sale.", id=item.product_offering.id), 422)
    return found


async def _opening(tx: Tx, customer: str, items: list[Item], offerings: list[catalogue.Offering | None], at: int, doc: Doc) -> Wanted:
    plan = offerings[at]
    assert plan is not None
    others = [offering for place, offering in enumerate(offerings) if place != at]
    if any(other is None or other.kind == "plan" for other in others):
        raise Refusal("order.items", _("A new line is ordered with packs only."), 422)
    person = await party.queries.party(tx, customer)
    if person is None:
        raise Refusal("order.party", _("The order names no customer of ours in relatedParty."), 422)
    if person.document_hash is None:
        raise Refusal("order.real_name", _("A line can be opened only for a person whose identity is proven."), 422)
    packs = [other for other in others if other is not None]
    traits = _traits(items[at])
    number = await _number(tx, traits.get("number"))
    charges = rules.opening_charges(plan, catalogue.rules.first_month_fee(plan, tx.now), number.prepay) + rules.pack_charges(packs)
    return Wanted(
        kind="line.open", party=customer, offering=plan.id, name=plan.name, price_id=plan.price_id, number=number.number,
        lock_months=number.lock_months, min_spend=number.min_spend,
        document=person.document_hash, sim=traits.get("simKind") or "esim", iccid=traits.get("iccid"), charges=charges,
        packs=tuple(pack.id for pack in packs), unit=person.unit, contract_months=plan.contract_months, external_id=doc.get("externalId"),
        contact=person.phone,
    )  # fmt: skip


async def _number(tx: Tx, wanted: Any) -> inventory.NumberOffer:
    """The number that an order names, on the terms of its tier; one that names none gets an ordinary one."""
    if wanted is not None:
        found = await inventory.queries.number_offer(tx, wanted) if isinstance(wanted, str) else None
        if found is None:
            raise Refusal("order.number", _("The number {number} is not free.", number=str(wanted)), 422)
        return found
    offers = await inventory.queries.search_numbers(tx, "")
    ordinary = next((offer for offer in offers if not offer.tier), None)
    if ordinary is None:
        raise Refusal("order.number", _("No number is free just now."), 422)
    return ordinary


async def _change(tx: Tx, customer: str, item: Item, offering: catalogue.Offering | None, doc: Doc) -> Wanted:
    product = _product(item)
    if product is None:
        raise Refusal("order.product", _("Item {id} names no product to change.", id=item.id), 422)
    line = await inventory.queries.find_line(tx, product)
    pack = None if line else await inventory.queries.find_pack(tx, product)
    owner = line or pack
    if owner is None or owner.party != customer:
        raise Refusal("order.product", _("The customer has no product {id}.", id=product), 422)
    if item.action == "delete":
        kind = "line.close" if line else "pack.drop"
        return Wanted(
            kind=kind, party=customer, offering=owner.offering, name=owner.name, line=line.id if line else pack.line,  # type: ignore[union-attr]
            pack=None if line else product, unit=owner.unit, external_id=doc.get("externalId"),
        )  # fmt: skip
    if line is None or offering is None:
        raise Refusal("order.product", _("The product {id} is no line.", id=product), 422)
    kind = "plan.change" if offering.kind == "plan" else "pack.add"
    if kind == "plan.change":
        inventory.rules.check_may_change(line, tx.now)
    charges = rules.pack_charges([offering]) if kind == "pack.add" else ()
    return Wanted(
        kind=kind, party=customer, offering=offering.id, name=offering.name, price_id=offering.price_id, line=line.id,
        number=line.number, charges=charges, unit=line.unit, external_id=doc.get("externalId"), contract_months=offering.contract_months,
        effective=catalogue.rules.change_day(tx.now) if kind == "plan.change" else None,
    )  # fmt: skip


def _traits(item: Item) -> dict[str, Any]:
    traits = item.product.product_characteristic if item.product else None
    return {str(trait.get("name")): trait.get("value") for trait in traits or []}


def _product(item: Item) -> str | None:
    named = item.product.id if item.product else None
    related = (item.product.product_relationship or []) if item.product else []
    for relation in related:
        named = named or relation.get("id") or (relation.get("product") or {}).get("id")
    return named if named and ids.is_id(named) else None
