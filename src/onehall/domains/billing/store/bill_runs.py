"""Rows of bill runs: in home 0 the run, in the homes of the accounts its parts."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from onehall.domains.billing.model.bills import Run
from onehall.kernel.ids import keyed_id
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH
from onehall.kernel.store.transaction import Row

RUNS: Final = 0  # the home of runs
_RUN: Final = """r.id, r.cycle, r.start, r.until, r.parts AS total, r.started, coalesce(r.began, r.started) AS began, r.resumed,
    r.resumed_at, r.repeated,
    CASE WHEN count(p.ended) >= r.parts THEN 'done' ELSE 'running' END AS status,
    CASE WHEN count(p.ended) >= r.parts THEN max(p.ended) END AS ended, count(p.ended)::int AS done,
    coalesce(sum(p.accounts), 0)::int AS accounts, coalesce(sum(p.bills), 0)::int AS bills,
    coalesce(sum(p.faults), 0)::int AS faults"""


def run_id(cycle: date) -> str:
    """This will give the id of a cycle's run: the same whenever it is begun."""
    return keyed_id(RUNS, EPOCH, "bill run", cycle.isoformat())


async def begin(tx: Tx, cycle: date, start: datetime, until: datetime, parts: int) -> None:
    """This will write a run; begun again, its parts are still to be done: it is resumed, or once it was done gone through again."""
    done = await _done(tx, run_id(cycle))
    await tx.write(
        """INSERT INTO bill_run AS r (home, id, cycle, start, until, parts, started, began) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
           ON CONFLICT (home, id) DO UPDATE SET parts = greatest(r.parts, excluded.parts),
               began = CASE WHEN $8 THEN excluded.started ELSE coalesce(r.began, r.started) END,
               resumed = CASE WHEN $8 THEN 0 ELSE r.resumed + 1 END, resumed_at = CASE WHEN $8 THEN NULL ELSE excluded.started END,
               repeated = r.repeated + $8::boolean::int""",
        RUNS, run_id(cycle), cycle, start, until, parts, tx.now, done,
    )  # fmt: skip
    await tx.write(
        """-- fan-out: once for each run
           UPDATE bill_part SET ended = NULL WHERE run = $1""",
        run_id(cycle),
    )  # fmt: skip


async def _done(tx: Tx, run: str) -> bool:
    row = await tx.write_one("SELECT parts FROM bill_run WHERE home = $1 AND id = $2 FOR UPDATE", RUNS, run)
    ended = await tx.read_one(
        """-- fan-out: once for each run
           SELECT count(ended)::int AS parts FROM bill_part WHERE run = $1""",
        run,
    )  # fmt: skip
    return row is not None and ended is not None and ended["parts"] >= row["parts"]


async def first_charged(tx: Tx) -> dict[int, datetime]:
    """This will tell for each cycle day when the first account of it began to be charged."""
    rows = await tx.read(
        """-- fan-out: once for each run
           SELECT a.cycle_day, min(s.since) AS since FROM billing_account a
           JOIN subscription s ON s.home = a.home AND s.account = a.id COLLATE "default" GROUP BY a.cycle_day"""
    )
    return {row["cycle_day"]: row["since"] for row in rows}


async def homes(tx: Tx, cycle_day: int) -> list[int]:
    """This will name the homes that have accounts of a cycle day."""
    rows = await tx.read(
        """-- fan-out: once for each run
           SELECT DISTINCT home FROM billing_account WHERE cycle_day = $1 ORDER BY home""",
        cycle_day,
    )  # fmt: skip
    return [row["home"] for row in rows]


