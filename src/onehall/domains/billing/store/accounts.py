"""Rows of accounts, and which account a number pays into."""

from datetime import datetime
from typing import Any, Final

import msgspec

from onehall.domains.billing.model import Account
from onehall.domains.billing.store.ledger import changing
from onehall.kernel.ids import home_for, home_of
from onehall.kernel.store import Tx
from onehall.kernel.store.transaction import Row

COLUMNS: Final = (
    "home, id, party, unit, line, number, status, currency, balance AS balance_minor, reserved AS reserved_minor, "
    "deposit AS deposit_minor, floor, opened, mode, unbilled AS unbilled_minor, credit_limit, cycle_day"
)


async def insert(tx: Tx, account: Account) -> Account:
    """This will write a new account; the one that stands when there is one of that id."""
    row = await tx.write_one(
        f"""INSERT INTO billing_account (home, id, party, unit, line, number, status, currency, balance, reserved, deposit, floor,
                                         opened, mode, credit_limit, cycle_day, revision)
            VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, 0, 0, 0, $8, $9, $10, $11, $12, 1) ON CONFLICT DO NOTHING RETURNING {COLUMNS}""",
        account.home, account.id, account.party, account.unit, account.line, account.number, account.currency, account.floor,
        account.opened, account.mode, account.credit_limit, account.cycle_day,
    )  # fmt: skip
    return _account(row) if row else await one(tx, account.id) or account


async def one(tx: Tx, account: str) -> Account | None:
    """This will read an account by its id."""
    row = await tx.read_one(f"SELECT {COLUMNS} FROM billing_account WHERE home = $1 AND id = $2", home_of(account), account)
    return _account(row) if row else None


async def of_party(tx: Tx, party: str, given: str | None = None) -> list[Account]:
    """This will read the open accounts of a party, or the one of the line or number given. One statement."""
    rows = await tx.read(
        f"""SELECT {COLUMNS} FROM billing_account WHERE home = $1 AND party = $2 AND status = 'open'
            AND ($3::text IS NULL OR $3 IN (line, number)) ORDER BY opened, id""",
        home_of(party), party, given,
    )  # fmt: skip
    return [_account(row) for row in rows]


async def left_over(tx: Tx, party: str | None = None, account: str | None = None) -> list[Account]:
    """This will read the accounts of a party, or one, on which money is left though no plan or bill needs it any more. One statement."""
    rows = await tx.read(
        f"""SELECT {COLUMNS} FROM billing_account a
            WHERE home = $1 AND ($2::text IS NULL OR party = $2) AND ($3::text IS NULL OR id = $3) AND status = 'open'
              AND balance > reserved AND unbilled = 0 AND opened < $4
              AND (line IS NULL OR EXISTS (SELECT 1 FROM subscription s WHERE s.home = $1 AND s.account = a.id COLLATE "default"))
              AND NOT EXISTS (SELECT 1 FROM subscription s
                              WHERE s.home = $1 AND s.account = a.id COLLATE "default" AND (s.until IS NULL OR s.until > $4))
              AND NOT EXISTS (SELECT 1 FROM customer_bill b WHERE b.home = $1 AND b.account = a.id AND b.paid + b.credited < b.due)
            ORDER BY opened, id""",
        home_of(account or party or ""), party, account, tx.now,
    )  # fmt: skip
    return [_account(row) for row in rows]


async def of_line(tx: Tx, line: str) -> Account | None:
    """This will read the account of a line."""
    sql = f"SELECT {COLUMNS} FROM billing_account WHERE home = $1 AND line = $2 ORDER BY opened DESC LIMIT 1"
    row = await tx.read_one(sql, home_of(line), line)
    return _account(row) if row else None


async def of_number(tx: Tx, number: str) -> str | None:
    """This will name the account that a number pays into."""
    row = await tx.read_one("SELECT account FROM number_account WHERE home = $1 AND number = $2", home_for(number), number)
    return row["account"] if row else None


async def point(tx: Tx, number: str, account: str | None, instead_of: str | None = None) -> None:
    """This will make a number pay into an account, or into none any more if it was `instead_of`."""
    if account is None:
        sql = "DELETE FROM number_account WHERE home = $1 AND number = $2 AND account = $3"
        await tx.write(sql, home_for(number), number, instead_of)
        return
    await tx.write(
        """INSERT INTO number_account (home, number, account) VALUES ($1, $2, $3)
           ON CONFLICT (home, number) DO UPDATE SET account = excluded.account,
               moved = number_account.moved OR number_account.account <> excluded.account""",
        home_for(number), number, account,
    )  # fmt: skip


