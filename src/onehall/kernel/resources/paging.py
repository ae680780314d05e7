"""Pages of a list: offset and limit, order, counts and links."""

from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

import msgspec

from onehall.kernel.i18n import _
from onehall.kernel.resources.declaration import Kind, Resource
from onehall.kernel.resources.filters import jsonpath_of
from onehall.kernel.resources.sql import Values
from onehall.kernel.resources.words import check_attribute, refuse

LIMIT_MAX: Final = 1000
OFFSET_MAX: Final = 1_000_000_000
SORTS_MAX: Final = 5


class Page(msgspec.Struct, frozen=True):
    """Which part of a list is wanted."""

    offset: int = 0
    limit: int = LIMIT_MAX


def page_of(resource: Resource, words: dict[str, str]) -> Page:
    """This will read offset and limit; a limit above a thousand is a thousand."""
    offset, limit = _whole(words, "offset", 0), _whole(words, "limit", resource.page)
    if offset > OFFSET_MAX:
        raise refuse(_("{attribute} must be a whole number of 0 or more.", attribute="offset"))
    return Page(offset, min(limit, LIMIT_MAX))


def order_sql(resource: Resource, sort: str, shown: str, values: Values) -> str:
    """This will write ORDER BY for `sort=-a,+b`; ids settle what is equal, and are the order when none is asked."""
    last = ["id"] if resource.reference else ["home", "id"]
    wanted = [part for part in sort.split(",") if part.strip()]
    if len(wanted) > SORTS_MAX:
        raise refuse(_("Too many conditions are asked for at once."))
    return ", ".join([_one(resource, part.strip(), shown, values) for part in wanted] + last)


def headers(path: str, raw_query: str, page: Page, here: int, total: int) -> dict[str, str]:
    """This will write X-Total-Count, X-Result-Count and Link."""
    kept = [(name, value) for name, value in parse_qsl(raw_query, keep_blank_values=True) if name not in ("offset", "limit")]
    links = [f'<{_url(path, kept, at, page.limit)}>; rel="{rel}"' for rel, at in _places(page, total).items()]
    return {"X-Total-Count": str(total), "X-Result-Count": str(here), "Link": ", ".join(links)}


def _places(page: Page, total: int) -> dict[str, int]:
    step = max(page.limit, 1)
    places = {"self": page.offset, "first": 0, "last": max(0, (total - 1) // step * step)}
    if page.offset > 0:
        places["prev"] = max(0, page.offset - step)
    if page.offset + step < total:
        places["next"] = page.offset + step
    return places


def _url(path: str, kept: list[tuple[str, str]], offset: int, limit: int) -> str:
    return f"{path}?{urlencode([*kept, ('offset', offset), ('limit', limit)], quote_via=quote)}"


def _whole(words: dict[str, str], name: str, otherwise: int) -> int:
    text = words.get(name)
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise refuse(_("{attribute} must be a whole number of 0 or more.", attribute=name))
    return int(text)


def _one(resource: Resource, part: str, shown: str, values: Values) -> str:
    path = check_attribute(part.lstrip("+- "))
    column = resource.typed.get(path)
    if column is not None and column.kind is not Kind.JSON:
        key = f"({column.sql})" + (' COLLATE "C"' if column.kind is Kind.TEXT else "")
    else:
        key = f"jsonb_path_query_first({shown}, {values.add(jsonpath_of(path), 'text')}::jsonpath)"
    return f"{key} {'DESC' if part.startswith('-') else 'ASC'} NULLS LAST"
