"""From traffic to order: visits, steps, orders, activations and lines that stay, by channel, source, store, clerk or campaign.

A scan is that of the code's store, clerk and campaign, and so is a visit or a step that came by the code, as it was owned when last scanned
by then; an order is that of those to whom it was credited; all else that of where it happened.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from onehall.kernel.store import Tx

BY: Final = ("channel", "source", "unit", "staff", "campaign")
ROWS_MAX: Final = 200
CODE_LENGTH: Final = 8  # what else may be a source is not looked for among the codes
STAYS: Final = timedelta(days=30)
SQL: Final = """-- fan-out: the console, off the hot path
WITH told AS (
  SELECT e.home, e.type, e.at, e.key, e.body, CASE $1
      WHEN 'channel' THEN e.channel WHEN 'source' THEN e.source WHEN 'unit' THEN coalesce(c.body ->> 'unit', e.unit)
      WHEN 'staff' THEN coalesce(c.body ->> 'staff', e.staff) WHEN 'campaign' THEN c.body ->> 'campaign'
    END AS name
  FROM event e LEFT JOIN LATERAL (
    SELECT e.body WHERE e.type = 'outreach.code_scanned' UNION ALL
    (SELECT o.body FROM event o WHERE ($1 IN ('unit', 'staff', 'campaign') OR NOT $4) AND e.type IN ('order.placed', 'order.completed')
      AND o.home = e.home AND o.key = e.key AND o.type = 'outreach.order_credited' ORDER BY o.id LIMIT 1) UNION ALL
    (SELECT s.body FROM event s WHERE ($1 IN ('unit', 'staff', 'campaign') OR NOT $4) AND length(e.source) = $10
      AND e.type IN ('function.visited', 'journey.opened', 'journey.answered')
      AND s.type = 'outreach.code_scanned' AND s.body ->> 'code' = lower(e.source) AND s.at <= e.at ORDER BY s.at DESC LIMIT 1)) c ON true
  WHERE e.at >= $2 AND e.at < $3 AND e.type IN (
      'function.visited', 'journey.opened', 'journey.answered', 'outreach.code_scanned', 'order.placed', 'order.completed')
    AND ($4 OR coalesce(c.body ->> 'unit', e.unit) = $5 OR starts_with(coalesce(c.body ->> 'unit', e.unit), $6)))
SELECT coalesce(name, '') AS name,
  count(*) FILTER (WHERE type = 'outreach.code_scanned') AS scans,
  count(*) FILTER (WHERE type IN ('function.visited', 'journey.opened')) AS visits,
  count(*) FILTER (WHERE type = 'journey.answered') AS steps,
  count(*) FILTER (WHERE type = 'order.placed') AS orders,
  count(*) FILTER (WHERE type = 'order.completed' AND body ->> 'kind' = 'line.open') AS activations,
  count(*) FILTER (WHERE type = 'order.completed' AND body ->> 'kind' = 'line.open' AND at <= $7) AS due,
  count(*) FILTER (WHERE type = 'order.completed' AND body ->> 'kind' = 'line.open' AND at <= $7 AND NOT EXISTS (
    SELECT 1 FROM event g WHERE g.home = told.home AND g.key = told.body ->> 'line' AND g.type = 'inventory.line_terminated'
      AND g.at < told.at + $8::interval)) AS stayed
FROM told GROUP BY 1 ORDER BY orders DESC, visits DESC, scans DESC, 1 LIMIT $9"""


class Traffic(msgspec.Struct, frozen=True):
    """What came by one way; `name` "" is what has none. `due`: lines activated thirty days ago, `stayed`: those not ended."""

    name: str
    scans: int
    visits: int
    steps: int
    orders: int
    activations: int
    due: int
    stayed: int


async def traffic(tx: Tx, unit: str, by: str, since: datetime, until: datetime, *, limit: int = ROWS_MAX) -> list[Traffic]:
    """This will count a part of the operator's traffic of a time by a dimension ("" for the sum of all), the most orders first."""
    rows = await tx.read(SQL, by, since, until, "." not in unit, unit, f"{unit}.", tx.now - STAYS, STAYS, limit, CODE_LENGTH)
    return [Traffic(**dict(row)) for row in rows]


def rest(rows: Sequence[Traffic], total: Traffic) -> Traffic | None:
    """This will sum up what is not in the rows, so that the rows of a page add up to its total; None where nothing is left."""
    left = {name: getattr(total, name) - sum(getattr(one, name) for one in rows) for name in Traffic.__struct_fields__[1:]}
    return Traffic("", **left) if any(left.values()) else None