async def join(tx: Tx, account: str, line: str | None, number: str | None, party: str | None) -> Row:
    """This will write down which line and number an account is for; gives what it was before too.

    :raises Refusal: 404.
    """
    return await changing(
        tx,
        """WITH before AS (SELECT number FROM billing_account WHERE home = $1 AND id = $2 FOR UPDATE)
           UPDATE billing_account a SET line = coalesce($3, a.line), number = coalesce($4, a.number), party = coalesce($5, a.party),
                  revision = a.revision + 1
           FROM before WHERE a.home = $1 AND a.id = $2 RETURNING a.id, a.party, a.line, before.number AS old""",
        tx.home, account, line, number, party,
    )  # fmt: skip


async def leave_number(tx: Tx, account: str) -> None:
    """This will take its number from an account; what it was used for stays on its bills."""
    await tx.write("UPDATE billing_account SET number = NULL, revision = revision + 1 WHERE home = $1 AND id = $2", tx.home, account)


async def write_doc(tx: Tx, account: str, doc: dict[str, Any]) -> None:
    """This will keep what is said of an account beside its books."""
    sql = "UPDATE billing_account SET doc = $3, revision = revision + 1 WHERE home = $1 AND id = $2"
    await tx.write(sql, home_of(account), account, doc)


async def remove(tx: Tx, account: str) -> bool:
    """This will take away an account that nothing was ever written on; False when something was, or a line has it."""
    used = await tx.read_one("SELECT 1 AS used FROM entry WHERE home = $1 AND account = $2 LIMIT 1", home_of(account), account)
    if used:
        return False
    sql = "DELETE FROM billing_account WHERE home = $1 AND id = $2 AND line IS NULL AND number IS NULL AND balance = 0 RETURNING id"
    return await tx.write_one(sql, home_of(account), account) is not None


async def bill_mail(tx: Tx, account: str) -> str | None:
    """This will read to which mail address an account's bills go; None: to none."""
    row = await tx.read_one("SELECT bill_mail FROM billing_account WHERE home = $1 AND id = $2", home_of(account), account)
    return row["bill_mail"] if row else None


async def set_bill_mail(tx: Tx, party: str, address: str | None) -> None:
    """This will write to which mail address the bills of a party's accounts go, or that they go to none."""
    sql = "UPDATE billing_account SET bill_mail = $3, revision = revision + 1 WHERE home = $1 AND party = $2"
    await tx.write(sql, home_of(party), party, address)


async def close(tx: Tx, account: str) -> Row | None:
    """This will close an account; None when it is not open."""
    return await tx.write_one(
        """UPDATE billing_account SET status = 'closed', revision = revision + 1
           WHERE home = $1 AND id = $2 AND status = 'open' RETURNING number""",
        tx.home, account,
    )  # fmt: skip


async def reserve(tx: Tx, account: str, minor: int) -> Row:
    """This will reserve money of an account, or free it again where `minor` is below zero; gives its party and unit.

    :raises Refusal: `balance.low`, 402; 404.
    """
    return await changing(
        tx,
        """UPDATE billing_account SET reserved = reserved + $3, revision = revision + 1
           WHERE home = $1 AND id = $2 AND status = 'open' RETURNING party, unit""",
        tx.home, account, minor,
    )  # fmt: skip


async def bill_lines(tx: Tx, party: str, given: str | None, since: datetime, *, each: bool) -> list[Row]:
    """This will give what was charged since a time on a party's accounts: summed by what, or each. One statement.

    Accounts without charges have one row with `kind` NULL.
    """
    summed = "" if each else "GROUP BY a.home, a.id, e.kind, e.what"
    columns = "p.minor, 1 AS count, e.at" if each else "sum(p.minor)::bigint AS minor, count(*) AS count, max(e.at) AS at"
    return await tx.read(
        f"""SELECT a.id AS account, a.number, a.currency, e.kind, e.what, {columns} FROM billing_account a
            LEFT JOIN (entry e JOIN posting p ON p.home = e.home AND p.entry = e.id AND p.book = 'revenue')
              ON e.home = a.home AND e.account = a.id COLLATE "default" AND e.at >= $4
            WHERE a.home = $1 AND a.party = $2 AND a.status = 'open' AND ($3::text IS NULL OR $3 IN (a.line, a.number))
            {summed} ORDER BY a.opened, a.id, at, minor""",
        home_of(party), party, given, since,
    )  # fmt: skip


def _account(row: Row) -> Account:
    return msgspec.convert(dict(row), Account)
