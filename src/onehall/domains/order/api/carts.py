"""TMF663: carts, kept for whoever comes back; what is in one is checked against what is on sale."""

from typing import Any

from onehall.domains import catalogue
from onehall.domains.order.api.asked import check_serves
from onehall.domains.order.events import CartChanged
from onehall.kernel.i18n import _
from onehall.kernel.identity import Who
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources import Access, Body, Column, Doc, Kept, Kind, Ref, RelatedParty, Resource, keeping
from onehall.kernel.store import Tx

ITEMS_MAX = 50


class CartItem(Body):
    """One thing in a cart."""

    action: str | None = None
    quantity: int | None = None
    product_offering: Ref | None = None
    status: str | None = None


class Cart(Body):
    """A cart as sent."""

    cart_item: list[CartItem] | None = None
    related_party: list[RelatedParty] | None = None


async def create(tx: Tx, doc: Doc, who: Who) -> Doc:
    """This will keep a cart with today's prices on it."""
    await check_serves(tx, who, _party(doc))
    priced = await _priced(tx, doc)
    made = await keeping.insert(tx, SHOPPING_CART, priced, changed=tx.now, party=who.party or _party(doc), unit=who.unit)
    tx.tell(CartChanged(str(made["id"]), len(doc.get("cartItem") or [])))
    return made


async def patch(tx: Tx, kept: Kept, wanted: Doc, who: Who) -> None:
    """This will change what is in a cart."""
    await keeping.update(tx, SHOPPING_CART, kept, await _priced(tx, wanted), changed=tx.now)
    tx.tell(CartChanged(kept.id, len(wanted.get("cartItem") or [])))


async def delete(tx: Tx, kept: Kept, who: Who) -> None:
    """This will throw a cart away."""
    await keeping.remove(tx, SHOPPING_CART, kept)


async def _priced(tx: Tx, doc: Doc) -> Doc:
    items = doc.get("cartItem") or []
    if len(items) > ITEMS_MAX:
        raise Refusal("cart.items", _("A cart holds at most {count} things.", count=ITEMS_MAX), 422)
    total, priced = Money(0), []
    for place, item in enumerate(items, 1):
        offering = await _offering(tx, item)
        amount = Money(0, offering.fee.currency) if offering is None else (offering.fee + offering.once) * int(item.get("quantity") or 1)
        total = amount if not total else total + amount if total.currency == amount.currency else total
        price = [{"name": "total", "priceType": "recurring", "price": {"dutyFreeAmount": _amount(amount)}}]
        priced.append({"id": str(place), "status": "active", **item, "itemPrice": price})
    return doc | {
        "cartItem": priced,
        "cartTotalPrice": [{"name": "total", "priceType": "recurring", "price": {"dutyFreeAmount": _amount(total)}}],
    }


async def _offering(tx: Tx, item: dict[str, Any]) -> catalogue.Offering:
    named = (item.get("productOffering") or {}).get("id")
    found = await catalogue.queries.offering(tx, str(named)) if named else None
    if found is None:
        raise Refusal("cart.offering", _("The offering {id} is not on sale.", id=str(named)), 422)
    return found


def _amount(amount: Money) -> dict[str, Any]:
    return {"unit": amount.currency, "value": float(amount.decimal())}


def _party(doc: Doc) -> str | None:
    parties = doc.get("relatedParty") or []
    return str(parties[0]["id"]) if parties and parties[0].get("id") else None


SHOPPING_CART = Resource(
    api="shoppingCart", name="shoppingCart", table="shopping_cart", attributes=Cart,
    columns={"relatedParty.id": Column("party"), "lastUpdate": Column("changed", Kind.TIME, live=True)},
    may_read=Access.OWN, may_write=Access.OWN, create=create, patch=patch, delete=delete, about="Carts.",
)  # fmt: skip
