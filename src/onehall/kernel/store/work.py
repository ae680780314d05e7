"""The rows of work: how a worker takes them, ends them, puts them off, or lays them among the dead letters.

Whoever holds a row has its lease token; every statement that ends a row names the token, so of two workers that
believe they hold it only the right one succeeds.
"""

from datetime import datetime
from typing import Any

from onehall.kernel.jobs import Job
from onehall.kernel.store.leaving import EPOCH
from onehall.kernel.store.transaction import Row, Tx

ERROR_MAX = 2000

# An earlier one in the lane is found by the index of lanes alone: were `home` asked for plainly, the planner might take the primary key
# and read, for each row that is due, all the work of its home, of which thousands are due much later.
_CLAIM = """
-- fan-out: a worker serves every home of its database; a node of a sharded one has a worker of its own
WITH due AS MATERIALIZED (
    SELECT j.home, j.id FROM job j
    WHERE j.state = 'ready' AND j.due <= $1 AND j.lease_until <= $1
      AND NOT EXISTS (SELECT 1 FROM job e
                      WHERE e.lane = j.lane AND e.home + 0 = j.home AND e.state = 'ready' AND e.id < j.id)
    ORDER BY j.due LIMIT $4 FOR UPDATE SKIP LOCKED
)
UPDATE job SET lease = $2, lease_until = $3, tries = job.tries + 1 FROM due
WHERE job.home = due.home AND job.id = due.id
RETURNING job.home, job.id, job.kind, job.body, job.lane, job.works_in, job.tries
"""
_RENEW = """
-- fan-out: a worker serves every home of its database, in the background
UPDATE job SET lease_until = $1 FROM unnest($2::int[], $3::text[], $4::text[]) AS held (home, id, lease)
WHERE job.home = held.home AND job.id = held.id AND job.lease = held.lease
"""
_RELEASE = """
-- fan-out: a worker serves every home of its database, in the background
UPDATE job SET lease = NULL, lease_until = $1, tries = tries - 1
FROM unnest($2::int[], $3::text[], $4::text[]) AS held (home, id, lease)
WHERE job.home = held.home AND job.id = held.id AND job.lease = held.lease
"""


async def claim(tx: Tx, lease: str, until: datetime, limit: int) -> list[Job]:
    """This will take up to `limit` due rows under a lease; of a lane only its first ready row is ever taken."""
    return [Job(**row) for row in await tx.write_alone(_CLAIM, tx.now, lease, until, limit)]


async def renew(tx: Tx, held: list[tuple[Job, str]], until: datetime) -> None:
    """This will keep rows that are still being worked on."""
    await tx.write(_RENEW, until, *_columns(held))


async def release(tx: Tx, held: list[tuple[Job, str]]) -> None:
    """This will give back rows that were taken and not begun; the try is not counted."""
    await tx.write(_RELEASE, EPOCH, *_columns(held))


async def put_off(tx: Tx, job: Job, lease: str, due: datetime, error: str) -> bool:
    """This will have a row tried again at `due`."""
    sql = """UPDATE job SET due = $4, lease = NULL, lease_until = $5, error = $6
             WHERE home = $1 AND id = $2 AND lease = $3 RETURNING id"""
    return await tx.write_one(sql, job.home, job.id, lease, due, EPOCH, error[:ERROR_MAX]) is not None


async def bury(tx: Tx, job: Job, lease: str, error: str) -> bool:
    """This will make a row a dead letter: it waits for a person and no longer holds up its lane."""
    sql = """UPDATE job SET state = 'dead', lease = NULL, lease_until = $4, error = $5
             WHERE home = $1 AND id = $2 AND lease = $3 RETURNING id"""
    return await tx.write_one(sql, job.home, job.id, lease, EPOCH, error[:ERROR_MAX]) is not None


async def revive(tx: Tx, id_: str) -> bool:
    """This will have a dead letter tried again from now, with all its tries; False when there is none of that id."""
    sql = """UPDATE job SET state = 'ready', tries = 0, due = $3, lease = NULL, lease_until = $4
             WHERE home = $1 AND id = $2 AND state = 'dead' RETURNING id"""
    row = await tx.write_one(sql, tx.home, id_, tx.now, EPOCH)
    if row is not None:
        tx.store.wake(tx.now)
    return row is not None


async def discard(tx: Tx, id_: str) -> bool:
    """This will throw a dead letter away; False when there is none of that id."""
    sql = "DELETE FROM job WHERE home = $1 AND id = $2 AND state = 'dead' RETURNING id"
    return await tx.write_one(sql, tx.home, id_) is not None


async def dead_letters(tx: Tx, limit: int = 100, kind: str | None = None) -> list[Row]:
    """This will list dead letters of every home, of a kind if said, newest first: home, id, kind, body, lane, due, tries, error."""
    sql = """-- fan-out: the console, off the hot path
             SELECT home, id, kind, body, lane, due, tries, error FROM job
             WHERE state = 'dead' AND ($2::text IS NULL OR kind = $2) ORDER BY due DESC LIMIT $1"""
    return await tx.read(sql, limit, kind)


async def backlog(tx: Tx) -> tuple[datetime | None, int]:
    """This will give when the oldest work that is due was due, and how many dead letters there are."""
    row = await tx.read_one(
        """-- fan-out: a gauge, every few seconds
           SELECT (SELECT min(due) FROM job WHERE state = 'ready' AND due <= $1) AS oldest,
                  (SELECT count(*) FROM job WHERE state = 'dead') AS dead""",
        tx.now,
    )
    return (row["oldest"], row["dead"]) if row else (None, 0)


async def waiting(tx: Tx, limit: int = 30) -> list[Row]:
    """This will count the work that is not done, by kind: `count` due now, `later` due later; the most first."""
    sql = """-- fan-out: the console, off the hot path
             SELECT kind, count(*) FILTER (WHERE due <= $1) AS count, count(*) FILTER (WHERE due > $1) AS later FROM job
             WHERE state = 'ready' GROUP BY kind ORDER BY count DESC, kind LIMIT $2"""
    return await tx.read(sql, tx.now, limit)


def _columns(held: list[tuple[Job, str]]) -> tuple[list[Any], list[Any], list[Any]]:
    return [job.home for job, _ in held], [job.id for job, _ in held], [lease for _, lease in held]
