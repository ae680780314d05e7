"""Sheets of orders and what became of each of their lines."""

from collections.abc import Sequence
from typing import Any

import msgspec

from onehall.domains.estore.model import Batch, Request, SheetLine
from onehall.domains.estore.store import requests
from onehall.kernel.i18n import keep
from onehall.kernel.ids import home_of, is_id, keyed_id
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH

_COLUMNS = "batch, place, store, reference, kind, key, offering, number, phone, state, words, request, told, told_by"
_BATCH = """
INSERT INTO estore_batch (home, id, store, name, lines, staff, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (home, id) DO NOTHING RETURNING id
"""
_LINES = """
INSERT INTO estore_batch_line (home, id, batch, store, at, place, reference, kind, key, offering, number, phone, state, words)
SELECT n.home, n.id, n.batch, n.store, n.at, n.place, n.reference, n.kind, n.key, n.offering, n.number, n.phone, n.state, n.words
FROM unnest($1::smallint[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::int[], $7::text[], $8::text[], $9::text[],
  $10::text[], $11::text[], $12::text[], $13::text[], $14::jsonb[])
  AS n (home, id, batch, store, at, place, reference, kind, key, offering, number, phone, state, words)
ON CONFLICT (home, id) DO NOTHING
"""


def batch_id(store: str, digest: str) -> str:
    """This will give the id of a sheet: the same for the same content in a store."""
    return keyed_id(home_of(store), EPOCH, "estore_batch", store, digest)


def token_id(store: str, reference: str) -> str:
    """This will name what a line keeps: the same for the same reference of a store, in whatever sheet it stands."""
    return keyed_id(home_of(store), EPOCH, "estore_batch_line", store, reference)


async def insert(tx: Tx, one: Batch, lines: Sequence[SheetLine]) -> bool:
    """This will write a sheet with its lines; False when it was there already."""
    if await tx.write_one(_BATCH, tx.home, one.id, one.store, one.name, one.lines, one.staff, one.at) is None:
        return False
    names = [keyed_id(tx.home, EPOCH, "estore_batch_place", one.id, str(line.place)) for line in lines]
    wanted = ("place", "reference", "kind", "key", "offering", "number", "phone", "state")
    columns = [[getattr(line, name) for line in lines] for name in wanted]
    same = [[value] * len(lines) for value in (one.id, one.store, one.at)]
    await tx.write(_LINES, [tx.home] * len(lines), names, *same, *columns, [keep(line.words) for line in lines])
    return True


async def one(tx: Tx, id_: str) -> Batch | None:
    """This will read a sheet, from any home."""
    if not is_id(id_):
        return None
    sql = "SELECT id, store, name, lines, staff, at FROM estore_batch WHERE home = $1 AND id = $2"
    row = await tx.read_one(sql, home_of(id_), id_)
    return Batch(**row) if row else None


async def of_store(tx: Tx, store: str, limit: int) -> list[Batch]:
    """This will list the sheets of a store, newest first."""
    sql = "SELECT id, store, name, lines, staff, at FROM estore_batch WHERE home = $1 AND store = $2 ORDER BY at DESC, id LIMIT $3"
    return [Batch(**row) for row in await tx.read(sql, home_of(store), store, limit)]


async def line(tx: Tx, batch: str, place: int, *, lock: bool = False) -> SheetLine | None:
    """This will read one line of a sheet; locked if it is to be moved."""
    sql = f"SELECT {_COLUMNS} FROM estore_batch_line WHERE home = $1 AND batch = $2 AND place = $3"
    values = (home_of(batch), batch, place)
    row = await (tx.write_one(sql + " FOR UPDATE", *values) if lock else tx.read_one(sql, *values))
    return _line(row) if row else None


async def lines(tx: Tx, batch: str) -> list[tuple[SheetLine, Request | None]]:
    """This will read the lines of a sheet in their order, each with the request that came of it. Two statements."""
    home = home_of(batch)
    sql = f"SELECT {_COLUMNS} FROM estore_batch_line WHERE home = $1 AND batch = $2 ORDER BY place"
    found = [_line(row) for row in await tx.read(sql, home, batch)]
    made = await requests.many(tx, home, [one.request for one in found if one.request])
    return [(one, made.get(one.request or "")) for one in found]


async def of_request(tx: Tx, store: str, request: str) -> SheetLine | None:
    """This will find the line of a sheet that a request came of."""
    sql = f"SELECT {_COLUMNS} FROM estore_batch_line WHERE home = $1 AND store = $2 AND request = $3 AND batch IS NOT NULL"
    row = await tx.read_one(sql, home_of(store), store, request)
    return _line(row) if row else None


async def done_before(tx: Tx, store: str, reference: str) -> SheetLine | None:
    """This will find the line that has been done under a reference."""
    sql = f"SELECT {_COLUMNS} FROM estore_batch_line WHERE home = $1 AND store = $2 AND reference = $3 AND request IS NOT NULL"
    row = await tx.read_one(sql, home_of(store), store, reference)
    return _line(row) if row else None


async def set_line(tx: Tx, one: SheetLine, **values: Any) -> None:
    """This will write what changed of a line of a sheet."""
    kept = {name: keep(value) if name == "words" else value for name, value in values.items()}
    sets = ", ".join(f"{name} = ${place}" for place, name in enumerate(kept, 4))
    await tx.write(
        f"UPDATE estore_batch_line SET {sets} WHERE home = $1 AND batch = $2 AND place = $3",
        home_of(one.batch), one.batch, one.place, *kept.values(),
    )  # fmt: skip


def _line(row: Any) -> SheetLine:
    return msgspec.convert(dict(row) | {"batch": row["batch"] or ""}, SheetLine)
