"""Rows of customers."""

from typing import Any

from onehall.domains.party.model import Customer
from onehall.kernel.ids import home_of
from onehall.kernel.store import Tx

_COLUMNS = "home, id, party, unit, status, name, doc, revision"


async def insert(tx: Tx, customer: Customer) -> bool:
    """This will write a new customer; False when it is there already."""
    sql = """INSERT INTO customer (home, id, party, unit, status, name, doc, created)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (home, id) DO NOTHING RETURNING id"""
    row = await tx.write_one(
        sql, customer.home, customer.id, customer.party, customer.unit, customer.status, customer.name, customer.doc, tx.now
    )
    return row is not None


async def of_party(tx: Tx, party: str) -> list[Customer]:
    """This will read what customers a party is, the first first."""
    sql = f"SELECT {_COLUMNS} FROM customer WHERE home = $1 AND party = $2 ORDER BY id"
    return [Customer(**dict(row)) for row in await tx.read(sql, home_of(party), party)]


async def move(tx: Tx, party: str, status: str, before: list[str], unit: str | None, name: str) -> list[str]:
    """This will bring a party's customers of certain states into another, with a unit and name if they had none; gives their ids."""
    sql = """UPDATE customer SET status = $3, unit = coalesce(unit, $5), name = coalesce(nullif(name, ''), $6), revision = revision + 1
             WHERE home = $1 AND party = $2 AND status = ANY($4) RETURNING id"""
    return [row["id"] for row in await tx.write(sql, tx.home, party, status, before, unit, name)]


async def save(tx: Tx, id_: str, revision: int, **changes: Any) -> bool:
    """This will write changed columns over the revision that was read; False when someone else changed it meanwhile."""
    pairs = ", ".join(f"{name} = ${place}" for place, name in enumerate(changes, 4))
    sql = f"UPDATE customer SET revision = revision + 1, {pairs} WHERE home = $1 AND id = $2 AND revision = $3 RETURNING id"
    return await tx.write_one(sql, tx.home, id_, revision, *changes.values()) is not None
