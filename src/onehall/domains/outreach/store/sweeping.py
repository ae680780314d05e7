"""Scans that are kept no longer: taken away a step at a time, and counted as they go."""

from datetime import datetime

from onehall.kernel.store import Tx

_SWEEP = """
WITH old AS (SELECT carrier, id FROM outreach_touch WHERE home = $1 AND at < $2 ORDER BY carrier, id LIMIT $3 FOR UPDATE),
gone AS (DELETE FROM outreach_touch t USING old WHERE t.home = $1 AND t.carrier = old.carrier AND t.id = old.id
  RETURNING t.code, t.followed),
kept AS (INSERT INTO outreach_scanned AS s (home, code, scans) SELECT $1, code, count(*) FROM gone WHERE NOT followed GROUP BY code
  ON CONFLICT (home, code) DO UPDATE SET scans = s.scans + excluded.scans)
SELECT count(*)::int AS count FROM gone
"""
_HOMES = """-- fan-out: by night, off the hot path
SELECT DISTINCT home FROM (SELECT home FROM outreach_touch WHERE at < $1 ORDER BY at LIMIT $2) old ORDER BY home
"""


async def sweep(tx: Tx, before: datetime, limit: int) -> int:
    """This will take away scans of this home from before a time, and add them to what was counted; gives how many."""
    row = await tx.write_one(_SWEEP, tx.home, before, limit)
    return int(row["count"]) if row else 0


async def homes(tx: Tx, before: datetime, limit: int) -> list[int]:
    """This will name homes that have scans from before a time: those of so many of the oldest."""
    return [row["home"] for row in await tx.read(_HOMES, before, limit)]
