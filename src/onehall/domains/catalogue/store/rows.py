"""The SQL of the catalogue. Reference tables: no home; every write bumps the version first."""

import time
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from onehall.domains.catalogue.model import SERVICES, Doc, Offering, Terms
from onehall.kernel.editions import turn
from onehall.kernel.resources import Kept
from onehall.kernel.store import Store, Tx

_DOC = "doc || jsonb_build_object('lifecycleStatus', status)"
_BUMP = "UPDATE catalogue_version SET version = version + 1 WHERE id = 1 RETURNING version"
_OFFERING = f"SELECT {_DOC} AS doc, revision FROM product_offering WHERE id = $1"
_PRICES = "SELECT id, doc, revision, offering, status FROM product_offering_price WHERE id = ANY($1::text[]) OR offering = $2 ORDER BY id"
_SPECIFICATION = "SELECT doc FROM product_specification WHERE id = $1"
_CATEGORIES = "SELECT id, doc FROM category WHERE id = ANY($1::text[])"
_TERMS = "SELECT id, offering, price, since, until, version, body FROM offering_terms WHERE offering = $1 ORDER BY since, id"
_NAMED = "SELECT count(*) AS held FROM offering_terms WHERE price = $1"
_ADD_TERMS = "INSERT INTO offering_terms (id, offering, price, since, until, version, body) VALUES ($1, $2, $3, $4, $5, $6, $7)"
_SET_TERMS = "UPDATE offering_terms SET since = $2, until = $3, version = $4, body = $5 WHERE id = $1"
_CHANGED = """
SELECT 'version' AS what, version, NULL AS id, NULL AS offering, NULL AS price, NULL::timestamptz AS since, NULL::timestamptz AS until,
    NULL AS body FROM catalogue_version WHERE id = 1
UNION ALL
SELECT 'terms', version, id, offering, price, since, until, body::text FROM offering_terms WHERE version > $1
"""
_USING = f"SELECT id, {_DOC} AS doc FROM product_offering WHERE doc -> $1 @> $2 ORDER BY id"
_SPECIFIED = f"SELECT id, {_DOC} AS doc FROM product_offering WHERE doc -> 'productSpecification' ->> 'id' = $1 ORDER BY id"
_SET_CATALOG = """
INSERT INTO catalog (id, doc, revision, name, status, updated) VALUES ($1, $2, 1, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET doc = excluded.doc, revision = catalog.revision + 1, name = excluded.name, updated = excluded.updated
"""
_KIND = "UPDATE product_offering SET kind = $2 WHERE id = $1 AND kind <> $2"
COMMIT_SECONDS_MAX = 30
PRIVATE = "private~"
"""Price ids that begin so were agreed on with one store."""
_FACE = msgspec.json.Decoder(Offering)

writing: "WeakKeyDictionary[Tx, int]" = WeakKeyDictionary()
_written: "WeakKeyDictionary[Store, tuple[int, float]]" = WeakKeyDictionary()


async def bump(tx: Tx) -> int:
    """This will give the version that this transaction writes; writers of the catalogue stand in line for it."""
    if tx not in writing:
        row = await tx.write_one(_BUMP)
        assert row is not None
        writing[tx] = row["version"]
        _written[tx.store] = (row["version"], time.monotonic())
        turn(tx.store)
    return writing[tx]


def awaited(store: Store) -> int:
    """This will give the version that this process wrote last and should soon see; 0 when that was long ago."""
    version, at = _written.get(store, (0, 0.0))
    return version if time.monotonic() - at < COMMIT_SECONDS_MAX else 0


async def offering(tx: Tx, id_: str) -> Kept | None:
    """This will give an offering as it stands in its row, or None."""
    row = await tx.read_one(_OFFERING, id_)
    return Kept({**row["doc"], "id": id_}, row["revision"]) if row else None


async def prices(tx: Tx, ids: list[str], offering_id: str) -> dict[str, Kept]:
    """This will give the prices of an offering: those it refers to and those made for it (`owner` names whose they are)."""
    rows = await tx.read(_PRICES, ids, offering_id)
    return {
        row["id"]: Kept({**row["doc"], "id": row["id"], "lifecycleStatus": row["status"], "owner": row["offering"]}, row["revision"])
        for row in rows
    }


async def specification(tx: Tx, id_: str) -> Doc | None:
    """This will give a specification's body, or None."""
    row = await tx.read_one(_SPECIFICATION, id_)
    return row["doc"] if row else None