async def accounts(tx: Tx, cycle_day: int, after: str, limit: int) -> list[str]:
    """This will name the accounts of this home with a cycle day, in order, after one."""
    rows = await tx.read(
        """SELECT id FROM billing_account WHERE home = $1 AND cycle_day = $2 AND id > $3 ORDER BY id LIMIT $4""",
        tx.home, cycle_day, after, limit,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def write_parts(
    tx: Tx, cycles: Sequence[date], accounts_: int, bills: dict[date, int], faults: dict[date, int], after: str, last: str, *, done: bool
) -> None:  # fmt: skip
    """This will write what parts of runs have done, from one account up to the `last`."""
    rows = [(run_id(cycle), cycle, bills.get(cycle, 0), faults.get(cycle, 0)) for cycle in cycles]
    await tx.write(
        """INSERT INTO bill_part (home, run, cycle, bills, faults, accounts, last, ended)
           SELECT $1::smallint, n.*, $6::int, $7::text, $8::timestamptz FROM unnest($2::text[], $3::date[], $4::int[], $5::int[]) n
           ON CONFLICT (home, run) DO UPDATE SET bills = bill_part.bills + excluded.bills, faults = excluded.faults,
               accounts = CASE WHEN $9 THEN bill_part.accounts ELSE 0 END + excluded.accounts, last = excluded.last,
               ended = excluded.ended""",
        tx.home, *(list(column) for column in zip(*rows, strict=True)), accounts_, last, tx.now if done else None, bool(after),
    )  # fmt: skip


async def write_faults(tx: Tx, faults: Sequence[tuple[str, date, str]]) -> None:
    """This will keep which accounts could not be billed, and why."""
    columns = [list(column) for column in zip(*faults, strict=True)]
    await tx.write(
        """INSERT INTO bill_fault (home, account, cycle, why, at) SELECT $1::smallint, n.*, $5::timestamptz
           FROM unnest($2::text[], $3::date[], $4::text[]) n
           ON CONFLICT (home, account, cycle) DO UPDATE SET why = excluded.why, at = excluded.at""",
        tx.home, *columns, tx.now,
    )  # fmt: skip


async def runs(tx: Tx, limit: int, every_since: date) -> list[Run]:
    """This will read the latest runs with their progress; of those before a cycle only what works, billed somebody or could not."""
    rows = await tx.read(
        f"""-- fan-out: the console, off the hot path
            SELECT {_RUN} FROM bill_run r LEFT JOIN bill_part p ON p.run = r.id WHERE r.home = $1
            GROUP BY r.home, r.id
            HAVING r.cycle >= $3 OR count(p.ended) < r.parts OR sum(p.bills) > 0 OR sum(p.faults) > 0 ORDER BY r.cycle DESC LIMIT $2""",
        RUNS, limit, every_since,
    )  # fmt: skip
    return [Run(**dict(row)) for row in rows]


async def progress(tx: Tx, run: str) -> Run | None:
    """This will read a run with its progress."""
    row = await tx.read_one(
        f"""-- fan-out: the console, off the hot path
            SELECT {_RUN} FROM bill_run r LEFT JOIN bill_part p ON p.run = r.id WHERE r.home = $1 AND r.id = $2 GROUP BY r.home, r.id""",
        RUNS, run,
    )  # fmt: skip
    return Run(**dict(row)) if row else None


async def totals(tx: Tx, run: str) -> dict[str, int]:
    """This will sum the bills of a run by currency."""
    rows = await tx.read(
        """-- fan-out: a report, off the hot path
           SELECT currency, sum(total)::bigint AS total FROM customer_bill WHERE run = $1 GROUP BY currency""",
        run,
    )  # fmt: skip
    return {one["currency"]: one["total"] for one in rows}


async def keep_report(tx: Tx, run: str, body: dict[str, Any]) -> None:
    """This will keep what a run came to, instead of what was kept before."""
    await tx.write(
        """INSERT INTO bill_report (home, run, body, at) VALUES ($1, $2, $3, $4)
           ON CONFLICT (home, run) DO UPDATE SET body = excluded.body, at = excluded.at""",
        RUNS, run, body, tx.now,
    )  # fmt: skip


async def report(tx: Tx, run: str) -> Row | None:
    """This will read what was kept of what a run came to: body, at."""
    return await tx.read_one("SELECT body, at FROM bill_report WHERE home = $1 AND run = $2", RUNS, run)


async def faults(tx: Tx, limit: int) -> list[Row]:
    """This will read which accounts could not be billed, newest first: account, cycle, why, at."""
    return await tx.read(
        """-- fan-out: the console, off the hot path
           SELECT f.account, f.cycle, f.why, f.at FROM bill_fault f
           WHERE NOT EXISTS (SELECT 1 FROM customer_bill b WHERE b.home = f.home AND b.account = f.account AND b.cycle = f.cycle)
           ORDER BY f.at DESC LIMIT $1""",
        limit,
    )  # fmt: skip


async def revenue(tx: Tx, since: date, until: date) -> list[Row]:
    """This will sum what offerings brought in the bills of each cycle in [since, until)."""
    return await tx.read(REVENUE, since, until)


async def billed_cycles(tx: Tx) -> list[date]:
    """This will read the cycles that runs made bills of, the latest first."""
    rows = await tx.read(
        """-- fan-out: the console, off the hot path
           SELECT r.cycle FROM bill_run r WHERE r.home = $1 AND EXISTS (SELECT 1 FROM bill_part p WHERE p.run = r.id AND p.bills > 0)
           ORDER BY r.cycle DESC""",
        RUNS,
    )  # fmt: skip
    return [row["cycle"] for row in rows]


REVENUE: Final = """-- fan-out: a report, off the hot path
SELECT date_trunc('month', b.cycle)::date AS month, l.offering, l.currency, sum(l.minor)::bigint AS minor,
       count(DISTINCT b.id)::int AS bills
FROM customer_bill b JOIN bill_line l ON l.home = b.home AND l.bill = b.id WHERE b.cycle >= $1 AND b.cycle < $2
GROUP BY 1, l.offering, l.currency ORDER BY 1 DESC, minor DESC, l.offering"""
