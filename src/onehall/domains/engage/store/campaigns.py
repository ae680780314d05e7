"""Rows of campaigns: few, written seldom, and the same in every home."""

from typing import Any

import msgspec

from onehall.domains.engage.model import Audience, Campaign
from onehall.kernel.store import Tx

_COLUMNS = "id, state, name, texts, ways, audience, unit, staff, created, began, ended"


async def insert(tx: Tx, one: Campaign) -> None:
    """This will write a new campaign."""
    await tx.write(
        f"INSERT INTO campaign ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        one.id, one.state, one.name, one.texts, list(one.ways), msgspec.to_builtins(one.audience), one.unit, one.staff, one.created,
        one.began, one.ended,
    )  # fmt: skip


async def find(tx: Tx, id_: str) -> Campaign | None:
    """This will read a campaign. One statement."""
    row = await tx.read_one(f"SELECT {_COLUMNS} FROM campaign WHERE id = $1", id_)
    return _campaign(row) if row else None


async def lock(tx: Tx, id_: str) -> Campaign | None:
    """This will read a campaign and keep others from moving it meanwhile."""
    row = await tx.write_one(f"SELECT {_COLUMNS} FROM campaign WHERE id = $1 FOR UPDATE", id_)
    return _campaign(row) if row else None


async def move(tx: Tx, id_: str, state: str, *, began: bool = False, ended: bool = False) -> None:
    """This will write a campaign's next state."""
    await tx.write(
        """UPDATE campaign SET state = $2, began = CASE WHEN $4 THEN $3 ELSE began END, ended = CASE WHEN $5 THEN $3 ELSE ended END
           WHERE id = $1""",
        id_, state, tx.now, began, ended,
    )  # fmt: skip


async def end_lane(tx: Tx, id_: str, lane: int) -> int:
    """This will note that a lane of a campaign is at its end; gives how many are. The campaign is locked."""
    row = await tx.write_one(
        """UPDATE campaign SET lanes = CASE WHEN $2 = ANY(lanes) THEN lanes ELSE array_append(lanes, $2) END WHERE id = $1
           RETURNING cardinality(lanes) AS ended""",
        id_, lane,
    )  # fmt: skip
    return int(row["ended"]) if row else 0


async def latest(tx: Tx, limit: int) -> list[Campaign]:
    """This will read the latest campaigns."""
    return [_campaign(row) for row in await tx.read(f"SELECT {_COLUMNS} FROM campaign ORDER BY created DESC, id DESC LIMIT $1", limit)]


def _campaign(row: Any) -> Campaign:
    audience = msgspec.convert(row["audience"], Audience)
    return Campaign(**{**dict(row), "ways": tuple(row["ways"]), "audience": audience})
