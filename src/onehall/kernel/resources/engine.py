"""What every resource can do, whatever the channel: list, get, create, patch, delete; each gives an Answer."""

import asyncio
from typing import Any

import asyncpg
import msgspec

from onehall.kernel import ids
from onehall.kernel.events import Origin
from onehall.kernel.i18n import _
from onehall.kernel.identity.who import Who
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.resources import access, answers, bodies, paging, patching, select, words
from onehall.kernel.resources.answers import Made
from onehall.kernel.resources.changes import changed
from onehall.kernel.resources.declaration import Doc, Kept, Resource
from onehall.kernel.store import Store, Tx

_UNREADABLE = (asyncpg.DataError, asyncpg.PostgresSyntaxError)


class Answer(msgspec.Struct, frozen=True):
    """What goes back: an HTTP status, a JSON body as bytes, headers."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = {}


LIST_SECONDS_MAX = 5.0


async def listed(store: Store, resource: Resource, who: Who, raw_query: str) -> Answer:
    """This will answer a page of a list: two statements at most, one where the page shows the whole."""
    access.check_read(resource, who)
    query = words.take_apart(raw_query)
    page = paging.page_of(resource, query.words)
    (sql, values), (count_sql, count_values) = select.many(resource, who, query, page, select.fields_of(query.words))
    try:
        async with asyncio.timeout(LIST_SECONDS_MAX), store.edge(0) as tx:
            rows = await tx.read(sql, *values)
            total = page.offset + len(rows)
            if len(rows) == page.limit or (page.offset and not rows):
                counted = await tx.read_one(count_sql, *count_values)
                total = max(counted["total"] if counted else 0, total if rows else 0)
    except _UNREADABLE as error:
        raise words.refuse(_("This filter is not one that we read."), str(error)) from error
    except TimeoutError as error:
        raise words.refuse(_("This takes too long to find. Ask for less: by id, by state, by time."), "timeout") from error
    body = "[" + ",".join(row["body"] for row in rows) + "]"
    status = 206 if len(rows) < total else 200
    return Answer(status, body.encode(), paging.headers(resource.path, raw_query, page, len(rows), total))


async def got(store: Store, resource: Resource, who: Who, id_: str, raw_query: str = "") -> Answer:
    """This will answer one resource by its id: one statement. One that has another id now is answered with it."""
    access.check_read(resource, who)
    fields = select.fields_of(words.take_apart(raw_query).words)
    _check_id(resource, id_)
    async with store.edge(resource.home_of(id_)) as tx:
        sql, values = select.one(resource, who, id_, fields)
        row = await tx.read_one(sql, *values)
        now = await resource.became(tx, id_) if row is None and resource.became else None
    if row is None and now is not None and now != id_:
        return await got(store, resource, who, now, raw_query)
    if row is None:
        raise missing(resource.noun)
    return Answer(200, row["body"].encode(), {"ETag": etag(row["revision"])})


async def created(store: Store, resource: Resource, who: Who, body: bytes, key_header: str | None = None) -> Answer:
    """This will create a resource by the domain's verb, once for each idempotency key."""
    _check_offered(resource.create)
    access.check_write(resource, who)
    doc = bodies.complete(resource, bodies.an_object(bodies.read(body)))
    key = answers.key_of(key_header, who, resource.path, body)
    home = await _sought(store, resource, doc, who) if resource.seek else _home(resource, doc, who, key)
    if key:
        await key.claim(store, home)
    made = await store.run(home, lambda tx: _create(tx, resource, who, doc, key), origin(who))
    headers = {"Location": resource.href(made.id), "ETag": etag(made.revision)}
    return Answer(made.status, made.body.encode(), headers)


async def patched(store: Store, resource: Resource, who: Who, id_: str, body: bytes, media: str, if_match: str | None = None) -> Answer:
    """This will change a resource by the domain's verb. The row is locked first, so no change is lost."""
    _check_offered(resource.patch)
    access.check_write(resource, who)
    _check_id(resource, id_)
    change = bodies.read(body)

    async def work(tx: Tx) -> Answer:
        kept = await _locked(tx, resource, who, id_, if_match)
        wanted = patching.wanted(resource, kept, change, media)
        if wanted != kept and resource.patch:
            await resource.patch(tx, kept, wanted, who)
        text, revision = await _bare(tx, resource, id_)
        _tell_difference(tx, resource, kept, msgspec.json.decode(text), revision)
        return Answer(200, text.encode(), {"ETag": etag(revision)})

    return await store.run(resource.home_of(id_), work, origin(who))


