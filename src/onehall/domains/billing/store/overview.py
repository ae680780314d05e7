"""Rows for those who watch over billing: accounts found by a number, allowances, records by the day, what waits, files."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from onehall.kernel.i18n import ZONE
from onehall.kernel.ids import home_for, home_of
from onehall.kernel.store import Tx
from onehall.kernel.store.transaction import Row

_FILE: Final = "id, name, source, size, lines, added, corrected, known, waiting, refused, status, started, ended, place"


async def accounts_of(tx: Tx, number: str) -> list[str]:
    """This will name the accounts of a number: its own, and the one that pays for what it uses."""
    row = await tx.read_one("SELECT account, payer FROM number_account WHERE home = $1 AND number = $2", home_for(number), number)
    return list(dict.fromkeys(one for one in row.values() if one)) if row else []


async def buckets(tx: Tx, account: str, limit: int) -> list[Row]:
    """This will read an account's allowances: those that stand now first, then the latest that ended."""
    return await tx.read(
        """SELECT id, kind, of, name, total, used, reserved, start, until, status, priority, alerted,
               status = 'active' AND start <= $3 AND (until IS NULL OR until > $3) AS stands
           FROM bucket WHERE home = $1 AND account = $2 ORDER BY stands DESC, until DESC NULLS FIRST, kind, id LIMIT $4""",
        home_of(account), account, tx.now, limit,
    )  # fmt: skip


async def reservations(tx: Tx, account: str, limit: int) -> list[Row]:
    """This will read what is set aside now for calls in progress of an account."""
    return await tx.read(
        """SELECT id, number, kind, source, wanted, granted, minor, currency, peer, zone, at, until FROM reservation
           WHERE home = $1 AND account = $2 AND status = 'reserved' ORDER BY at DESC, id LIMIT $3""",
        home_of(account), account, limit,
    )  # fmt: skip


async def days_of_use(tx: Tx, account: str, number: str, limit: int) -> list[Row]:
    """This will sum what a number used at an account by the operator's day, the latest first: day, records, minor, currency."""
    return await tx.read(
        """SELECT (at AT TIME ZONE $4)::date AS day, count(*)::int AS records, sum(minor)::bigint AS minor, currency FROM usage
           WHERE home = $1 AND account = $2 AND number = $3 AND status = 'rated' GROUP BY 1, currency ORDER BY 1 DESC LIMIT $5""",
        home_of(account), account, number, ZONE.key, limit,
    )  # fmt: skip


async def records(tx: Tx, account: str, number: str, since: datetime, until: datetime, skip: int, limit: int) -> list[Row]:
    """This will read a number's records at an account in [since, until), with what each was rated to, in order of time."""
    return await tx.read(
        """SELECT id, source, record, version, kind, amount, at, peer, zone, offering, key, units, drawn, left_over, minor, currency, status
           FROM usage WHERE home = $1 AND account = $2 AND number = $3 AND at >= $4 AND at < $5 ORDER BY at, id OFFSET $6 LIMIT $7""",
        home_of(account), account, number, since, until, skip, limit,
    )  # fmt: skip


async def names_of_buckets(tx: Tx, account: str, ids: Sequence[str]) -> dict[str, Row]:
    """This will read the names of some of an account's allowances: kind and name by id."""
    rows = await tx.read("SELECT id, kind, name FROM bucket WHERE home = $1 AND id = ANY($2)", home_of(account), list(ids))
    return {row["id"]: row for row in rows}


async def waiting_by_number(tx: Tx, skip: int, limit: int) -> list[Row]:
    """This will sum what waits by number and reason, the longest first: number, why, state, records, since."""
    return await tx.read(
        """-- fan-out: the console, off the hot path
           SELECT number, why, state, count(*)::int AS records, min(since) AS since FROM usage_waiting WHERE state <> 'taken'
           GROUP BY number, why, state ORDER BY min(since), number, state OFFSET $1 LIMIT $2""",
        skip, limit,
    )  # fmt: skip


async def waiting_of(tx: Tx, number: str, limit: int) -> list[Row]:
    """This will read the records of a number that wait or were given up."""
    return await tx.read(
        """SELECT id, source, record, body, why, since, state FROM usage_waiting WHERE home = $1 AND number = $2 AND state <> 'taken'
           ORDER BY since, id LIMIT $3""",
        home_for(number), number, limit,
    )  # fmt: skip


async def files(tx: Tx, skip: int, limit: int) -> list[Row]:
    """This will read the latest files of use with how far each was taken in."""
    return await tx.read(
        f"""-- fan-out: the console, off the hot path
            SELECT {_FILE} FROM usage_file ORDER BY started DESC, id OFFSET $1 LIMIT $2""",
        skip, limit,
    )  # fmt: skip


async def file(tx: Tx, id_: str) -> Row | None:
    """This will read a file of use."""
    return await tx.read_one(f"SELECT {_FILE} FROM usage_file WHERE home = $1 AND id = $2", home_of(id_), id_)


async def refused(tx: Tx, file_: str, after: int, limit: int) -> list[Row]:
    """This will read the refused lines of a file after one: line, why."""
    return await tx.read(
        "SELECT line, why FROM usage_refused WHERE home = $1 AND file = $2 AND line > $3 ORDER BY line LIMIT $4",
        home_of(file_), file_, after, limit,
    )  # fmt: skip


async def faults_of(tx: Tx, cycle: date, limit: int) -> list[Row]:
    """This will read which accounts the run of a cycle could not bill, and did not since: account, number, why, at."""
    return await tx.read(
        """-- fan-out: the console, off the hot path
           SELECT f.account, a.number, f.why, f.at FROM bill_fault f JOIN billing_account a ON a.home = f.home AND a.id = f.account
           WHERE f.cycle = $1 AND NOT EXISTS
               (SELECT 1 FROM customer_bill b WHERE b.home = f.home AND b.account = f.account AND b.cycle = f.cycle)
           ORDER BY f.at DESC, f.account LIMIT $2""",
        cycle, limit,
    )  # fmt: skip


async def terms_of(tx: Tx, account: str) -> list[Row]:
    """This will read by which terms an account was charged, and when: number, offering, price_id, since, until."""
    return await tx.read(
        """SELECT number, offering, price_id, since, until FROM subscription WHERE home = $1 AND account = $2 AND kind IN ('plan', 'pack')
           ORDER BY since, id""",
        home_of(account), account,
    )  # fmt: skip
