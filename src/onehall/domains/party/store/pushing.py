"""Rows of browsers that are told things, in the home of their customer."""

from typing import Any

from onehall.kernel.ids import home_of
from onehall.kernel.store import Tx

_PUT = """
INSERT INTO push_device (home, id, party, endpoint, sealed, since) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (home, id) DO UPDATE SET sealed = excluded.sealed, since = excluded.since
"""
_OLD = "SELECT id FROM push_device WHERE home = $1 AND party = $2 ORDER BY since DESC OFFSET $3"


async def put(tx: Tx, id_: str, party: str, endpoint: str, sealed: bytes, keep: int) -> None:
    """This will keep a browser, and of one customer's only the latest few."""
    await tx.write(_PUT, tx.home, id_, party, endpoint, sealed, tx.now)
    for row in await tx.read(_OLD, tx.home, party, keep):
        await remove(tx, row["id"])


async def remove(tx: Tx, id_: str) -> bool:
    """This will forget a browser; False when it was not there."""
    return await tx.write_one("DELETE FROM push_device WHERE home = $1 AND id = $2 RETURNING id", home_of(id_), id_) is not None


async def reach(tx: Tx, party: str) -> tuple[str | None, bool]:
    """This will give a customer's language, and whether they have a browser that is told things. One statement."""
    row = await tx.read_one(
        """SELECT language, EXISTS (SELECT 1 FROM push_device d WHERE d.home = $1 AND d.party = $2) AS pushed
           FROM party WHERE home = $1 AND id = $2""",
        home_of(party), party,
    )  # fmt: skip
    return (row["language"], row["pushed"]) if row else (None, False)


async def of(tx: Tx, party: str) -> list[Any]:
    """This will read a customer's browsers. One statement."""
    sql = "SELECT id, endpoint, sealed FROM push_device WHERE home = $1 AND party = $2 ORDER BY since"
    return await tx.read(sql, home_of(party), party)
