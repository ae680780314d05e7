"""What suggesting another channel is worth: the cost of those to whom it is suggested against that of those from whom it is withheld."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from onehall.insight.rules import Sample
from onehall.kernel.store import Tx

FOLLOWED: Final = timedelta(days=30)
LATEST_MAX: Final = 20
GROUPS_MAX: Final = 200
ARMS_SQL: Final = """-- fan-out: the console, off the hot path
WITH met AS (
  SELECT home, party, min(at) AS since, (array_agg(type ORDER BY at))[1] = 'channel.held_out' AS held
  FROM event WHERE type IN ('channel.suggested', 'channel.held_out') AND body ->> 'way' = $1 AND at >= $2 AND at < $3
    AND party IS NOT NULL GROUP BY home, party),
spent AS (
  SELECT met.held, met.home, met.party, count(e.id) FILTER (WHERE e.type <> 'order.placed') AS contacts,
    count(e.id) FILTER (WHERE e.type = 'order.placed') AS orders, coalesce(sum(c.minor) FILTER (WHERE e.type <> 'order.placed'), 0) AS minor
  FROM met LEFT JOIN event e ON e.home = met.home AND e.party = met.party AND e.at > met.since AND e.at < met.since + $4::interval
    AND e.type IN ('function.visited', 'journey.opened', 'order.placed')
  LEFT JOIN unnest($5::text[], $6::bigint[]) AS c(channel, minor) ON c.channel = e.channel GROUP BY 1, 2, 3)
SELECT held, count(*)::bigint AS customers, sum(contacts)::bigint AS contacts, sum(orders)::bigint AS orders, sum(minor)::bigint AS minor,
  sum(minor * minor)::bigint AS squares FROM spent GROUP BY held"""
GROUPS_SQL: Final = """-- fan-out: the console, off the hot path
SELECT body ->> 'way' AS way, body ->> 'band' AS band, channel AS here, body ->> 'to' AS there,
  count(*) FILTER (WHERE type = 'channel.suggested') AS suggested, count(*) FILTER (WHERE type = 'channel.held_out') AS held
FROM event WHERE type IN ('channel.suggested', 'channel.held_out') AND at >= $1 AND at < $2
GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 6 DESC, 1, 2, 3, 4 LIMIT $3"""
LATEST_SQL: Final = """-- fan-out: the console, off the hot path
SELECT e.at, e.type, e.party, e.function, e.channel, e.body, n.channel AS went FROM event e LEFT JOIN LATERAL (
  SELECT f.channel FROM event f WHERE f.home = e.home AND f.party = e.party AND f.id > e.id AND f.function = e.function
    AND f.type IN ('function.visited', 'journey.opened') ORDER BY f.id LIMIT 1) n ON true
WHERE e.type IN ('channel.suggested', 'channel.held_out') AND e.at >= $1 AND e.at < $2 ORDER BY e.at DESC, e.id DESC LIMIT $3"""


class Arm(msgspec.Struct, frozen=True):
    """Customers of one arm, and what they did in the thirty days after a suggestion was made to them, or withheld, for the first time."""

    customers: int = 0
    contacts: int = 0
    orders: int = 0
    minor: int = 0
    squares: int = 0

    @property
    def sample(self) -> Sample:
        """This will give what the cost of each was, as a sample."""
        return Sample(self.customers, self.minor, self.squares)


async def arms(tx: Tx, way: str, costs: Mapping[str, int], since: datetime, until: datetime) -> tuple[Arm, Arm]:
    """This will give those who were told of another channel in a time, and those who were held out; `costs` are minor units a contact."""
    rows = await tx.read(ARMS_SQL, way, since, until, FOLLOWED, list(costs), list(costs.values()))
    found = {row["held"]: Arm(**{name: row[name] for name in Arm.__struct_fields__}) for row in rows}
    return found.get(False, Arm()), found.get(True, Arm())


async def groups(tx: Tx, since: datetime, until: datetime) -> list[Any]:
    """This will count suggestions of a time: way, band, here, there, suggested, held."""
    return await tx.read(GROUPS_SQL, since, until, GROUPS_MAX)


async def latest(tx: Tx, since: datetime, until: datetime) -> list[Any]:
    """This will give the latest suggestions, each with the channel in which the customer had the same done next (`went`)."""
    return await tx.read(LATEST_SQL, since, until, LATEST_MAX)
