"""Three indices for each journey: how convenient it is to decide, how timely it is done, and how it was for the customer."""

from datetime import datetime
from typing import Final

import msgspec

from onehall.kernel.store import Tx

RATING: Final = "journey.rate"  # asking how it was is no journey of its own here
JOURNEYS_SQL: Final = """-- fan-out: the console, off the hot path
WITH one AS (
  SELECT home, journey, max(function) AS function, min(at) AS begun,
    count(*) FILTER (WHERE type = 'journey.answered') AS steps,
    count(DISTINCT channel) FILTER (WHERE type IN ('journey.opened', 'journey.answered', 'journey.handed_over')) AS channels,
    max(at) FILTER (WHERE type = 'journey.answered') AS decided,
    max(at) FILTER (WHERE type = 'journey.ended' AND body ->> 'why' = 'done') AS done
  FROM event WHERE at >= $1 AND at < $2 AND journey IS NOT NULL AND function <> $6 AND ($3 OR unit = $4 OR starts_with(unit, $5))
    AND type IN ('journey.opened', 'journey.answered', 'journey.handed_over', 'journey.ended') GROUP BY home, journey)
SELECT function, count(*) AS begun, count(done) AS done, coalesce(sum(steps) FILTER (WHERE done IS NOT NULL), 0)::bigint AS steps,
  coalesce(sum(channels) FILTER (WHERE done IS NOT NULL), 0)::bigint AS channels,
  coalesce(sum(extract(epoch FROM coalesce(decided, begun) - begun)) FILTER (WHERE done IS NOT NULL), 0)::bigint AS decide_seconds,
  coalesce(sum(extract(epoch FROM done - begun)) FILTER (WHERE done IS NOT NULL), 0)::bigint AS obtain_seconds
FROM one GROUP BY function ORDER BY 3 DESC, 2 DESC, 1"""
RATED_SQL: Final = """-- fan-out: the console, off the hot path
SELECT body ->> 'of' AS function, count(*) AS count, sum((body ->> 'stars')::int)::bigint AS stars
FROM event WHERE at >= $1 AND at < $2 AND type = 'journey.rated' AND ($3 OR unit = $4 OR starts_with(unit, $5)) GROUP BY 1"""
RESOLVED_SQL: Final = """-- fan-out: the console, off the hot path
SELECT count(*) AS count, coalesce(sum(extract(epoch FROM d.at - r.at)), 0)::bigint AS seconds
FROM event d JOIN event r ON r.home = d.home AND r.key = d.key AND r.type = 'billing.bill_disputed'
WHERE d.at >= $1 AND d.at < $2 AND d.type = 'billing.dispute_decided' AND ($3 OR r.unit = $4 OR starts_with(r.unit, $5))"""
DISPUTED: Final = "bill.dispute"


class Index(msgspec.Struct):
    """The journeys of a function in a time; all but `begun` and the ratings are sums over those that were done.

    `decide_seconds` is until the last answer of the customer, `obtain_seconds` until all was done, `resolve_seconds` until a complaint
    was decided.
    """

    function: str
    begun: int = 0
    done: int = 0
    steps: int = 0
    channels: int = 0
    decide_seconds: int = 0
    obtain_seconds: int = 0
    resolved: int = 0
    resolve_seconds: int = 0
    rated: int = 0
    stars: int = 0


async def indices(tx: Tx, unit: str, since: datetime, until: datetime) -> list[Index]:
    """This will sum the three indices of a part of the operator by function, the most done first."""
    values = (since, until, "." not in unit, unit, f"{unit}.")
    found = {row["function"]: Index(**dict(row)) for row in await tx.read(JOURNEYS_SQL, *values, RATING)}
    for row in await tx.read(RATED_SQL, *values):
        one = found.setdefault(row["function"], Index(row["function"]))
        one.rated, one.stars = row["count"], row["stars"]
    resolved = await tx.read_one(RESOLVED_SQL, *values)
    if resolved and resolved["count"]:
        one = found.setdefault(DISPUTED, Index(DISPUTED))
        one.resolved, one.resolve_seconds = resolved["count"], resolved["seconds"]
    return list(found.values())
