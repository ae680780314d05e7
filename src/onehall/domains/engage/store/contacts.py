"""Rows of contacts: what campaigns did for customers, in the customers' homes."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from onehall.domains.engage.model import Contact, Figures
from onehall.kernel.store import Tx

_COLUMNS: Final = "id, campaign, party, state, way, address, language, why, at"
_COUNTS: Final = """-- fan-out: the console, off the hot path
SELECT 'contact' AS of, state, way, why, count(*)::int AS count FROM campaign_contact WHERE campaign = $1 GROUP BY state, way, why
UNION ALL
SELECT 'log', type, '', '', coalesce(sum((body->>'count')::int), count(*))::int FROM event
WHERE type LIKE 'engage.marketing\\_%' AND body->>'campaign' = $1 AND at >= $2 GROUP BY type"""
PREFIX: Final = "engage.marketing_"


async def insert(tx: Tx, rows: Sequence[Contact]) -> None:
    """This will write contacts of this home."""
    columns = [[tx.home] * len(rows), *([getattr(row, name) for row in rows] for name in _COLUMNS.split(", "))]
    await tx.write(
        f"""INSERT INTO campaign_contact (home, {_COLUMNS}) SELECT * FROM unnest($1::smallint[], $2::text[], $3::text[], $4::text[],
            $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::timestamptz[])""",
        *columns,
    )  # fmt: skip


async def known(tx: Tx, campaign: str, parties: Collection[str]) -> set[str]:
    """This will name those of some parties of this home for whom a campaign has done its work already."""
    sql = "SELECT party FROM campaign_contact WHERE home = $1 AND campaign = $2 AND party = ANY($3)"
    return {row["party"] for row in await tx.read(sql, tx.home, campaign, list(parties))}


async def had(tx: Tx, parties: Collection[str], since: datetime) -> dict[str, int]:
    """This will count what parties of this home were sent since a time, by all campaigns."""
    rows = await tx.read(
        """SELECT party, count(*)::int AS count FROM campaign_contact
           WHERE home = $1 AND party = ANY($2) AND at > $3 AND state IN ('sent', 'delivered') GROUP BY party""",
        tx.home, list(parties), since,
    )  # fmt: skip
    return {row["party"]: row["count"] for row in rows}


async def waiting(tx: Tx, contacts: Collection[str]) -> list[Contact]:
    """This will read those of some contacts of this home that are sent and not handed over yet."""
    sql = f"SELECT {_COLUMNS} FROM campaign_contact WHERE home = $1 AND id = ANY($2) AND state = 'sent' ORDER BY id"
    return [Contact(**dict(row)) for row in await tx.read(sql, tx.home, list(contacts))]


async def end(tx: Tx, contacts: Collection[str], state: str, why: str = "") -> list[Contact]:
    """This will end contacts of this home that are sent; gives those that were."""
    rows = await tx.write(
        f"""UPDATE campaign_contact SET state = $3, why = $4, ended = $5 WHERE home = $1 AND id = ANY($2) AND state = 'sent'
            RETURNING {_COLUMNS}""",
        tx.home, list(contacts), state, why, tx.now,
    )  # fmt: skip
    return [Contact(**dict(row)) for row in rows]


async def waiting_of(tx: Tx, party: str, way: str) -> list[Contact]:
    """This will read what a party of this home was sent by a way and what has not left the house."""
    sql = f"SELECT {_COLUMNS} FROM campaign_contact WHERE home = $1 AND party = $2 AND state = 'sent' AND way = $3"
    return [Contact(**dict(row)) for row in await tx.read(sql, tx.home, party, way)]


async def figures(tx: Tx, campaign: str, since: datetime) -> Figures:
    """This will count a campaign's contacts and its facts in the log, both as of one moment."""
    rows = await tx.read(_COUNTS, campaign, since)
    counts = [(row["state"], row["way"], row["why"], row["count"]) for row in rows if row["of"] == "contact"]
    return Figures(counts, {row["state"].removeprefix(PREFIX): row["count"] for row in rows if row["of"] == "log"})


async def listed(tx: Tx, campaign: str, state: str, why: str, limit: int) -> list[Contact]:
    """This will read a campaign's latest contacts in a state ("" for all), for a reason ("" for all)."""
    rows = await tx.read(
        f"""-- fan-out: the console, off the hot path
            SELECT {_COLUMNS} FROM campaign_contact WHERE campaign = $1 AND ($2 = '' OR state = $2) AND ($3 = '' OR why = $3)
            ORDER BY at DESC, id DESC LIMIT $4""",
        campaign, state, why, limit,
    )  # fmt: skip
    return [Contact(**dict(row)) for row in rows]


async def to_call(tx: Tx, campaign: str, limit: int) -> list[Contact]:
    """This will read who is to be called for a campaign, the first first."""
    rows = await tx.read(
        f"""-- fan-out: the console, off the hot path
            SELECT {_COLUMNS} FROM campaign_contact WHERE campaign = $1 AND state = 'sent' AND way = 'call' ORDER BY at, id LIMIT $2""",
        campaign, limit,
    )  # fmt: skip
    return [Contact(**dict(row)) for row in rows]
