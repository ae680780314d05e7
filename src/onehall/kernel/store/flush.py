"""How what a transaction leaves reaches its tables: one statement for all of it."""

import re
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import asyncpg
import msgspec

from onehall.kernel.events import Fact, Origin, tag_of
from onehall.kernel.store.leaving import EPOCH, Again, Last, Leaving, Lost, Work

if TYPE_CHECKING:
    from onehall.kernel.store.transaction import Tx

ROWS_MAX = 100
_EVENT = "id, at, type, key, party, staff, journey, function, channel, source, unit, body"
_JOB = "id, kind, body, lane, works_in, due, tries, lease_until, lease"
_TABLE = re.compile(r"(?:INTO|UPDATE|FROM)\s+(\w+)")
_PLACE = re.compile(r"\$(\d+)")


async def flush(tx: "Tx", leaving: Leaving) -> set[str]:
    """This will write what a transaction leaves, a hundred rows at a time; gives the lanes of its handed work in which other work stands.

    :raises Lost: the job that it ends is in other hands.
    :raises Again: a last statement did not find its row as it was read.
    """
    ended = leaving.ended
    if ended and any(one.job.id == ended[0].id for one in leaving.work):  # it leaves itself again, so its row goes first
        await _send(tx, Leaving(ended=ended), alone=False)
        ended = None
    gone = [id_ for id_ in dict.fromkeys(leaving.unneeded) if ended is None or id_ != ended[0].id]
    part, busy = Leaving(last=[*leaving.last, *leaving.kept.values()], unneeded=gone, ended=ended), set[str]()
    facts, work = leaving.facts, leaving.work
    while facts or work or part:
        part.facts, facts = facts[:ROWS_MAX], facts[ROWS_MAX:]
        part.work, work = work[:ROWS_MAX], work[ROWS_MAX:]
        busy |= await _send(tx, part, alone=not (facts or work))
        part = Leaving()
    return busy


async def _send(tx: "Tx", part: Leaving, alone: bool) -> set[str]:
    """What is all that a transaction writes needs no BEGIN and no COMMIT around it."""
    ended, lanes = part.ended, sorted({one.job.lane for one in part.work if one.lease and one.job.lane})
    _check_rows(part.last)
    values = [value for last in part.last for value in last.values]
    values += [value for fact in part.facts for value in _fact_row(tx, *fact)]
    values += [value for work in part.work for value in _job_row(work)]
    values += [tx.home, part.unneeded] if part.unneeded else []
    values += [ended[0].home, ended[0].id, ended[1]] if ended else []
    values += [tx.home, lanes, ended[0].id if ended else ""] if lanes else []
    last = tuple((last.sql, len(last.values), last.must) for last in part.last)
    sql = _sql(last, len(part.facts), len(part.work), bool(part.unneeded), ended is not None, bool(lanes))
    try:
        rows = await (tx.write_alone(sql, *values) if alone and not tx.begun else tx.write(sql, *values))
    except asyncpg.DivisionByZeroError as error:
        raise Lost from error
    except asyncpg.InvalidArgumentForLogarithmError as error:
        raise Again("somebody else was quicker") from error
    return set(rows[0]["busy"]) if lanes else set()


def _check_rows(last: list[Last]) -> None:
    """Of two parts of one statement that change the same row only one would count."""
    rows = [(_table(one.sql), *one.values[:2]) for one in last]
    if len(rows) > 1 and len(set(rows)) < len(rows):
        raise RuntimeError(f"two last statements for one row: {rows}")


@lru_cache(maxsize=256)
def _table(sql: str) -> str:
    return _TABLE.search(sql)[1]  # type: ignore[index]


def _fact_row(tx: "Tx", id_: str, fact: Fact, origin: Origin) -> tuple[Any, ...]:
    return (
        tx.home, id_, tx.now, tag_of(fact), fact.key, origin.party, origin.staff, origin.journey, origin.function,
        origin.channel, origin.source, origin.unit, msgspec.to_builtins(fact, builtin_types=(datetime,)),
    )  # fmt: skip


def _job_row(work: Work) -> tuple[Any, ...]:
    job, lease = work.job, work.lease
    taken = (1, lease.until, lease.token) if lease else (0, EPOCH, None)
    return (job.home, job.id, job.kind, job.body, job.lane, job.works_in, work.due, *taken)


@lru_cache(maxsize=1024)
def _sql(last: tuple[tuple[str, int, bool], ...], facts: int, jobs: int, unneeded: bool, ended: bool, lanes: bool) -> str:
    """The statement whose parts are the rows of each table, and whose own rows say what they found.

    When the job to be ended is in other hands, or a last statement finds no row, the statement fails as a whole (by a division, by a
    logarithm): so it undoes itself where it stands alone.
    """
    parts, said, place = [], [], 0
    for number, (sql, width, must) in enumerate(last):
        parts.append(f"last_{number} AS ({_moved(sql, place)} RETURNING 1)")
        said += [f"(SELECT ln(count(*)) FROM last_{number}) AS found_{number}"] if must else []
        place += width
    if facts:
        parts.append(f"facts AS (INSERT INTO event (home, {_EVENT}) VALUES {_rows(facts, 13, place)})")
    place += facts * 13
    if jobs:
        parts.append(f"work AS (INSERT INTO job (home, {_JOB}) VALUES {_rows(jobs, 10, place)} ON CONFLICT DO NOTHING)")
    place += jobs * 10
    if unneeded:
        parts.append(f"gone AS (DELETE FROM job WHERE home = ${place + 1} AND id = ANY(${place + 2}::text[]))")
        place += 2
    if ended:
        mine = f"home = ${place + 1} AND id = ${place + 2} AND lease = ${place + 3}"
        parts.append(f"ended AS (DELETE FROM job WHERE {mine} RETURNING 1)")
        said.append("(SELECT 1 / count(*) FROM ended) AS ended")
        place += 3
    if lanes:
        said.append(_BUSY.format(home=place + 1, lanes=place + 2, ended=place + 3))
    return f"WITH {', '.join(parts)} SELECT {', '.join(said) or '1 AS done'}"


_BUSY = (
    "ARRAY(SELECT e.lane FROM job e WHERE e.lane = ANY(${lanes}::text[]) AND e.home + 0 = ${home} AND e.state = 'ready' "
    "AND e.id <> ${ended}) AS busy"
)


def _moved(sql: str, by: int) -> str:
    return _PLACE.sub(lambda found: f"${int(found[1]) + by}", sql) if by else sql


def _rows(count: int, width: int, start: int) -> str:
    rows = (range(start + row * width + 1, start + (row + 1) * width + 1) for row in range(count))
    return ", ".join("(" + ", ".join(f"${place}" for place in row) + ")" for row in rows)
