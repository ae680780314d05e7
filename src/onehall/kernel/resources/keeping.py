"""Plain ways to store a resource, for verbs that need no SQL of their own. Each counts the row's revision."""

from typing import Any

from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources.declaration import Column, Doc, Kept, Kind, Resource
from onehall.kernel.resources.filters import time_of
from onehall.kernel.resources.sql import Values
from onehall.kernel.store import Tx

_COMPUTED = frozenset({"id", "href"})


async def insert(tx: Tx, resource: Resource, doc: Doc, *, id_: str | None = None, **columns: Any) -> Doc:
    """This will insert a new row at revision 1; the typed columns are read from the body, `columns` adds others."""
    new = id_ or tx.new_id()
    row = {"id": new, "doc": _body(resource, doc), "revision": 1, **mirrored(resource, doc), **columns}
    if not resource.reference:
        row["home"] = tx.home
    values = Values()
    places = ", ".join(values.add(value) for value in row.values())
    await tx.write(f"INSERT INTO {resource.table} ({', '.join(row)}) VALUES ({places})", *values.values)
    return {**doc, "id": new}


async def update(tx: Tx, resource: Resource, kept: Kept, doc: Doc, **columns: Any) -> Doc:
    """This will write a changed body and its columns over the revision that was read.

    :raises Refusal: `conflict`, 409, when someone else changed it meanwhile.
    """
    row = {"doc": _body(resource, doc), **mirrored(resource, doc), **columns}
    values = Values()
    pairs = ", ".join(f"{name} = {values.add(value)}" for name, value in row.items())
    sql = f"UPDATE {resource.table} SET revision = revision + 1, {pairs} WHERE {_exact(resource, kept, values)} RETURNING id"
    if await tx.write_one(sql, *values.values) is None:
        raise conflict()
    return {**doc, "id": kept.id}


async def remove(tx: Tx, resource: Resource, kept: Kept) -> None:
    """This will delete the row at the revision that was read.

    :raises Refusal: `conflict`, 409, when someone else changed it meanwhile.
    """
    values = Values()
    if await tx.write_one(f"DELETE FROM {resource.table} WHERE {_exact(resource, kept, values)} RETURNING id", *values.values) is None:
        raise conflict()


def conflict() -> Refusal:
    """This will make the refusal for a change to something that has changed meanwhile."""
    return Refusal("conflict", _("This has just been changed by someone else. Please look again."), 409)


def mirrored(resource: Resource, doc: Doc) -> dict[str, Any]:
    """This will read the plain typed columns (not expressions) from a body, as far as the body has them."""
    plain = [(path, column) for path, column in resource.typed.items() if column.sql.isidentifier() and path not in _COMPUTED]
    found = [(column, _at(doc, path.split("."))) for path, column in plain]
    return {column.sql: _as_kind(value, column) for column, value in found if value is not None}


def _body(resource: Resource, doc: Doc) -> Doc:
    return {name: value for name, value in doc.items() if name not in _COMPUTED and name not in resource.live}


def _exact(resource: Resource, kept: Kept, values: Values) -> str:
    home = "" if resource.reference else f"home = {values.add(resource.home_of(kept.id))} AND "
    return f"{home}id = {values.add(kept.id)} AND revision = {values.add(kept.revision)}"


def _at(value: Any, path: list[str]) -> Any:
    if isinstance(value, list):
        return next((found for part in value if (found := _at(part, path)) is not None), None)
    if not path:
        return value
    return _at(value.get(path[0]), path[1:]) if isinstance(value, dict) else None


def _as_kind(value: Any, column: Column) -> Any:
    if column.kind is Kind.TIME and isinstance(value, str):
        return time_of(value)
    if column.kind is Kind.TEXT and not isinstance(value, str):
        return str(value)
    return value
