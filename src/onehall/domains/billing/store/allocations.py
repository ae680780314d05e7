"""Rows of money that came in, and of the bills it pays. The account's row is held by whoever changes them."""

from typing import Final

import asyncpg
import msgspec

from onehall.domains.billing.model import Incoming, OpenBill, Part
from onehall.kernel.i18n import _
from onehall.kernel.ids import home_of
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx
from onehall.kernel.store.transaction import Row

_MONEY_IN: Final = """INSERT INTO money_in (home, entry, account, payment, minor, currency, paid, at)
                      VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING"""
INCOMING: Final = "entry, account, payment, minor, currency, paid, allocated, returned, invoiced, at"


async def keep(tx: Tx, entry: str, account: str, payment: str | None, amount: Money, paid: bool, *, last: bool = False) -> None:
    """This will write down money that an entry added to an account; at the `last`, nothing of the transaction spends it."""
    values = (home_of(account), entry, account, payment, amount.minor, amount.currency, paid, tx.now)
    if last:
        tx.write_later(_MONEY_IN, *values)
    else:
        await tx.write(_MONEY_IN, *values)


async def open_bills(tx: Tx, account: str) -> list[OpenBill]:
    """This will read the bills of an account that are not paid in full, the oldest first."""
    rows = await tx.read(
        """SELECT id, no, due - paid - credited AS minor, currency, due_on FROM customer_bill
           WHERE home = $1 AND account = $2 AND paid + credited < due ORDER BY cycle, sequence""",
        home_of(account), account,
    )  # fmt: skip
    return [OpenBill(*row.values()) for row in rows]


async def bills_of_party(tx: Tx, party: str, given: str | None = None) -> list[tuple[str, str | None, OpenBill]]:
    """This will read the open bills of a party, or of the line or number given, with account and number. One statement."""
    rows = await tx.read(
        """SELECT a.id AS account, a.number, b.id, b.no, b.due - b.paid - b.credited AS minor, b.currency, b.due_on
           FROM billing_account a JOIN customer_bill b ON b.home = a.home AND b.account = a.id AND b.paid + b.credited < b.due
           WHERE a.home = $1 AND a.party = $2 AND ($3::text IS NULL OR $3 IN (a.line, a.number)) ORDER BY b.cycle, b.sequence, b.id""",
        home_of(party), party, given,
    )  # fmt: skip
    return [(row["account"], row["number"], OpenBill(*list(row.values())[2:])) for row in rows]


async def spare(tx: Tx, account: str) -> list[Incoming]:
    """This will read the money of an account that pays no bill yet."""
    return await _incoming(tx, "account = $2 AND allocated + returned < minor", account)


async def of_payment(tx: Tx, account: str, payment: str) -> list[Incoming]:
    """This will read what a payment brought to an account."""
    return [one for one in await _incoming(tx, "account = $2 AND payment = $3", account, payment)]


async def not_invoiced(tx: Tx, account: str) -> list[Incoming]:
    """This will read the money of an account that is on no invoice, the oldest first."""
    return await _incoming(tx, "account = $2 AND paid AND invoiced + returned < minor", account)


async def of_payments_bills(tx: Tx, account: str, payment: str) -> list[Part]:
    """This will read which bills a payment pays, the newest bill first."""
    rows = await tx.read(
        """SELECT l.bill, l.entry, l.payment, sum(l.minor)::bigint AS minor, l.netted FROM allocation l
           JOIN customer_bill b ON b.home = l.home AND b.id = l.bill
           WHERE l.home = $1 AND l.account = $2 AND l.payment = $3
           GROUP BY l.bill, l.entry, l.payment, l.netted, b.cycle, b.sequence HAVING sum(l.minor) > 0
           ORDER BY b.cycle DESC, b.sequence DESC""",
        home_of(account), account, payment,
    )  # fmt: skip
    return [Part(*row.values()) for row in rows]


async def write(tx: Tx, account: str, currency: str, parts: list[Part]) -> list[Row]:
    """This will write allocations, and pay (or open again) the bills they are for; gives the bills as they are then.

    :raises Refusal: `bill.paid`, 409: more than a bill or the money has.
    """
    found = []
    for part in parts:
        try:
            found.append(await (_net_one if part.netted else _write_one)(tx, account, currency, part))
        except asyncpg.CheckViolationError as error:
            raise Refusal("bill.paid", _("This bill was paid meanwhile."), 409) from error
    return [row for row in found if row is not None]


async def _write_one(tx: Tx, account: str, currency: str, part: Part) -> Row | None:
    return await tx.write_one(
        """WITH told AS (
             INSERT INTO allocation (home, id, account, bill, entry, payment, minor, currency, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           ), taken AS (
             UPDATE money_in SET allocated = allocated + $7 WHERE home = $1 AND entry = $5
           )
           UPDATE customer_bill SET paid = paid + $7, revision = revision + 1,
                  status = CASE WHEN paid + $7 + credited >= due THEN 'settled' WHEN status = 'on_hold' THEN status
                                WHEN paid + $7 > 0 THEN 'partially_paid' ELSE 'sent' END
           WHERE home = $1 AND id = $4 RETURNING id, no, due - paid - credited AS left, party, status""",
        home_of(account), tx.new_id(), account, part.bill, part.entry, part.payment, part.minor, currency, tx.now,
    )  # fmt: skip