async def deleted(store: Store, resource: Resource, who: Who, id_: str, if_match: str | None = None) -> Answer:
    """This will delete a resource by the domain's verb."""
    _check_offered(resource.delete)
    access.check_write(resource, who)
    _check_id(resource, id_)

    async def work(tx: Tx) -> Answer:
        kept = await _locked(tx, resource, who, id_, if_match)
        if resource.delete:
            await resource.delete(tx, kept, who)
        changed(tx, resource, dict(kept), "delete")
        return Answer(204)

    return await store.run(resource.home_of(id_), work, origin(who))


def etag(revision: int) -> str:
    """This will write a revision as an ETag."""
    return f'"{revision}"'


def origin(who: Who) -> Origin:
    """This will say who stands behind what is done through the API."""
    return Origin(channel="tmf", party=who.party, staff=who.staff, source=f"partner:{who.partner}" if who.partner else None, unit=who.unit)


def not_offered() -> Refusal:
    """This will make the refusal of a method that the resource does not offer."""
    return Refusal("method", _("This cannot be done here."), 405)


def _check_offered(verb: Any) -> None:
    if verb is None:
        raise not_offered()


def _check_id(resource: Resource, id_: str) -> None:
    if not resource.knows(id_):
        raise missing(resource.noun)


def _home(resource: Resource, doc: Doc, who: Who, key: answers.Key | None) -> int:
    if resource.reference:
        return 0
    wanted: Any = resource.home(doc, who) if resource.home else who.party or _first_party(doc)
    if isinstance(wanted, str):
        wanted = ids.home_of(wanted) if ids.is_id(wanted) else None
    if wanted is None:
        return key.home if key else ids.random_home()
    return int(wanted)


async def _sought(store: Store, resource: Resource, doc: Doc, who: Who) -> int:
    async with store.edge(0) as tx:
        found = await resource.seek(tx, doc, who) if resource.seek else None
    return ids.home_of(found) if isinstance(found, str) else ids.random_home() if found is None else found


def _first_party(doc: Doc) -> str | None:
    parties = doc.get("relatedParty")
    named = [party.get("id") for party in parties if isinstance(party, dict)] if isinstance(parties, list) else []
    return next((id_ for id_ in named if isinstance(id_, str) and ids.is_id(id_)), None)


async def _create(tx: Tx, resource: Resource, who: Who, doc: Doc, key: answers.Key | None) -> Made:
    if key and (before := await key.answer(tx)):
        return before
    if resource.create is None:
        raise not_offered()
    new = await resource.create(tx, doc, who)
    id_ = new if isinstance(new, str) else str(new["id"])
    text, revision = await _bare(tx, resource, id_)
    changed(tx, resource, msgspec.json.decode(text), "create")
    made = Made(202 if resource.asynchronous else 201, id_, revision, text)
    if key:
        await key.keep(tx, made)
    return made


async def _locked(tx: Tx, resource: Resource, who: Who, id_: str, if_match: str | None) -> Kept:
    sql, values = select.locked(resource, who, id_)
    row = await tx.write_one(sql, *values)
    if row is None:
        raise missing(resource.noun)
    if if_match is not None and not _matches(if_match, row["revision"]):
        raise Refusal("revision", _("This has just been changed by someone else. Please look again."), 412)
    return Kept(msgspec.json.decode(row["body"]), row["revision"])


def _matches(if_match: str, revision: int) -> bool:
    tags = [tag.strip() for tag in if_match.split(",")]
    return "*" in tags or etag(revision) in tags


async def _bare(tx: Tx, resource: Resource, id_: str) -> tuple[str, int]:
    await tx.write_out()
    sql, values = select.bare(resource, id_)
    row = await tx.read_one(sql, *values)
    if row is None:
        raise RuntimeError(f"{resource.name} {id_}: its verb left no row to show")
    return row["body"], row["revision"]


def _tell_difference(tx: Tx, resource: Resource, kept: Kept, after: Doc, revision: int) -> None:
    names = patching.changed_names(dict(kept), after)
    if names and revision == kept.revision:
        raise RuntimeError(f"{resource.name}: its patch wrote the row without counting its revision")
    if resource.state in names:
        changed(tx, resource, after, "stateChange")
    if names - {resource.state, "lastUpdate"}:
        changed(tx, resource, after, "attributeValueChange")
