"""What members ask their company to pay for, and which orders came of it."""

from datetime import datetime
from typing import Any

import msgspec

from onehall.domains.estore.lifecycle import COMMITTED
from onehall.domains.estore.model import Request
from onehall.kernel.ids import home_of, is_id
from onehall.kernel.store import Tx

_COLUMNS = (
    "id, store, member, party, key, token, offering, name, number, fee, minor, currency, state, reply_to, why, asked, due, decided, "
    "decided_by, product_order, line, part_price, began, ended, kind, replaces, batch, "
    "first_minor"
)
_NAMES = _COLUMNS.split(", ")
_INSERT = f"INSERT INTO estore_request (home, {_COLUMNS}) VALUES ({', '.join(f'${place}' for place in range(1, len(_NAMES) + 2))})"


async def insert(tx: Tx, one: Request) -> None:
    """This will write a new request."""
    await tx.write(_INSERT, tx.home, *(msgspec.to_builtins(getattr(one, name), builtin_types=(datetime,)) for name in _NAMES))


async def one(tx: Tx, id_: str, *, lock: bool = False) -> Request | None:
    """This will read a request, from any home; locked if it is to be moved."""
    if not is_id(id_):
        return None
    sql = f"SELECT {_COLUMNS} FROM estore_request WHERE home = $1 AND id = $2"
    row = await (tx.write_one(sql + " FOR UPDATE", home_of(id_), id_) if lock else tx.read_one(sql, home_of(id_), id_))
    return _request(row) if row else None


async def by_token(tx: Tx, token: str) -> Request | None:
    """This will find the request of a hold, in this home."""
    row = await tx.write_one(f"SELECT {_COLUMNS} FROM estore_request WHERE home = $1 AND token = $2 FOR UPDATE", tx.home, token)
    return _request(row) if row else None


async def prepared(tx: Tx, store: str, key: str, offering: str | None = None) -> Request | None:
    """This will find what was prepared for a key of the company's list and not taken up yet, from any home."""
    row = await tx.read_one(
        f"""SELECT {_COLUMNS} FROM estore_request WHERE home = $1 AND store = $2 AND state = 'prepared' AND key = $3
            AND ($4::text IS NULL OR offering = $4) ORDER BY id LIMIT 1""",
        home_of(store), store, key, offering,
    )  # fmt: skip
    return _request(row) if row else None


async def committed(tx: Tx, store: str, key: str) -> tuple[int, int]:
    """This will sum what the company pays a month, or has promised to: for one member, and for all. The store's row is held.

    What is to be replaced by something promised is not counted beside it.
    """
    row = await tx.read_one(
        """SELECT coalesce(sum(e.minor) FILTER (WHERE e.key = $3), 0)::bigint AS mine, coalesce(sum(e.minor), 0)::bigint AS every
           FROM estore_request e WHERE e.home = $1 AND e.store = $2 AND e.state = ANY($4) AND NOT EXISTS (
               SELECT 1 FROM estore_request r WHERE r.home = $1 AND r.store = $2 AND r.replaces = e.id AND r.state = ANY($4))""",
        tx.home, store, key, list(COMMITTED),
    )  # fmt: skip
    return (row["mine"], row["every"]) if row else (0, 0)


async def move(tx: Tx, one: Request, **values: Any) -> None:
    """This will write what changed of a request that was read under lock."""
    names = list(values)
    sets = ", ".join(f"{name} = ${place}" for place, name in enumerate(names, 3))
    sql = f"UPDATE estore_request SET revision = revision + 1, {sets} WHERE home = $1 AND id = $2"
    await tx.write(sql, tx.home, one.id, *values.values())


async def of_store(tx: Tx, store: str, states: tuple[str, ...], limit: int) -> list[Request]:
    """This will list a store's requests in some states, the oldest first."""
    sql = f"SELECT {_COLUMNS} FROM estore_request WHERE home = $1 AND store = $2 AND state = ANY($3) ORDER BY id LIMIT $4"
    return [_request(row) for row in await tx.read(sql, home_of(store), store, list(states), limit)]