async def _net_one(tx: Tx, account: str, currency: str, part: Part) -> Row | None:
    """What is taken off again is asked for by the bill from now on."""
    return await tx.write_one(
        """WITH told AS (
             INSERT INTO allocation (home, id, account, bill, entry, payment, minor, currency, at, netted)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, true)
           ), taken AS (
             UPDATE money_in SET allocated = allocated + $7 WHERE home = $1 AND entry = $5
           )
           UPDATE customer_bill SET netted = netted + $7, due = due - least($7, 0), revision = revision + 1,
                  status = CASE WHEN paid + credited >= due - least($7, 0) THEN 'settled' WHEN status = 'on_hold' THEN status
                                WHEN paid > 0 THEN 'partially_paid' ELSE 'sent' END
           WHERE home = $1 AND id = $4 RETURNING id, no, due - paid - credited AS left, party, status""",
        home_of(account), tx.new_id(), account, part.bill, part.entry, part.payment, part.minor, currency, tx.now,
    )  # fmt: skip


async def lessened(tx: Tx, account: str) -> list[tuple[str, int]]:
    """This will read by how much the bills of an account were lessened by money that was there already, the newest first."""
    rows = await tx.read(
        """SELECT id, total - due AS minor FROM customer_bill WHERE home = $1 AND account = $2 AND due < total
           ORDER BY cycle DESC, sequence DESC""",
        home_of(account), account,
    )  # fmt: skip
    return [(row["id"], row["minor"]) for row in rows]


async def ask_again(tx: Tx, bill: str, minor: int) -> Row | None:
    """This will have a bill ask for more, since what had lessened it is gone; gives the bill as it is then."""
    return await tx.write_one(
        """UPDATE customer_bill SET due = due + $3, revision = revision + 1,
               status = CASE WHEN paid + credited >= due + $3 THEN 'settled' WHEN status = 'on_hold' THEN status
                             WHEN paid > 0 THEN 'partially_paid' ELSE 'sent' END
           WHERE home = $1 AND id = $2 RETURNING id, due - paid - credited AS left, party""",
        tx.home, bill, minor,
    )  # fmt: skip


async def unused(tx: Tx, account: str) -> list[Row]:
    """This will read top-ups of an account that pay no bill and are on no invoice, the newest first: once, minor, whole, and whence."""
    return await tx.read(
        """SELECT m.entry, e.once, m.minor - m.returned - greatest(m.allocated, m.invoiced) AS minor, m.minor AS whole, p.book, p.owner
           FROM money_in m JOIN entry e ON e.home = m.home AND e.id = m.entry
           JOIN posting p ON p.home = m.home AND p.entry = m.entry AND p.minor < 0
           WHERE m.home = $1 AND m.account = $2 AND m.paid AND e.kind = 'top_up' ORDER BY m.at DESC, m.entry LIMIT 200""",
        home_of(account), account,
    )  # fmt: skip


async def return_money(tx: Tx, entry: str, minor: int) -> None:
    """This will write down that money went back to its payer.

    :raises Refusal: `refund.used`, 409: it pays a bill, or is on an invoice that must be reversed first.
    """
    try:
        await tx.write("UPDATE money_in SET returned = returned + $3 WHERE home = $1 AND entry = $2", tx.home, entry, minor)
    except asyncpg.CheckViolationError as error:
        if (error.constraint_name or "").startswith("money_in_invoiced"):
            raise Refusal("refund.invoiced", _("There is an invoice on this money. Reverse it first."), 409) from error
        raise Refusal("refund.used", _("A part of this money has paid a bill."), 409) from error


async def faults(tx: Tx) -> list[Row]:
    """This will give every bill and every sum of money whose allocations are not what it says; there is none."""
    return await tx.read(
        """-- fan-out: a check of the books, off the hot path
           SELECT b.home, b.id, b.paid AS says, coalesce(sum(l.minor), 0)::bigint AS is FROM customer_bill b
           LEFT JOIN allocation l ON l.home = b.home AND l.bill = b.id AND NOT l.netted
           GROUP BY b.home, b.id HAVING b.paid <> coalesce(sum(l.minor), 0)
           UNION ALL SELECT b.home, b.id, b.netted, coalesce(sum(l.minor), 0)::bigint FROM customer_bill b
           LEFT JOIN allocation l ON l.home = b.home AND l.bill = b.id AND l.netted
           GROUP BY b.home, b.id HAVING b.netted <> coalesce(sum(l.minor), 0)
           UNION ALL SELECT m.home, m.entry, m.allocated, coalesce(sum(l.minor), 0)::bigint FROM money_in m
           LEFT JOIN allocation l ON l.home = m.home AND l.entry = m.entry GROUP BY m.home, m.entry
           HAVING m.allocated <> coalesce(sum(l.minor), 0)
           UNION ALL SELECT m.home, m.entry, m.invoiced, coalesce(sum(p.minor) FILTER (WHERE i.id IS NOT NULL), 0)::bigint FROM money_in m
           LEFT JOIN invoice_part p ON p.home = m.home AND p.entry = m.entry
           LEFT JOIN invoice i ON i.home = p.home AND i.id = p.invoice AND i.status IN ('asked', 'issued', 'reversing')
           GROUP BY m.home, m.entry HAVING m.invoiced <> coalesce(sum(p.minor) FILTER (WHERE i.id IS NOT NULL), 0)"""
    )


async def _incoming(tx: Tx, where: str, account: str, *values: str) -> list[Incoming]:
    sql = f"SELECT {INCOMING} FROM money_in WHERE home = $1 AND {where} ORDER BY at, entry"
    return [msgspec.convert(dict(row), Incoming) for row in await tx.read(sql, home_of(account), account, *values)]
