"""Which parties showed which document, and what other systems call a party."""

from onehall.kernel.ids import home_for
from onehall.kernel.store import Tx

TWINS_MAX = 20


def note(tx: Tx, document_hash: str, party: str) -> None:
    """This will write that a party showed a document, at the end of the transaction; safe twice."""
    sql = """INSERT INTO document_party (home, document_hash, party, at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (home, document_hash, party) DO NOTHING"""
    tx.write_later(sql, tx.home, document_hash, party, tx.now)


async def parties_of(tx: Tx, document_hash: str) -> list[str]:
    """This will name the parties that showed a document, the first first."""
    sql = "SELECT party FROM document_party WHERE home = $1 AND document_hash = $2 ORDER BY at, party LIMIT $3"
    return [row["party"] for row in await tx.read(sql, home_for(document_hash), document_hash, TWINS_MAX)]


async def refer(tx: Tx, home: int, kind: str, value: str, party: str) -> bool:
    """This will write what another system calls a party; False when the name is taken."""
    sql = """INSERT INTO external_reference (home, kind, value, party, at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (home, kind, value) DO NOTHING RETURNING party"""
    return await tx.write_one(sql, home, kind, value, party, tx.now) is not None


async def referred(tx: Tx, home: int, kind: str, value: str) -> str | None:
    """This will give the party that another system calls so. One statement."""
    row = await tx.read_one("SELECT party FROM external_reference WHERE home = $1 AND kind = $2 AND value = $3", home, kind, value)
    return row["party"] if row else None
