"""Prices: rows of their own, which an offering refers to or brings along; a change of one is a change of terms."""

from typing import Any

from onehall.domains.catalogue.actions import timing
from onehall.domains.catalogue.model import Doc, period_of
from onehall.domains.catalogue.store import rows
from onehall.domains.catalogue.store.tables import PRICE
from onehall.kernel.identity.who import Who
from onehall.kernel.resources import Kept, changed, keeping
from onehall.kernel.store import Tx

ASIDE = ("id", "href", "owner", "lastUpdate", "lifecycleStatus", "@referredType")


async def add_price(tx: Tx, doc: Doc, who: Who | None = None) -> Doc:
    """This will take a price into the catalogue; an offering that refers to it is brought up to date."""
    await rows.bump(tx)
    return await keeping.insert(tx, PRICE, doc, **_columns(tx, doc))


async def change_price(tx: Tx, kept: Kept, wanted: Doc, who: Who | None = None) -> Doc:
    """This will change a price from now on; those who hold an offering at the old one keep it."""
    await rows.bump(tx)
    made = await keeping.update(tx, PRICE, kept, wanted, **_columns(tx, wanted))
    await timing.retime_all(tx, await rows.using(tx, "productOfferingPrice", kept.id))
    return made


async def remove_price(tx: Tx, kept: Kept, who: Who | None = None) -> None:
    """This will take a price out of the catalogue; an offering left without one is no longer on sale."""
    await rows.bump(tx)
    await keeping.remove(tx, PRICE, kept)
    await timing.retime_all(tx, await rows.using(tx, "productOfferingPrice", kept.id))


async def lift(tx: Tx, offering: str, doc: Doc) -> tuple[Doc, bool]:
    """This will make rows of the prices that an offering's body brings along and leave references to them.

    Gives the body, and whether a price was made or changed.
    """
    items = doc.get("productOfferingPrice")
    if not isinstance(items, list) or not any(_brings(item) for item in items):
        return doc, False
    ids = [item["id"] for item in items if isinstance(item, dict) and isinstance(item.get("id"), str)]
    known, refs, touched = await rows.prices(tx, ids, offering), [], False
    free = {id_: kept for id_, kept in known.items() if id_ not in ids and kept["owner"] == offering}
    for item in items:
        if not _brings(item):
            refs.append(item)
            continue
        ref, new = await _settle(tx, offering, item, known, free)
        refs.append(ref)
        touched = touched or new
    return {**doc, "productOfferingPrice": refs}, touched


async def _settle(tx: Tx, offering: str, item: Doc, known: dict[str, Kept], free: dict[str, Kept]) -> tuple[Doc, bool]:
    body = {name: value for name, value in item.items() if name not in ASIDE}
    kept = known.get(str(item.get("id"))) or next((one for one in free.values() if _role(one) == _role(item)), None)
    if kept is None:
        id_ = item["id"] if isinstance(item.get("id"), str) else tx.new_id()
        made = await keeping.insert(tx, PRICE, {**body, "lifecycleStatus": "Active"}, id_=id_, offering=offering, **_columns(tx, body))
        changed(tx, PRICE, made, "create")
        return _ref(made), True
    free.pop(kept.id, None)
    if kept["owner"] != offering or _plain(kept) == body:
        return _ref(kept), False
    status = {"lifecycleStatus": kept["lifecycleStatus"]}
    made = await keeping.update(tx, PRICE, kept, {**body, **status}, **_columns(tx, {**body, **status}))
    changed(tx, PRICE, made, "attributeValueChange")
    others = await rows.using(tx, "productOfferingPrice", kept.id)
    others.pop(offering, None)
    await timing.retime_all(tx, others)
    return _ref(made), True


def _brings(item: Any) -> bool:
    return isinstance(item, dict) and (isinstance(item.get("price"), dict) or ("priceType" in item and not item.get("id")))


def _role(item: Doc) -> tuple[str, str, str]:
    unit = item.get("unitOfMeasure")
    units = unit.get("units") if isinstance(unit, dict) else ""
    return str(item.get("priceType") or "").lower(), str(units).lower(), str(period_of(item)[0] or "")


def _plain(kept: Doc) -> Doc:
    return {name: value for name, value in kept.items() if name not in ASIDE}


def _ref(price: Doc) -> Doc:
    named = {"name": price["name"]} if price.get("name") else {}
    return {"id": price["id"], "href": PRICE.href(str(price["id"])), **named, "@referredType": "ProductOfferingPrice"}


def _columns(tx: Tx, doc: Doc) -> dict[str, Any]:
    starts, ends = period_of(doc)
    return {"updated": tx.now, "starts": starts, "ends": ends, "status": str(doc.get("lifecycleStatus") or "Active")}
