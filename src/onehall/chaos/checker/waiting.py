"""What waits: journeys for the world, and work for a worker."""

from datetime import timedelta
from typing import Final

from onehall.chaos.checker.reading import Fault, Reader

LATE: Final = timedelta(minutes=10)  # the longest wait between two tries
_WAITS: Final = """-- fan-out: the checker
WITH named AS MATERIALIZED (
    SELECT DISTINCT found[1] AS id
    FROM job, regexp_matches(concat_ws(' ', (body - 'origin')::text, lane), '[0-7][0-9a-hjkmnp-tv-z]{23}', 'g') AS found
    WHERE state = 'ready' AND kind <> 'journey.expire'
), ending AS MATERIALIZED (SELECT DISTINCT body->>'journey' AS id FROM job WHERE state = 'ready' AND kind = 'journey.expire')
SELECT j.id, CASE WHEN j.expires < $1 THEN 'it was to end ' || j.expires || ' and is ' || j.state
    WHEN e.id IS NULL THEN 'it is ' || j.state || ', and nothing will ever end it'
    ELSE j.function || ' waits for ' || (j.question->>'key') || ', and nobody will answer' END AS why, NULL AS by
FROM journey j LEFT JOIN ending e ON e.id = j.id LEFT JOIN named n ON n.id = j.id
WHERE j.state IN ('asking', 'waiting') AND (
    j.expires < $1 OR e.id IS NULL
    OR (j.state = 'waiting' AND n.id IS NULL
        AND NOT EXISTS (SELECT 1 FROM product_order o WHERE o.journey = j.id AND o.state IN ('acknowledged', 'inProgress', 'held',
          'pendingCancellation')))
    OR (j.question->>'kind' = 'pay' AND n.id IS NULL
        AND NOT EXISTS (SELECT 1 FROM payment p JOIN named m ON m.id = p.id WHERE split_part(p.to_journey, '/', 1) = j.id
          AND p.status = 'pending')))
"""


async def journey_moves_on(reader: Reader) -> list[Fault]:
    """No journey stands still: one that waits has something that will answer it, one that asks will end some day."""
    return await reader.faults("journey_moves_on", _WAITS, reader.now - LATE)


async def work_is_done(reader: Reader) -> list[Fault]:
    """No work lies about: what was due ten minutes ago, and is first in its lane, has been done or is being done."""
    return await reader.faults(
        "work_is_done",
        """-- fan-out: the checker
           SELECT id, kind || ' was due ' || due || ', tried ' || tries || ' times: ' || coalesce(error, 'never begun') AS why, NULL AS by
           FROM job j WHERE state = 'ready' AND due < $1 AND lease_until < $1 AND NOT EXISTS (
             SELECT 1 FROM job e WHERE e.home = j.home AND e.lane = j.lane AND e.state = 'ready' AND e.id < j.id)
           ORDER BY due LIMIT 1000""",
        reader.now - LATE,
    )


async def nothing_given_up(reader: Reader) -> list[Fault]:
    """No work was given up, but what a fault of the world explains."""
    return await reader.faults(
        "nothing_given_up",
        """-- fan-out: the checker
           SELECT id, kind || ' was given up: ' || coalesce(error, '') AS why, NULL AS by FROM job
           WHERE state = 'dead' AND NOT kind = ANY($1) ORDER BY id LIMIT 1000""",
        list(reader.explained),
    )
