"""Rows of allowances."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from onehall.domains.billing.model import Taken
from onehall.kernel.ids import home_of, keyed_id
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH
from onehall.kernel.store.transaction import Row


async def insert(
    tx: Tx, account: str, of: str, name: Any, allowances: dict[str, int], start: datetime, until: datetime | None, once: str
) -> list[str]:
    """This will write a bucket for each allowance, once; gives the ids of those that are new."""
    values: list[Any] = [tx.home, account, of, name, start, until]
    rows = []
    for kind, total in allowances.items():
        place = len(values)
        rows.append(f"($1, ${place + 1}, $2, ${place + 2}, $3, $4, ${place + 3}, 0, $5, $6, 'active', 1)")
        values += [keyed_id(tx.home, EPOCH, "bucket", once, kind), kind, total]
    sql = f"""INSERT INTO bucket (home, id, account, kind, of, name, total, used, start, until, status, revision)
              VALUES {", ".join(rows)} ON CONFLICT DO NOTHING RETURNING id"""
    return [row["id"] for row in await tx.write(sql, *values)]


async def use(tx: Tx, account: str, kind: str, amount: int, once: str) -> Taken:
    """This will take a use out of an account's open buckets, the one that expires first first. One statement, once."""
    row = await tx.write_one(
        """WITH told AS (
               INSERT INTO bucket_use (home, id, once, account, kind, amount, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
               ON CONFLICT DO NOTHING RETURNING id
           ), open AS (
               SELECT id, until, start, total - used - reserved AS rest FROM bucket
               WHERE home = $1 AND account = $4 AND kind = $5 AND status = 'active' AND used + reserved < total
                 AND start <= $7 AND (until IS NULL OR until > $7)
               ORDER BY until NULLS LAST, start, id FOR UPDATE
           ), part AS (
               SELECT id, least(rest, $6 - (sum(rest) OVER (ORDER BY until NULLS LAST, start, id) - rest)) AS share FROM open
           ), taken AS (
               UPDATE bucket b SET used = b.used + part.share, revision = b.revision + 1 FROM part
               WHERE b.home = $1 AND b.id = part.id AND part.share > 0 AND EXISTS (SELECT 1 FROM told) RETURNING part.share
           )
           SELECT EXISTS (SELECT 1 FROM told) AS fresh, coalesce((SELECT sum(share) FROM taken), 0) AS taken""",
        tx.home, keyed_id(tx.home, EPOCH, "use", once), once, account, kind, amount, tx.now,
    )  # fmt: skip
    assert row is not None
    return Taken(row["taken"], amount - row["taken"] if row["fresh"] else Decimal(0), row["fresh"])


async def expire(tx: Tx, account: str, of: str, until: datetime) -> list[str]:
    """This will end the buckets of an account, granted by an offering, whose time is over."""
    rows = await tx.write(
        """UPDATE bucket SET status = 'expired', revision = revision + 1
           WHERE home = $1 AND account = $2 AND of = $3 AND status = 'active' AND until <= $4 RETURNING id""",
        tx.home, account, of, until,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def withdraw(tx: Tx, account: str, of: str, at: datetime) -> list[str]:
    """This will end every open bucket of an account that an offering granted, at a time."""
    rows = await tx.write(
        """UPDATE bucket SET status = 'expired', until = $4, revision = revision + 1
           WHERE home = $1 AND account = $2 AND of = $3 AND status = 'active' AND (until IS NULL OR until > $4) RETURNING id""",
        tx.home, account, of, at,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def of_party(tx: Tx, party: str, given: str | None, kind: str | None = None) -> list[Row]:
    """This will give a party's accounts with their open buckets, earliest expiry first. One statement.

    Accounts without buckets have one row with `id` NULL; `shares`: somebody shares with the party too.
    """
    return await tx.read(
        """SELECT a.id AS account, a.number, b.id, b.kind, b.of, b.name, b.total, b.used, b.start, b.until, EXISTS (
                  SELECT 1 FROM share_offer o WHERE o.home = a.home AND o.party = a.party AND o.status = 'accepted') AS shares
           FROM billing_account a
           LEFT JOIN bucket b ON b.home = a.home AND b.account = a.id COLLATE "default"
                AND b.status = 'active' AND ($5::text IS NULL OR b.kind = $5) AND b.start <= $4 AND (b.until IS NULL OR b.until > $4)
           WHERE a.home = $1 AND a.party = $2 AND a.status = 'open' AND ($3::text IS NULL OR $3 IN (a.line, a.number))
           ORDER BY a.opened, a.id, b.kind, b.until NULLS LAST, b.id""",
        home_of(party), party, given, tx.now, kind,
    )  # fmt: skip


async def one(tx: Tx, bucket: str) -> Row | None:
    """This will read a bucket by its id."""
    sql = "SELECT id, account, kind, total, used, reserved FROM bucket WHERE home = $1 AND id = $2"
    return await tx.read_one(sql, home_of(bucket), bucket)


async def resize(tx: Tx, bucket: str, by: int) -> bool:
    """This will make a bucket larger or smaller; False when less would be left than is used and set aside."""
    row = await tx.write_one(
        """UPDATE bucket SET total = total + $3, revision = revision + 1
           WHERE home = $1 AND id = $2 AND total + $3 >= used + reserved RETURNING id""",
        tx.home, bucket, by,
    )  # fmt: skip
    return row is not None


async def whole(tx: Tx, bucket: str) -> Row | None:
    """This will read an allowance with all that is told of it."""
    sql = "SELECT id, account, kind, of, name, total, used, reserved, start, until, status FROM bucket WHERE home = $1 AND id = $2"
    return await tx.read_one(sql, home_of(bucket), bucket)


async def left(tx: Tx, account: str, kind: str) -> Decimal:
    """This will sum what is left of an account's allowances of a kind now."""
    row = await tx.read_one(
        """SELECT coalesce(sum(total - used - reserved), 0) AS left FROM bucket WHERE home = $1 AND account = $2 AND kind = $3
           AND status = 'active' AND start <= $4 AND (until IS NULL OR until > $4)""",
        home_of(account), account, kind, tx.now,
    )  # fmt: skip
    return row["left"] if row else Decimal(0)


async def used(tx: Tx, account: str, month: date) -> list[tuple[str, Decimal]]:
    """This will sum what an account has used in a month, by kind."""
    rows = await tx.read(
        """SELECT kind, sum(amount) AS amount FROM usage_month WHERE home = $1 AND account = $2 AND month = $3 AND records > 0
           GROUP BY kind ORDER BY kind""",
        home_of(account), account, month,
    )  # fmt: skip
    return [(row["kind"], row["amount"]) for row in rows]


async def standing(tx: Tx, account: str) -> list[Row]:
    """This will read all allowances of an account that stand now, and whether each is shared."""
    return await tx.read(
        """SELECT b.id, b.kind, b.of, b.name, b.total, b.used, b.reserved, b.start, b.until, b.status,
                  EXISTS (SELECT 1 FROM bucket_member m WHERE m.home = b.home AND m.bucket = b.id) AS shared
           FROM bucket b WHERE b.home = $1 AND b.account = $2 AND b.status = 'active' AND b.start <= $3
             AND (b.until IS NULL OR b.until > $3) ORDER BY b.kind, b.until NULLS LAST, b.id""",
        home_of(account), account, tx.now,
    )  # fmt: skip
