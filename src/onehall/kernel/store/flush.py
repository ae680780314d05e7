"""How facts and jobs reach their tables, and the job that is being done leaves its own: one statement for all three."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import asyncpg
import msgspec

from onehall.kernel.events import Fact, Origin, tag_of
from onehall.kernel.jobs import Job

if TYPE_CHECKING:
    from onehall.kernel.store.transaction import Tx

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
ROWS_MAX = 100
_EVENT = "id, at, type, key, party, staff, journey, function, channel, source, unit, body"
_JOB = "id, kind, body, lane, works_in, due, lease_until"


class Lost(Exception):
    """The lease lapsed and another worker has the row; what was done here is undone."""


async def flush(
    tx: "Tx", facts: list[tuple[str, Fact, Origin]], jobs: list[tuple[Job, datetime]], ended: tuple[Job, str] | None = None,
    unneeded: Sequence[str] = (),
) -> None:  # fmt: skip
    """This will write the facts and jobs of a transaction, a hundred rows at a time, take away what is not needed, and end the job it does.

    :raises Lost: that job is in other hands.
    """
    if ended and any(job.id == ended[0].id for job, _due in jobs):  # it leaves itself again, so its row goes first
        await _end(tx, ended)
        ended = None
    gone = [id_ for id_ in dict.fromkeys(unneeded) if ended is None or id_ != ended[0].id]
    while facts or jobs or ended or gone:
        some_facts, facts = facts[:ROWS_MAX], facts[ROWS_MAX:]
        some_jobs, jobs = jobs[:ROWS_MAX], jobs[ROWS_MAX:]
        values = [value for fact in some_facts for value in _fact_row(tx, *fact)]
        values += [value for job, due in some_jobs for value in _job_row(job, due)]
        values += [tx.home, gone] if gone else []
        values += [ended[0].home, ended[0].id, ended[1]] if ended else []
        await _send(tx, _sql(len(some_facts), len(some_jobs), bool(gone), ended is not None), values, alone=not (facts or jobs))
        ended, gone = None, []


async def _end(tx: "Tx", ended: tuple[Job, str]) -> None:
    await _send(tx, _sql(0, 0, False, True), [ended[0].home, ended[0].id, ended[1]], alone=False)


async def _send(tx: "Tx", sql: str, values: list[Any], alone: bool) -> None:
    """What is all that a transaction writes needs no BEGIN and no COMMIT around it."""
    try:
        await (tx.write_alone(sql, *values) if alone and not tx.begun else tx.write(sql, *values))
    except asyncpg.DivisionByZeroError as error:
        raise Lost from error


def _fact_row(tx: "Tx", id_: str, fact: Fact, origin: Origin) -> tuple[Any, ...]:
    return (
        tx.home, id_, tx.now, tag_of(fact), fact.key, origin.party, origin.staff, origin.journey, origin.function,
        origin.channel, origin.source, origin.unit, msgspec.to_builtins(fact, builtin_types=(datetime,)),
    )  # fmt: skip


def _job_row(job: Job, due: datetime) -> tuple[Any, ...]:
    return job.home, job.id, job.kind, job.body, job.lane, job.works_in, due, EPOCH


@lru_cache(maxsize=512)
def _sql(facts: int, jobs: int, unneeded: bool, ended: bool) -> str:
    """The last part stands as the statement itself, those before it in its WITH.

    When the job to be ended is in other hands the statement fails as a whole, by a division: so it undoes itself where it stands alone.
    """
    last = facts * 13 + jobs * 8
    parts = [f"INSERT INTO event (home, {_EVENT}) VALUES {_rows(facts, 13, 0)}"] if facts else []
    parts += [f"INSERT INTO job (home, {_JOB}) VALUES {_rows(jobs, 8, facts * 13)} ON CONFLICT DO NOTHING"] if jobs else []
    parts += [f"DELETE FROM job WHERE home = ${last + 1} AND id = ANY(${last + 2}::text[])"] if unneeded else []
    last += 2 if unneeded else 0
    if ended:
        parts += [f"DELETE FROM job WHERE home = ${last + 1} AND id = ${last + 2} AND lease = ${last + 3} RETURNING id"]
        parts += [f"SELECT 1 / count(*) AS ended FROM part_{len(parts) - 1}"]
    before = ", ".join(f"part_{place} AS ({part})" for place, part in enumerate(parts[:-1]))
    return f"WITH {before} {parts[-1]}" if before else parts[-1]


def _rows(count: int, width: int, start: int) -> str:
    rows = (range(start + row * width + 1, start + (row + 1) * width + 1) for row in range(count))
    return ", ".join("(" + ", ".join(f"${place}" for place in row) + ")" for row in rows)
