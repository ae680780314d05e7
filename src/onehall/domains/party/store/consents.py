"""Lines of the consent ledger: written, never changed; and what holds of marketing now, one row a party, which is locked to be changed."""

from collections.abc import Collection
from typing import Any

from onehall.domains.party.model import Consent, Standing
from onehall.kernel.ids import home_of
from onehall.kernel.store import Tx

_COLUMNS = "id, purpose, allowed, channel, words, at, staff, way"
_STANDING = "party, ways, since, sent"


async def add(tx: Tx, party: str, consent: Consent) -> None:
    """This will write a line."""
    await tx.write(
        """INSERT INTO consent (home, id, party, purpose, allowed, channel, words, staff, journey, at, way)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)""",
        tx.home, consent.id, party, consent.purpose, consent.allowed, consent.channel, consent.words, consent.staff,
        tx.origin.journey, consent.at, consent.way,
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


async def lock(tx: Tx, party: str) -> Standing:
    """This will read what holds of marketing to a party of this home, and keep others from changing it or sending by it meanwhile."""
    row = await tx.write_one(
        f"""INSERT INTO marketing_standing AS s (home, party, ways) VALUES ($1, $2, '{{}}')
            ON CONFLICT (home, party) DO UPDATE SET party = s.party RETURNING {_STANDING}""",
        tx.home, party,
    )  # fmt: skip
    return _standing(row)


async def lock_those(tx: Tx, parties: Collection[str]) -> dict[str, Standing]:
    """This will do so for those of some parties who ever said a word; always in the same order, so that two who lock do not block."""
    rows = await tx.write(
        f"SELECT {_STANDING} FROM marketing_standing WHERE home = $1 AND party = ANY($2) ORDER BY party FOR UPDATE", tx.home, list(parties)
    )
    return {row["party"]: _standing(row) for row in rows}


async def standings(tx: Tx, home: int, parties: Collection[str]) -> dict[str, Standing]:
    """This will read what holds of marketing to parties of one home. One statement."""
    sql = f"SELECT {_STANDING} FROM marketing_standing WHERE home = $1 AND party = ANY($2)"
    return {row["party"]: _standing(row) for row in await tx.read(sql, home, list(parties))}


async def allowing(tx: Tx, parties: Collection[str], way: str) -> set[str]:
    """This will name those of some parties who allow a way."""
    rows = await tx.read(
        """-- fan-out: the console, off the hot path
           SELECT party FROM marketing_standing WHERE party = ANY($1) AND $2 = ANY(ways)""",
        list(parties), way,
    )  # fmt: skip
    return {row["party"] for row in rows}


async def stand(tx: Tx, party: str, ways: Collection[str]) -> None:
    """This will write the ways that a party allows from now on."""
    sql = "UPDATE marketing_standing SET ways = $3, since = $4 WHERE home = $1 AND party = $2"
    await tx.write(sql, tx.home, party, sorted(ways), tx.now)


async def note_sent(tx: Tx, parties: Collection[str]) -> None:
    """This will note that marketing is sent to parties now."""
    await tx.write("UPDATE marketing_standing SET sent = $3 WHERE home = $1 AND party = ANY($2)", tx.home, list(parties), tx.now)


def _standing(row: Any) -> Standing:
    return Standing(row["party"], frozenset(row["ways"]), row["since"], row["sent"])
