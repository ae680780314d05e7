"""What offerings are made of and shelved in: specifications, categories, catalogs."""

from onehall.domains.catalogue.actions import timing
from onehall.domains.catalogue.model import Doc
from onehall.domains.catalogue.store import rows
from onehall.domains.catalogue.store.tables import CATALOG, CATEGORY, SPECIFICATION
from onehall.kernel.identity.who import Who
from onehall.kernel.resources import Kept, Resource, changed, keeping
from onehall.kernel.store import Tx


async def add_specification(tx: Tx, doc: Doc, who: Who | None = None) -> Doc:
    """This will take a specification into the catalogue."""
    return await _add(tx, SPECIFICATION, doc)


async def change_specification(tx: Tx, kept: Kept, wanted: Doc, who: Who | None = None) -> Doc:
    """This will change a specification, and with it the offerings that are made to it."""
    made = await _change(tx, SPECIFICATION, kept, wanted)
    await timing.retime_all(tx, await rows.specified(tx, kept.id))
    return made


async def remove_specification(tx: Tx, kept: Kept, who: Who | None = None) -> None:
    """This will take a specification away; offerings made to it are no longer on sale."""
    await _remove(tx, SPECIFICATION, kept)
    await timing.retime_all(tx, await rows.specified(tx, kept.id))


async def add_category(tx: Tx, doc: Doc, who: Who | None = None) -> Doc:
    """This will open a shelf for offerings."""
    return await _add(tx, CATEGORY, doc)


async def change_category(tx: Tx, kept: Kept, wanted: Doc, who: Who | None = None) -> Doc:
    """This will change a shelf, and the family name of what stands on it."""
    made = await _change(tx, CATEGORY, kept, wanted)
    await timing.retime_all(tx, await rows.using(tx, "category", kept.id))
    return made


async def remove_category(tx: Tx, kept: Kept, who: Who | None = None) -> None:
    """This will close a shelf; what stood on it stays on sale."""
    await _remove(tx, CATEGORY, kept)
    await timing.retime_all(tx, await rows.using(tx, "category", kept.id))


async def put_specification(tx: Tx, id_: str, doc: Doc) -> bool:
    """This will make a specification be there; False when it is so already. Safe twice."""
    if await rows.specification(tx, id_) is not None:
        return False
    await rows.bump(tx)
    made = await keeping.insert(tx, SPECIFICATION, doc, id_=id_, updated=tx.now, status=str(doc.get("lifecycleStatus") or "Active"))
    changed(tx, SPECIFICATION, made, "create")
    return True


async def put_category(tx: Tx, id_: str, doc: Doc) -> bool:
    """This will make a category be as `doc` says; False when it is so already. Safe twice."""
    known = await rows.categories(tx, [id_])
    if id_ in known:
        return False
    await rows.bump(tx)
    made = await keeping.insert(tx, CATEGORY, doc, id_=id_, updated=tx.now, status=str(doc.get("lifecycleStatus") or "Active"))
    changed(tx, CATEGORY, made, "create")
    return True


async def put_catalog(tx: Tx, id_: str, doc: Doc) -> None:
    """This will make a catalog be as `doc` says. Safe twice."""
    await rows.bump(tx)
    await rows.set_catalog(tx, id_, doc)
    changed(tx, CATALOG, {**doc, "id": id_}, "create")


async def add_catalog(tx: Tx, doc: Doc, who: Who | None = None) -> Doc:
    """This will open a catalog."""
    return await _add(tx, CATALOG, doc)


async def change_catalog(tx: Tx, kept: Kept, wanted: Doc, who: Who | None = None) -> Doc:
    """This will change a catalog."""
    return await _change(tx, CATALOG, kept, wanted)


async def remove_catalog(tx: Tx, kept: Kept, who: Who | None = None) -> None:
    """This will close a catalog; its offerings stay."""
    await _remove(tx, CATALOG, kept)


async def _add(tx: Tx, resource: Resource, doc: Doc) -> Doc:
    await rows.bump(tx)
    return await keeping.insert(tx, resource, doc, updated=tx.now, status=str(doc.get("lifecycleStatus") or "In study"))


async def _change(tx: Tx, resource: Resource, kept: Kept, wanted: Doc) -> Doc:
    await rows.bump(tx)
    status = str(wanted.get("lifecycleStatus") or kept.get("lifecycleStatus"))
    return await keeping.update(tx, resource, kept, wanted, updated=tx.now, status=status)


async def _remove(tx: Tx, resource: Resource, kept: Kept) -> None:
    await rows.bump(tx)
    await keeping.remove(tx, resource, kept)
