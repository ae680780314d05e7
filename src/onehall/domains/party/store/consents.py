"""Lines of the consent ledger: written, never changed."""

from typing import Any

from onehall.domains.party.model import Consent
from onehall.kernel.ids import home_of
from onehall.kernel.store import Tx

_COLUMNS = "id, purpose, allowed, channel, words, at, staff"


async def add(tx: Tx, party: str, consent: Consent) -> None:
    """This will write a line."""
    await tx.write(
        """INSERT INTO consent (home, id, party, purpose, allowed, channel, words, staff, journey, at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
        tx.home, consent.id, party, consent.purpose, consent.allowed, consent.channel, consent.words, consent.staff,
        tx.origin.journey, consent.at,
    )  # fmt: skip


async def latest(tx: Tx, party: str, purpose: str) -> bool | None:
    """This will give the newest word on a purpose, None where nothing was said. One statement."""
    sql = "SELECT allowed FROM consent WHERE home = $1 AND party = $2 AND purpose = $3 ORDER BY at DESC, id DESC LIMIT 1"
    row = await tx.read_one(sql, home_of(party), party, purpose)
    return bool(row["allowed"]) if row else None


async def of_party(tx: Tx, party: str, limit: int) -> list[Consent]:
    """This will read a party's lines, newest first."""
    sql = f"SELECT {_COLUMNS} FROM consent WHERE home = $1 AND party = $2 ORDER BY at DESC, id DESC LIMIT $3"
    rows: list[Any] = await tx.read(sql, home_of(party), party, limit)
    return [Consent(**dict(row)) for row in rows]
