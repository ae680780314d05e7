"""What the stock room writes of numbers and SIMs, by their ids."""

from typing import Any

from onehall.kernel.ids import home_of
from onehall.kernel.store import Tx

_NOTE = {
    "number": "UPDATE number SET doc = $3, revision = revision + 1 WHERE home = $1 AND id = $2",
    "sim": "UPDATE sim SET doc = $3, revision = revision + 1 WHERE home = $1 AND id = $2",
}


async def note(tx: Tx, table: str, id_: str, doc: dict[str, Any]) -> None:
    """This will keep what was noted."""
    await tx.write(_NOTE[table], home_of(id_), id_, doc)


async def lock_number(tx: Tx, home: int, id_: str, locked: bool) -> bool:
    """This will take a free number out of sale, or put it back; False when it is held or sold."""
    sql = """UPDATE number SET state = $3, until = NULL, token = NULL, revision = revision + 1
             WHERE home = $1 AND id = $2 AND (state = 'free' OR (state IN ('held', 'resting') AND (until <= $4 OR until IS NULL)))
             RETURNING id"""
    return await tx.write_one(sql, home, id_, "resting" if locked else "free", tx.now) is not None
