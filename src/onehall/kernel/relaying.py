"""What the relay knows of the log: where it stands, which facts are new, and that it alone tells them.

A fact is told when it is later than `place`, or was not yet visible in `picture` (a snapshot of PostgreSQL): a transaction that was
long about its commit is so found behind the place, and no clock is trusted for it.
"""

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from onehall.kernel import ids
from onehall.kernel.store import Tx

LATE_MAX: Final = timedelta(seconds=180)  # longer than a transaction may take, its wait for a connection included
COUNTED_MAX: Final = 100_000
_TAKE = """
INSERT INTO bus_relay (id, place, picture, at, lease, lease_until) VALUES (1, $1, pg_current_snapshot()::text, $2, $3, $4)
ON CONFLICT (id) DO UPDATE SET lease = excluded.lease, lease_until = excluded.lease_until
WHERE bus_relay.lease = excluded.lease OR bus_relay.lease_until < $2 RETURNING place, picture, at, told
"""
_KEEP = "UPDATE bus_relay SET place = $1, picture = $2, at = $3, lease_until = $4, told = '{}' WHERE id = 1 AND lease = $5 RETURNING id"
_NOTE = "UPDATE bus_relay SET told = $1 WHERE id = 1 AND lease = $2 AND told <> $1"
_LEAVE = "UPDATE bus_relay SET lease_until = $2 WHERE id = 1 AND lease = $1"
_NEW = """
-- fan-out: the relay serves every home of its database; a node of a sharded one has a relay of its own
SELECT pg_current_snapshot()::text AS picture, e.* FROM unnest($1::smallint[], $2::text[]) AS h (home, after)
LEFT JOIN LATERAL (
    SELECT e.home, e.id, e.at, e.type, e.key, e.party, e.staff, e.journey, e.function, e.channel, e.source, e.unit, e.body FROM event e
    WHERE e.home = h.home AND e.id > h.after AND (e.id > $3 OR NOT pg_visible_in_snapshot(
        ((pg_snapshot_xmax($4::text::pg_snapshot)::text::bigint >> 32 << 32) + e.xmin::text::bigint)::text::xid8, $4::text::pg_snapshot))
    ORDER BY e.id LIMIT $5) e ON true
"""
_HOMES = "SELECT DISTINCT home FROM event WHERE at >= $1 -- fan-out: the relay, by the index of time"
_BEHIND = "SELECT count(*) AS count FROM (SELECT 1 FROM event WHERE at > $1 LIMIT $2) e -- fan-out: a gauge, every few seconds"


class Place(msgspec.Struct, frozen=True):
    """Where the relay stands: all up to `id` that `picture` shows has been told; `at` is the time of the last of it.

    `told`: ids of what the bus took beyond it before it went away.
    """

    id: str
    picture: str
    at: datetime
    told: frozenset[str] = frozenset()


async def take(tx: Tx, lease: str, until: datetime) -> Place | None:
    """This will make this process the one that tells, from where the last one stood; None while another is. The first begins now."""
    # above all that has an id of this moment: what is not committed yet is found by the picture
    row = await tx.write_one(_TAKE, ids.new_id(ids.HOMES - 1, tx.now), tx.now, lease, until)
    return Place(row["place"], row["picture"], row["at"], frozenset(row["told"])) if row else None


async def keep(tx: Tx, place: Place, lease: str, until: datetime) -> bool:
    """This will note a place for good; False when another process tells now."""
    return await tx.write_one(_KEEP, place.id, place.picture, place.at, until, lease) is not None


async def note(tx: Tx, told: set[str], lease: str) -> None:
    """This will note what the bus took beyond the place: it forgets in minutes what it has seen, and may be away for longer."""
    await tx.write(_NOTE, sorted(told), lease)


async def leave(tx: Tx, lease: str) -> None:
    """This will let the next process begin at once."""
    await tx.write(_LEAVE, lease, tx.now - timedelta(seconds=1))


async def lately(tx: Tx, since: datetime) -> list[int]:
    """This will name the homes in which something was told since a time."""
    return [row["home"] for row in await tx.read(_HOMES, since)]


async def news(tx: Tx, after: dict[int, str], place: Place, limit: int) -> tuple[str, list[Any]]:
    """This will give the facts that are not told yet: of each home up to `limit` after the id named; and the picture they are of."""
    rows = await tx.read(_NEW, list(after), list(after.values()), place.id, place.picture, limit)
    return rows[0]["picture"], sorted((row for row in rows if row["id"] is not None), key=lambda row: row["id"])


async def behind(tx: Tx, place: Place) -> int:
    """This will count the facts that wait, a hundred thousand at most."""
    row = await tx.read_one(_BEHIND, place.at, COUNTED_MAX)
    return int(row["count"]) if row else 0


def floor(place: Place) -> str:
    """This will give the id from which on a late commit is looked for."""
    return ids.new_id(0, place.at - LATE_MAX)
