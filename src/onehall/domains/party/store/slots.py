"""The five places for lines that each document has, in the home of its hash."""

from datetime import datetime

from onehall.domains.party.model import Slot
from onehall.kernel.ids import home_for
from onehall.kernel.store import Tx

_LEASE = """
INSERT INTO line_slot AS s (home, document_hash, slot, token, until) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (home, document_hash, slot) DO UPDATE SET token = excluded.token, until = excluded.until
WHERE s.line IS NULL AND (s.token = excluded.token OR s.until <= $6) RETURNING slot
"""


async def lock(tx: Tx, document_hash: str) -> None:
    """This will let one transaction at a time count the places of a document."""
    await tx.write(
        """INSERT INTO person_document (home, document_hash, seen) VALUES ($1, $2, $3)
           ON CONFLICT (home, document_hash) DO UPDATE SET seen = excluded.seen""",
        tx.home, document_hash, tx.now,
    )  # fmt: skip


async def of_document(tx: Tx, document_hash: str) -> list[Slot]:
    """This will read the places that are leased or kept. One statement."""
    sql = "SELECT slot, token, until, line FROM line_slot WHERE home = $1 AND document_hash = $2 ORDER BY slot"
    return [Slot(**dict(row)) for row in await tx.read(sql, home_for(document_hash), document_hash)]


async def lease(tx: Tx, document_hash: str, slot: int, token: str, until: datetime, lapsed: datetime) -> bool:
    """This will lease a place that is new, our own, or was leased until `lapsed` at most; False when it is none of these."""
    return await tx.write_one(_LEASE, tx.home, document_hash, slot, token, until, lapsed) is not None


async def extend(tx: Tx, token: str, until: datetime) -> str | None:
    """This will lengthen a lease that is still ours; gives the place, or None."""
    sql = """UPDATE line_slot SET until = greatest(until, $3) WHERE home = $1 AND token = $2 AND line IS NULL
             RETURNING slot"""
    row = await tx.write_one(sql, tx.home, token, until)
    return str(row["slot"]) if row else None


async def release(tx: Tx, token: str) -> None:
    """This will give a leased place back; one that a line keeps stays."""
    await tx.write("DELETE FROM line_slot WHERE home = $1 AND token = $2 AND line IS NULL", tx.home, token)


def keep(tx: Tx, document_hash: str, slot: int, token: str, line: str) -> None:
    """This will turn a lease that was just read into a line's place for good, at the end of the transaction; safe twice."""
    sql = """UPDATE line_slot SET line = $5 WHERE home = $1 AND document_hash = $2 AND slot = $3 AND token = $4
             AND (line IS NULL OR line = $5)"""
    tx.write_last(sql, tx.home, document_hash, slot, token, line)


async def free(tx: Tx, document_hash: str, line: str) -> bool:
    """This will give a line's place back; False when it had none."""
    sql = "DELETE FROM line_slot WHERE home = $1 AND document_hash = $2 AND line = $3 RETURNING slot"
    return bool(await tx.write(sql, tx.home, document_hash, line))
