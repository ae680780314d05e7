"""What kits carry through the streets: numbers that are lent for a day."""

from datetime import timedelta
from typing import Final

from onehall.chaos.checker.reading import SOON, Fault, Reader

LONGEST: Final = timedelta(hours=12)  # a working day, as the trade's rule has it
_LEASES: Final = """-- fan-out: the checker
SELECT n.number AS id, 'held for a kit until ' || n.until || ', ' || CASE WHEN k.until IS NULL THEN 'and no kit has it'
    ELSE 'and lent until ' || k.until END AS why, NULL AS by
FROM number n LEFT JOIN (SELECT number, token, max(until) AS until FROM kit_number GROUP BY number, token) k
  ON k.number = n.number AND k.token = n.token
WHERE n.state = 'held' AND starts_with(n.token, 'kit:') AND n.until > $1 AND (k.until IS NULL OR n.until > k.until)
UNION ALL
SELECT k.number, 'lent to ' || k.staff || ' until ' || k.until || ', longer than a day', NULL FROM kit_number k
WHERE k.until > (SELECT greatest($1, max(at)) FROM event) + $2::interval  -- the house's own time may be ahead
UNION ALL
SELECT k.number, 'lent to ' || k.staff || ' until ' || k.until || ', and nobody ends it', k.staff FROM kit_number k WHERE k.until < $3
UNION ALL
SELECT n.number, 'held for a kit until ' || n.until || ', and nobody lets it go', NULL
FROM number n WHERE n.state = 'held' AND starts_with(n.token, 'kit:') AND n.until < $3
UNION ALL
SELECT n.number, 'sold to line ' || coalesce(n.line, '(none)') || ' while a kit''s lease lies on it', n.line
FROM number n WHERE n.state = 'sold' AND (starts_with(n.token, 'kit:') OR EXISTS (
  SELECT 1 FROM kit_number k WHERE k.number = n.number AND k.token = n.token AND k.until > $1))
"""


async def kit_leases_end(reader: Reader) -> list[Fault]:
    """A number that a kit carries is lent to it, for a day of twelve hours at most; no lease outlives its time or lies on a sold number."""
    return await reader.faults("kit_leases_end", _LEASES, reader.now, LONGEST, reader.now - 2 * SOON)
