"""The SELECTs of a resource: the body as its readers see it, made by the database and sent on unparsed."""

from functools import lru_cache
from typing import Any

from onehall.kernel import ids
from onehall.kernel.identity.who import Who
from onehall.kernel.resources import access, paging
from onehall.kernel.resources.declaration import Access, Column, Kind, Resource
from onehall.kernel.resources.filters import condition_sql
from onehall.kernel.resources.jsonpath import rewrite
from onehall.kernel.resources.sql import Values, every, literal
from onehall.kernel.resources.words import Query

_TIME = "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'"
Statement = tuple[str, list[Any]]


@lru_cache(maxsize=256)
def shown(resource: Resource) -> str:
    """This will write the SQL of the whole body: what is kept, under it the type, over it columns, id and href."""
    parts = [f"jsonb_build_object('@type', {literal(resource.noun)}) || {resource.doc}"]
    if resource.live:
        pairs = ", ".join(f"{literal(name)}, {_value(column)}" for name, column in resource.live.items())
        parts.append(f"jsonb_strip_nulls(jsonb_build_object({pairs}))")
    parts.append(f"jsonb_build_object('id', id, 'href', {literal(resource.path + '/')} || id)")
    return "(" + " || ".join(parts) + ")"


def one(resource: Resource, who: Who, id_: str, fields: list[str] | None = None) -> Statement:
    """This will select one row (its body as text, its revision) by id, if the caller may see it."""
    return _by_id(resource, id_, fields, (resource.may_read, who))


def locked(resource: Resource, who: Who, id_: str) -> Statement:
    """This will select and lock one row that the caller may change."""
    sql, values = _by_id(resource, id_, None, (resource.may_write, who))
    return f"{sql} FOR UPDATE", values


def bare(resource: Resource, id_: str) -> Statement:
    """This will select one row for the house itself, whoever caused it."""
    return _by_id(resource, id_, None, None)


def _by_id(resource: Resource, id_: str, fields: list[str] | None, asker: tuple[Access, Who] | None) -> Statement:
    values = Values(id_)
    conditions = ["id = $1", *_bounds(resource)]
    if asker:
        conditions += access.bounds(resource, *asker, values)
    if not resource.reference:
        conditions.insert(0, f"home = {values.add(ids.home_of(id_), 'smallint')}")
    body = _projected(resource, fields, values)
    return f"SELECT {body}::text AS body, revision FROM {resource.table} WHERE {every(conditions)}", values.values


def many(resource: Resource, who: Who, query: Query, page: paging.Page, fields: list[str] | None) -> tuple[Statement, Statement]:
    """This will write the statement of a page and the one that counts the whole list."""
    values = Values()
    found = f"FROM {resource.table} WHERE {every(conditions(resource, who, query, values))}"
    count: Statement = (f"SELECT count(*) AS total {found}", list(values.values))
    body = _projected(resource, fields, values)
    order = paging.order_sql(resource, query.words.get("sort", ""), shown(resource), values)
    sql = f"SELECT {body}::text AS body {found} ORDER BY {order}"
    return (f"{sql} LIMIT {values.add(page.limit, 'bigint')} OFFSET {values.add(page.offset, 'bigint')}", values.values), count


def conditions(resource: Resource, who: Who, query: Query, values: Values) -> list[str]:
    """This will write what a row must meet to be in a caller's list."""
    found = [*_bounds(resource), *access.bounds(resource, resource.may_read, who, values, listing=True)]
    for condition in query.conditions:
        if condition.path == "id" and condition.operator == "eq" and not resource.reference:
            homes = sorted({ids.home_of(id_) for id_ in condition.values if ids.is_id(id_)})
            found.append(f"home = ANY({values.add(homes, 'smallint[]')})")
        found.append(condition_sql(condition, _filterable(resource), shown(resource), values))
    if query.words.get("filter"):
        path = values.add(rewrite(query.words["filter"]), "text")
        found.append(f"jsonb_path_exists_tz({shown(resource)}, {path}::jsonpath)")
    return found


def fields_of(words: dict[str, str]) -> list[str] | None:
    """This will read `fields=a,b.c` as first-level names; None is all of them, `none` only id and href."""
    if "fields" not in words:
        return None
    names = {name.strip().strip('"').split(".")[0] for name in words["fields"].split(",")}
    return sorted(name for name in names if name and name != "none")


def _projected(resource: Resource, fields: list[str] | None, values: Values) -> str:
    if fields is None:
        return shown(resource)
    wanted = values.add([*fields, "id", "href"], "text[]")
    return f"(SELECT jsonb_object_agg(key, value) FROM jsonb_each({shown(resource)}) WHERE key = ANY({wanted}))"


def _bounds(resource: Resource) -> list[str]:
    return [f"({resource.where})"] if resource.where else []


@lru_cache(maxsize=256)
def _filterable(resource: Resource) -> dict[str, Column]:
    return {**resource.typed, "href": Column(f"{literal(resource.path + '/')} || id")}


def _value(column: Column) -> str:
    sql = f"({column.sql})"
    return f"to_char({sql} AT TIME ZONE 'UTC', {_TIME})" if column.kind is Kind.TIME else sql
