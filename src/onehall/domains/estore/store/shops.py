"""Stores, and the addresses by which they are found."""

from typing import Any

import msgspec

from onehall.domains.estore.model import EStore
from onehall.kernel.ids import home_for, home_of, is_id
from onehall.kernel.store import Tx

_COLUMNS = "home, id, slug, kind, name, look, owner, account, unit, status, terms, shelf, created, staff, revision"
_INSERT = """
INSERT INTO estore (home, id, slug, kind, name, look, owner, account, unit, status, terms, shelf, created, staff, secret)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (home, id) DO NOTHING RETURNING id
"""
_ADDRESS = """
INSERT INTO estore_address (home, slug, store) VALUES ($1, $2, $3) ON CONFLICT (home, slug) DO NOTHING RETURNING store
"""


async def address(tx: Tx, slug: str, store: str) -> bool:
    """This will give an address to a store; False when another has it. `tx` stands in the home of the words."""
    if await tx.write_one(_ADDRESS, home_for(slug), slug, store) is not None:
        return True
    return await addressed(tx, slug) == store


async def free_address(tx: Tx, slug: str, store: str) -> None:
    """This will free an address that a store has."""
    await tx.write("DELETE FROM estore_address WHERE home = $1 AND slug = $2 AND store = $3", home_for(slug), slug, store)


async def addressed(tx: Tx, slug: str) -> str | None:
    """This will give the store of an address."""
    row = await tx.read_one("SELECT store FROM estore_address WHERE home = $1 AND slug = $2", home_for(slug), slug)
    return row["store"] if row else None


async def insert(tx: Tx, one: EStore, secret: bytes) -> None:
    """This will write a new store."""
    body = [msgspec.to_builtins(part) for part in (one.look, one.terms, one.shelf)]
    await tx.write(
        _INSERT, one.home, one.id, one.slug, one.kind, one.name, body[0], one.owner, one.account, one.unit, one.status, body[1], body[2],
        one.created, one.staff, secret,
    )  # fmt: skip


async def find(tx: Tx, id_: str, *, lock: bool = False) -> EStore | None:
    """This will read a store, from any home; locked if it is to be changed or its budget is to be counted."""
    if not is_id(id_):
        return None
    sql = f"SELECT {_COLUMNS} FROM estore WHERE home = $1 AND id = $2"
    row = await (tx.write_one(sql + " FOR UPDATE", home_of(id_), id_) if lock else tx.read_one(sql, home_of(id_), id_))
    return _store(row) if row else None


async def save(tx: Tx, one: EStore, **values: Any) -> None:
    """This will write what changed of a store that was read under lock."""
    kept = {name: msgspec.to_builtins(value) for name, value in values.items()}
    sets = ", ".join(f"{name} = ${place}" for place, name in enumerate(kept, 3))
    await tx.write(f"UPDATE estore SET revision = revision + 1, {sets} WHERE home = $1 AND id = $2", one.home, one.id, *kept.values())


async def secret(tx: Tx, id_: str) -> bytes | None:
    """This will read the sealed secret that a store shares with its company's pages."""
    row = await tx.read_one("SELECT secret FROM estore WHERE home = $1 AND id = $2", home_of(id_), id_)
    return row["secret"] if row else None


async def set_secret(tx: Tx, id_: str, sealed: bytes) -> None:
    """This will put another secret in place of the one there is."""
    await tx.write("UPDATE estore SET secret = $3, revision = revision + 1 WHERE home = $1 AND id = $2", home_of(id_), id_, sealed)


async def of_unit(tx: Tx, unit: str, limit: int) -> list[EStore]:
    """This will list the stores of a unit and what lies below it, newest first. A fan-out, for the console."""
    rows = await tx.read(
        f"SELECT {_COLUMNS} FROM estore WHERE ($1 OR unit = $2 OR unit LIKE $3) ORDER BY created DESC LIMIT $4 /* fan-out: console */",
        "." not in unit, unit, unit + ".%", limit,
    )  # fmt: skip
    return [_store(row) for row in rows]


async def use_entry(tx: Tx, id_: str, store: str) -> bool:
    """This will use up a way in; False when it was used before."""
    sql = "INSERT INTO estore_entry (home, id, store, at) VALUES ($1, $2, $3, $4) ON CONFLICT (home, id) DO NOTHING RETURNING id"
    return await tx.write_one(sql, tx.home, id_, store, tx.now) is not None


def _store(row: Any) -> EStore:
    return msgspec.convert(dict(row), EStore)
