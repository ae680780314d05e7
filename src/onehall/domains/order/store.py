"""The SQL of ordering."""

from typing import Any, cast

import msgspec
from msgspec import structs

from onehall.domains.order.model import Order, Wanted
from onehall.kernel.store import Tx

_COLUMNS = "home, id, party, state, wanted, channel, ordered, revision, unit, line, staff, source, journey, fixed, completed, failure"
MINE_MAX = 20
_TABLE = "product_order"


def insert(tx: Tx, order: Order, doc: dict[str, Any]) -> None:
    """This will write a new order, at the end of the transaction."""
    tx.keep(
        _TABLE, order.id, order,
        "INSERT INTO product_order (home, id, party, state, wanted, channel, ordered, revision, unit, line, staff, source, "
        "journey, kind, external_id, doc) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        order.home, order.id, order.party, order.state, order.wanted, order.channel, order.ordered, order.revision, order.unit,
        order.line, order.staff, order.source, order.journey, order.wanted.kind, order.wanted.external_id, doc,
    )  # fmt: skip


async def one(tx: Tx, order: str) -> Order | None:
    """This will read an order, once in a transaction."""
    if held := tx.held.get((_TABLE, order)):
        return cast("Order", held)
    row = await tx.read_one(f"SELECT {_COLUMNS} FROM product_order WHERE home = $1 AND id = $2", tx.home, order)
    found = tx.held[_TABLE, order] = _order(row) if row else None
    return found


async def of_party(tx: Tx, party: str, *, open_only: bool = False) -> list[Order]:
    """This will give a customer's latest orders, newest first."""
    only = "AND state IN ('acknowledged', 'inProgress', 'held')" if open_only else ""
    rows = await tx.read(
        f"SELECT {_COLUMNS} FROM product_order WHERE home = $1 AND party = $2 {only} ORDER BY id DESC LIMIT {MINE_MAX}",
        tx.home, party,
    )  # fmt: skip
    return [_order(row) for row in rows]


def move(tx: Tx, order: Order, **values: Any) -> Order:
    """This will write what changed of an order, at the end of the transaction; when somebody else has changed it, all is done again."""
    moved = structs.replace(order, **values)
    tx.keep(
        _TABLE, order.id, moved,
        "UPDATE product_order SET revision = $3 + 1, state = $4, line = $5, fixed = $6, completed = $7, failure = $8 "
        "WHERE home = $1 AND id = $2 AND revision = $3",
        tx.home, order.id, order.revision, moved.state, moved.line, moved.fixed, moved.completed, moved.failure,
    )  # fmt: skip
    return moved


async def recent(tx: Tx, unit: str, limit: int, state: str | None = None) -> list[Order]:
    """This will give the latest orders of a unit and what lies below it. A fan-out, off the hot path."""
    rows = await tx.read(
        f"SELECT {_COLUMNS} FROM product_order WHERE ($1 OR unit = $2 OR unit LIKE $3) AND ($4::text IS NULL OR state = $4) "
        "ORDER BY ordered DESC LIMIT $5 /* fan-out: console */",
        "." not in unit, unit, unit + ".%", state, limit,
    )  # fmt: skip
    return [_order(row) for row in rows]


def _order(row: Any) -> Order:
    return msgspec.convert(dict(row) | {"wanted": msgspec.convert(row["wanted"], Wanted)}, Order)
