"""Lists of journeys, for those who continue them and those who watch over them."""

from datetime import datetime

import msgspec

from onehall.kernel.identity.proof import Proof
from onehall.kernel.journeys.row import COLUMNS, Row
from onehall.kernel.store import Tx

MINE_MAX = 20


async def open_journeys(tx: Tx, party: str) -> list[Row]:
    """This will give a customer's open journeys, newest first. One statement."""
    found = await tx.read(
        f"SELECT {COLUMNS} FROM journey WHERE home = $1 AND party = $2 AND state IN ('asking', 'waiting') "
        f"ORDER BY updated DESC LIMIT {MINE_MAX}",
        tx.home, party,
    )  # fmt: skip
    return [msgspec.convert(dict(row), Row) for row in found]


async def recent_journeys(tx: Tx, unit: str, limit: int, state: str | None = None) -> list[Row]:
    """This will give the journeys of a unit and what lies below it, newest first; the top unit sees all. A fan-out."""
    top = "." not in unit
    found = await tx.read(
        f"SELECT {COLUMNS} FROM journey WHERE ($1 OR unit = $2 OR unit LIKE $3) AND ($4::text IS NULL OR state = $4) "
        "ORDER BY updated DESC LIMIT $5 /* fan-out: console */",
        top, unit, unit + ".%", state, limit,
    )  # fmt: skip
    return [msgspec.convert(dict(row), Row) for row in found]


async def journeys_of(tx: Tx, party: str, limit: int = MINE_MAX) -> list[Row]:
    """This will give a customer's latest journeys, over or not, newest first. One statement."""
    found = await tx.read(
        f"SELECT {COLUMNS} FROM journey WHERE home = $1 AND party = $2 ORDER BY updated DESC LIMIT $3", tx.home, party, min(limit, MINE_MAX)
    )
    return [msgspec.convert(dict(row), Row) for row in found]


def proven_to(row: Row, staff: str, at: datetime) -> Proof:
    """This will give the level of proof that a customer has shown to a member of staff in a journey, and that counts at a time."""
    shown = any(entry.kind == "proof" and entry.staff == staff and entry.party in (None, row.party) for entry in row.entries)
    return row.proven(at) if shown else Proof.NONE
