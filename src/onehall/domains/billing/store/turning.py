"""Rows that the turn of the month reads and writes; the accounts' rows are held."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from onehall.domains.billing.model.bills import Debtor
from onehall.domains.billing.model.usage import Subscription
from onehall.kernel.store import Tx


async def waiting(tx: Tx, cycle_day: int, cycle: date, after: str, limit: int) -> list[str]:
    """This will name open accounts of this home that are not in a cycle yet."""
    rows = await tx.read(
        """SELECT id FROM billing_account WHERE home = $1 AND cycle_day = $2 AND status = 'open' AND (turned IS NULL OR turned < $3)
           AND id > $4 ORDER BY id LIMIT $5""",
        tx.home, cycle_day, cycle, after, limit,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def fill(tx: Tx, debtors: dict[str, Debtor], start: datetime, end: datetime) -> None:
    """This will read what accounts are charged by in a cycle."""
    rows = await tx.read(
        """SELECT id, account, line, number, product, kind, offering, price_id, name, fee, currency, since, until, doc FROM subscription
           WHERE home = $1 AND account = ANY($2) AND since < $4 AND (until IS NULL OR until > $3) ORDER BY since, id""",
        tx.home, list(debtors), start, end,
    )  # fmt: skip
    for row in rows:
        debtors[row["account"]].subscriptions.append(Subscription(*row.values()))


async def granted(tx: Tx, accounts: Sequence[str], start: datetime, end: datetime) -> set[tuple[str, str, str]]:
    """This will tell which allowances stand in a cycle already: account, what granted them, kind."""
    rows = await tx.read(
        """SELECT account, of, kind FROM bucket
           WHERE home = $1 AND account = ANY($2) AND start < $4 AND (until IS NULL OR until > $3)""",
        tx.home, accounts, start, end,
    )  # fmt: skip
    return {(row["account"], row["of"], row["kind"]) for row in rows}


async def grant(tx: Tx, buckets: Sequence[tuple[Any, ...]], start: datetime, end: datetime) -> None:
    """This will write allowances of a cycle, each once."""
    if buckets:
        columns = [list(column) for column in zip(*buckets, strict=True)]
        await tx.write(
            """INSERT INTO bucket (home, id, account, kind, of, name, total, used, start, until, status, revision)
               SELECT $1::smallint, n.*, 0, $8::timestamptz, $9::timestamptz, 'active', 1
               FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::numeric[]) n
               ON CONFLICT DO NOTHING""",
            tx.home, *columns, start, end,
        )  # fmt: skip


async def turned(tx: Tx, accounts: Sequence[str], cycle: date) -> None:
    """This will write that accounts are in a cycle."""
    sql = "UPDATE billing_account SET turned = $3 WHERE home = $1 AND id = ANY($2) AND (turned IS NULL OR turned < $3)"
    await tx.write(sql, tx.home, accounts, cycle)