async def categories(tx: Tx, ids: list[str]) -> dict[str, Doc]:
    """This will give the categories that are known among `ids`."""
    return {row["id"]: row["doc"] for row in await tx.read(_CATEGORIES, ids)} if ids else {}


async def terms_of(tx: Tx, offering_id: str) -> list[Terms]:
    """This will give all terms under which an offering stood or will stand for everybody, oldest first."""
    rows = [row for row in await tx.read(_TERMS, offering_id) if not row["id"].startswith(PRIVATE)]
    return [
        Terms(row["id"], row["offering"], row["price"], row["since"], row["until"], _ordered(msgspec.convert(row["body"], Offering)))
        for row in rows
    ]


async def name_terms(tx: Tx, price: str) -> str:
    """This will give an id for new terms of a price: the price's own for the first, then price~2, price~3."""
    row = await tx.read_one(_NAMED, price)
    held = row["held"] if row else 0
    return price if not held else f"{price}~{held + 1}"


async def add_terms(tx: Tx, terms: Terms) -> None:
    """This will keep new terms."""
    body = msgspec.to_builtins(terms.face, builtin_types=())
    await tx.write(_ADD_TERMS, terms.id, terms.offering, terms.price, terms.since, terms.until, await bump(tx), body)


async def set_terms(tx: Tx, terms: Terms) -> None:
    """This will write the period of terms, and the words that do not bind."""
    body = msgspec.to_builtins(terms.face, builtin_types=())
    await tx.write(_SET_TERMS, terms.id, terms.since, terms.until, await bump(tx), body)


async def set_kind(tx: Tx, offering_id: str, kind: str) -> None:
    """This will note the kind that was read out of an offering."""
    await tx.write(_KIND, offering_id, kind)


async def using(tx: Tx, attribute: str, id_: str) -> dict[str, Doc]:
    """This will find the offerings whose list `attribute` refers to an id."""
    return {row["id"]: row["doc"] for row in await tx.read(_USING, attribute, [{"id": id_}])}


async def specified(tx: Tx, id_: str) -> dict[str, Doc]:
    """This will find the offerings that refer to a specification."""
    return {row["id"]: row["doc"] for row in await tx.read(_SPECIFIED, id_)}


async def catalog(tx: Tx, id_: str) -> Doc | None:
    """This will give a catalog's body, or None."""
    row = await tx.read_one("SELECT doc FROM catalog WHERE id = $1", id_)
    return row["doc"] if row else None


async def set_catalog(tx: Tx, id_: str, doc: Doc) -> None:
    """This will write a catalog, new or not."""
    await tx.write(_SET_CATALOG, id_, doc, str(doc["name"]), str(doc.get("lifecycleStatus") or "Active"), tx.now)


async def changed_since(tx: Tx, version: int) -> tuple[int, list[Terms]]:
    """This will give the version as it stands, and all terms written after `version`: one statement, one snapshot."""
    rows: list[Any] = await tx.read_now(_CHANGED, version)
    now = next((row["version"] for row in rows if row["what"] == "version"), 0)
    return now, [_terms(row) for row in rows if row["what"] == "terms"]


def _terms(row: Any) -> Terms:
    return Terms(row["id"], row["offering"], row["price"], row["since"], row["until"], _ordered(_FACE.decode(row["body"])))


def _ordered(face: Offering) -> Offering:
    """A jsonb keeps its names in an order of its own; people read data first, then calls and messages."""
    services = {service: face.allowances[service] for service in SERVICES if service in face.allowances}
    rates = {service: face.rates[service] for service in SERVICES if service in face.rates}
    return msgspec.structs.replace(face, allowances=services, rates=rates)


async def calendar(tx: Tx) -> dict[date, str]:
    """This will read the days that are not what their weekday says."""
    return {row["day"]: row["kind"] for row in await tx.read("SELECT day, kind FROM calendar_day")}


async def mark_days(tx: Tx, days: dict[date, tuple[str, str]]) -> int:
    """This will write days that are not what their weekday says; gives how many are new or changed."""
    rows = await tx.write(
        """INSERT INTO calendar_day (day, kind, name) SELECT n.* FROM unnest($1::date[], $2::text[], $3::text[]) n
           ON CONFLICT (day) DO UPDATE SET kind = excluded.kind, name = excluded.name
           WHERE (calendar_day.kind, calendar_day.name) <> (excluded.kind, excluded.name) RETURNING day""",
        list(days), [kind for kind, _ in days.values()], [name for _, name in days.values()],
    )  # fmt: skip
    return len(rows)
