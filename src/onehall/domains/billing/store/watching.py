"""What was told once: trips, credit, limits of one's own; and why lines stand still for money."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from onehall.domains.billing.rules import charging
from onehall.kernel.ids import home_of
from onehall.kernel.store import Tx
from onehall.kernel.store.transaction import Row


async def enter_zone(tx: Tx, account: str, line: str, zone: str, at: datetime) -> bool:
    """This will write that a line is in a zone; True when that is a new trip."""
    row = await tx.write_one(
        """INSERT INTO roaming (home, account, line, zone, since) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (home, line, zone) DO UPDATE SET since = excluded.since, account = excluded.account
           WHERE roaming.since <= $6 RETURNING line""",
        tx.home, account, line, zone, at, at - charging.TRIP,
    )  # fmt: skip
    return row is not None


async def credit_reached(tx: Tx, accounts: Sequence[str], reached: bool) -> list[str]:
    """This will write that accounts are over their credit, or no longer; gives those for which that is new."""
    rows = await tx.write(
        """UPDATE billing_account SET credit_reached = $3, revision = revision + 1
           WHERE home = $1 AND id = ANY($2) AND credit_reached <> $3 RETURNING id""",
        tx.home, list(accounts), reached,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def may_be_freed(tx: Tx, account: str) -> bool:
    """This will tell whether an account is over its credit, or its line stands still for money."""
    sql = """SELECT 1 FROM billing_account a WHERE a.home = $1 AND a.id = $2 AND (a.credit_reached OR EXISTS (
                 SELECT 1 FROM barring b WHERE b.home = $1 AND b.account = $2 AND b.ended IS NULL))"""
    return await tx.read_one(sql, home_of(account), account) is not None


async def limit_told(tx: Tx, account: str, month: date) -> None:
    """This will write in which month an account was told that its own limit is passed."""
    await tx.write("UPDATE billing_account SET limit_told = $3 WHERE home = $1 AND id = $2", tx.home, account, month)


async def set_limits(tx: Tx, account: str, spend: int | None, data_mb: int | None) -> None:
    """This will write what an account allows itself in a month; None is no limit."""
    await tx.write(
        """UPDATE billing_account SET spend_limit = $3, data_cap = $4, limit_told = NULL, revision = revision + 1
           WHERE home = $1 AND id = $2""",
        tx.home, account, spend, data_mb,
    )  # fmt: skip


async def bar(tx: Tx, account: str, why: str) -> bool:
    """This will write that an account's line stands still for money; False when it does already."""
    row = await tx.write_one(
        """INSERT INTO barring (home, account, why, since) VALUES ($1, $2, $3, $4)
           ON CONFLICT (home, account, why) DO UPDATE SET since = excluded.since, paid = NULL, ended = NULL
           WHERE barring.ended IS NOT NULL RETURNING account""",
        tx.home, account, why, tx.now,
    )  # fmt: skip
    return row is not None


async def barred(tx: Tx, account: str) -> list[Row]:
    """This will read why an account's line stands still for money now."""
    return await tx.read("SELECT why, since, paid FROM barring WHERE home = $1 AND account = $2 AND ended IS NULL", tx.home, account)


async def paid(tx: Tx, account: str, at: datetime) -> None:
    """This will write when the money came, for the clock of restoration; the first time counts."""
    await tx.write(
        "UPDATE barring SET paid = coalesce(paid, $3) WHERE home = $1 AND account = $2 AND ended IS NULL", tx.home, account, at
    )


async def unbar(tx: Tx, account: str, why: str) -> Row | None:
    """This will write that a line need not stand still any more; gives when the money came."""
    return await tx.write_one(
        """UPDATE barring SET ended = $4, paid = coalesce(paid, $4) WHERE home = $1 AND account = $2 AND why = $3 AND ended IS NULL
           RETURNING paid, since""",
        tx.home, account, why, tx.now,
    )  # fmt: skip


async def clocks(tx: Tx, since: datetime) -> list[Row]:
    """This will give how long restorations took since a time, seconds, in every home."""
    return await tx.read(
        """-- fan-out: a report of clocks, off the hot path
           SELECT account, why, extract(epoch FROM ended - paid)::bigint AS seconds FROM barring WHERE ended >= $1 ORDER BY ended""",
        since,
    )


async def query(tx: Tx, id_: str, party: str | None, unit: str | None, doc: dict[str, Any]) -> None:
    """This will write a question about consumption with its answer."""
    await tx.write(
        "INSERT INTO consumption_query (home, id, party, unit, doc, at, revision) VALUES ($1, $2, $3, $4, $5, $6, 1)",
        tx.home, id_, party, unit, doc, tx.now,
    )  # fmt: skip


async def last_money(tx: Tx, account: str, since: datetime) -> datetime | None:
    """This will give when money last came onto an account since a time."""
    row = await tx.read_one(
        """SELECT max(e.at) AS at FROM entry e JOIN posting p ON p.home = e.home AND p.entry = e.id
           WHERE e.home = $1 AND e.account = $2 AND e.at >= $3 AND p.book = 'main' AND p.owner = $2 AND p.minor > 0""",
        tx.home, account, since,
    )  # fmt: skip
    return row["at"] if row else None


async def limits(tx: Tx, account: str) -> tuple[int | None, Decimal | None]:
    """This will read what an account allows itself in a month."""
    row = await tx.read_one("SELECT spend_limit, data_cap FROM billing_account WHERE home = $1 AND id = $2", home_of(account), account)
    return (row["spend_limit"], row["data_cap"]) if row else (None, None)


async def forget_query(tx: Tx, id_: str) -> None:
    """This will let a question about consumption go."""
    await tx.write("DELETE FROM consumption_query WHERE home = $1 AND id = $2", tx.home, id_)
