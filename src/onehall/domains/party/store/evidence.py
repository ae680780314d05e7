"""Rows of evidence: what people showed as proof, sealed."""

from onehall.kernel.ids import home_of
from onehall.kernel.store import Tx


async def insert(tx: Tx, id_: str, journey: str, party: str | None, sealed: bytes) -> bool:
    """This will keep a piece of evidence, at the end of the transaction; False when it is there already."""
    if await tx.read("SELECT 1 FROM evidence WHERE home = $1 AND id = $2", tx.home, id_):
        return False
    sql = "INSERT INTO evidence (home, id, journey, party, sealed, at) VALUES ($1, $2, $3, $4, $5, $6)"
    tx.write_last(sql, tx.home, id_, journey, party, sealed, tx.now)
    return True


async def sealed(tx: Tx, id_: str) -> bytes | None:
    """This will read a sealed piece of evidence."""
    row = await tx.read_one("SELECT sealed FROM evidence WHERE home = $1 AND id = $2", home_of(id_), id_)
    return row["sealed"] if row else None


async def answer(tx: Tx, id_: str, passed: bool, no: str, reference: str, party: str | None) -> bool:
    """This will write the verdict on a piece of evidence, once; False when it had one."""
    sql = """UPDATE evidence SET passed = $3, no = $4, reference = $5, party = $6, answered = $7
             WHERE home = $1 AND id = $2 AND answered IS NULL RETURNING id"""
    return await tx.write_one(sql, tx.home, id_, passed, no, reference, party, tx.now) is not None