async def of_member(tx: Tx, store: str, key: str, limit: int) -> list[Request]:
    """This will list what one member asked for, newest first."""
    sql = f"SELECT {_COLUMNS} FROM estore_request WHERE home = $1 AND store = $2 AND key = $3 ORDER BY id DESC LIMIT $4"
    return [_request(row) for row in await tx.read(sql, home_of(store), store, key, limit)]


async def of_member_standing(tx: Tx, store: str, key: str) -> list[Request]:
    """This will read what stands on the lines of one member now, the oldest first."""
    sql = f"SELECT {_COLUMNS} FROM estore_request WHERE home = $1 AND store = $2 AND key = $3 AND state = 'active' ORDER BY id"
    return [_request(row) for row in await tx.read(sql, home_of(store), store, key)]


async def standing(tx: Tx, store: str, start: datetime, end: datetime) -> list[Request]:
    """This will list what worked in a span of time, by member and number."""
    rows = await tx.read(
        f"""SELECT {_COLUMNS} FROM estore_request WHERE home = $1 AND store = $2 AND state IN ('active', 'ended')
            AND began < $4 AND (ended IS NULL OR ended > $3) ORDER BY key, number""",
        home_of(store), store, start, end,
    )  # fmt: skip
    return [_request(row) for row in rows]


async def note_order(tx: Tx, order: str, store: str, request: str) -> None:
    """This will note in a party's home that an order was made in a store."""
    sql = "INSERT INTO estore_order (home, id, store, request) VALUES ($1, $2, $3, $4) ON CONFLICT (home, id) DO NOTHING"
    await tx.write(sql, home_of(order), order, store, request)


async def of_order(tx: Tx, order: str) -> tuple[str, str] | None:
    """This will tell which store and request an order came of; None for one that was made elsewhere."""
    row = await tx.read_one("SELECT store, request FROM estore_order WHERE home = $1 AND id = $2", home_of(order), order)
    return (row["store"], row["request"]) if row else None


async def set_line(tx: Tx, order: str, line: str) -> None:
    """This will note which line came of an order."""
    await tx.write("UPDATE estore_order SET line = $3 WHERE home = $1 AND id = $2", home_of(order), order, line)


async def store_of_line(tx: Tx, line: str) -> str | None:
    """This will tell in which store a line was opened."""
    row = await tx.read_one("SELECT store FROM estore_order WHERE home = $1 AND line = $2 LIMIT 1", home_of(line), line)
    return row["store"] if row else None


async def on_line(tx: Tx, store: str, line: str, *states: str) -> list[Request]:
    """This will read what a store's company pays for on a line, in some states, the oldest first. Locked."""
    sql = f"""SELECT {_COLUMNS} FROM estore_request WHERE home = $1 AND store = $2 AND line = $3 AND state = ANY($4)
              ORDER BY id FOR UPDATE"""
    return [_request(row) for row in await tx.write(sql, home_of(store), store, line, list(states))]


async def of_batch(tx: Tx, batch: str, *states: str) -> list[Request]:
    """This will read what came of a sheet, in some states, the oldest first. Locked."""
    sql = f"SELECT {_COLUMNS} FROM estore_request WHERE home = $1 AND batch = $2 AND state = ANY($3) ORDER BY id FOR UPDATE"
    return [_request(row) for row in await tx.write(sql, home_of(batch), batch, list(states))]


async def many(tx: Tx, home: int, ids: list[str]) -> dict[str, Request]:
    """This will read requests of one home by their ids."""
    rows = await tx.read(f"SELECT {_COLUMNS} FROM estore_request WHERE home = $1 AND id = ANY($2)", home, ids) if ids else []
    return {row["id"]: _request(row) for row in rows}


def _request(row: Any) -> Request:
    return msgspec.convert(dict(row), Request)
