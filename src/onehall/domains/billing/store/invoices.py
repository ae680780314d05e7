"""Rows of invoices, and the money that they state."""

from collections.abc import Sequence
from typing import Final

import asyncpg
import msgspec

from onehall.domains.billing.model import Invoice, Invoiceable
from onehall.kernel.i18n import _
from onehall.kernel.ids import home_of
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx
from onehall.kernel.store.transaction import Row

COLUMNS: Final = (
    "home, id, account, party, unit, bill, payment, reverses, minor, currency, title, tax_number, email, status, number, url, why, "
    "asked, issued"
)
_LISTED: Final = (
    "i.id, i.account, a.number AS line, b.no, i.payment, i.reverses, i.minor, i.currency, i.title, i.status, i.number, i.asked, i.issued, "
    "i.staff"
)
_STANDS: Final = "reverses IS NULL AND status IN ('asked', 'issued', 'reversing')"


async def insert(tx: Tx, invoice: Invoice, once: str) -> bool:
    """This will write a new invoice; False when there is one of that `once`.

    :raises Refusal: `invoice.there`, 409: there is one of the same bill or payment, or its red one.
    """
    values = msgspec.structs.astuple(invoice)
    holes = ", ".join(f"${place}" for place in range(1, len(values) + 1))
    sql = f"""INSERT INTO invoice ({COLUMNS}, once, staff, revision)
              VALUES ({holes}, ${len(values) + 1}, ${len(values) + 2}, 1) ON CONFLICT (home, once) DO NOTHING RETURNING id"""
    try:
        return await tx.write_one(sql, *values, once, tx.origin.staff) is not None
    except asyncpg.UniqueViolationError as error:
        raise Refusal("invoice.there", _("There is an invoice of this already."), 409) from error


async def claim(tx: Tx, invoice: str, parts: Sequence[tuple[str, int]]) -> None:
    """This will put money on an invoice.

    :raises Refusal: `invoice.there`, 409: it is on another.
    """
    try:
        for entry, minor in parts:
            await tx.write(
                """WITH told AS (INSERT INTO invoice_part (home, invoice, entry, minor) VALUES ($1, $2, $3, $4))
                   UPDATE money_in SET invoiced = invoiced + $4 WHERE home = $1 AND entry = $3""",
                home_of(invoice), invoice, entry, minor,
            )  # fmt: skip
    except asyncpg.CheckViolationError as error:
        raise Refusal("invoice.there", _("There is an invoice of this already."), 409) from error


async def unclaim(tx: Tx, invoice: str) -> None:
    """This will free the money of an invoice that was refused or reversed."""
    for row in await tx.read("SELECT entry, minor FROM invoice_part WHERE home = $1 AND invoice = $2", home_of(invoice), invoice):
        sql = "UPDATE money_in SET invoiced = invoiced - $3 WHERE home = $1 AND entry = $2"
        await tx.write(sql, home_of(invoice), row["entry"], row["minor"])


async def one(tx: Tx, id_: str, *, lock: bool = False) -> Invoice | None:
    """This will read an invoice, and keep it from changing meanwhile if `lock`ed."""
    sql = f"SELECT {COLUMNS} FROM invoice WHERE home = $1 AND id = $2"
    row = await (tx.write_one(sql + " FOR UPDATE", home_of(id_), id_) if lock else tx.read_one(sql, home_of(id_), id_))
    return msgspec.convert(dict(row), Invoice) if row else None


async def move(tx: Tx, id_: str, status: str, *, number: str | None = None, url: str | None = None, why: str | None = None) -> None:
    """This will bring an invoice that was read under lock to a status."""
    await tx.write(
        """UPDATE invoice SET status = $3, number = coalesce($4, number), url = coalesce($5, url), why = coalesce($6, why),
                  issued = CASE WHEN $3 = 'issued' THEN coalesce(issued, $7::timestamptz) ELSE issued END, revision = revision + 1
           WHERE home = $1 AND id = $2""",
        home_of(id_), id_, status, number, url, why, tx.now,
    )  # fmt: skip


async def by_once(tx: Tx, home: int, once: str) -> str | None:
    """This will name the invoice that was asked for with a `once`."""
    row = await tx.read_one("SELECT id FROM invoice WHERE home = $1 AND once = $2", home, once)
    return row["id"] if row else None


async def live(tx: Tx, invoice: Invoice) -> str | None:
    """This will name the invoice that stands for the bill or payment of another."""
    sql = f"SELECT id FROM invoice WHERE home = $1 AND (bill = $2 OR payment = $3) AND {_STANDS} ORDER BY asked LIMIT 1"
    row = await tx.read_one(sql, invoice.home, invoice.bill, invoice.payment)
    return row["id"] if row else None


async def red(tx: Tx, id_: str) -> Invoice | None:
    """This will read the latest red invoice that takes another back."""
    sql = f"SELECT {COLUMNS} FROM invoice WHERE home = $1 AND reverses = $2 ORDER BY asked DESC, id DESC LIMIT 1"
    row = await tx.read_one(sql, home_of(id_), id_)
    return msgspec.convert(dict(row), Invoice) if row else None


async def listed(tx: Tx, unit: str, status: str | None, words: str, skip: int, limit: int) -> list[Row]:
    """This will read the latest invoices of a unit and those beneath it, of a state, a number of a line or of their own, if asked for."""
    return await tx.read(
        f"""-- fan-out: the console, off the hot path
            SELECT {_LISTED} FROM invoice i LEFT JOIN billing_account a ON a.home = i.home AND a.id = i.account
            LEFT JOIN customer_bill b ON b.home = i.home AND b.id = i.bill
            WHERE (i.unit = $1 OR starts_with(i.unit, $1 || '.') OR i.unit IS NULL AND strpos($1, '.') = 0)
              AND ($2::text IS NULL OR i.status = $2) AND ($3 = '' OR $3 IN (i.number, a.number, b.no, i.account, i.id))
            ORDER BY i.asked DESC, i.id DESC OFFSET $4 LIMIT $5""",
        unit, status, words, skip, limit,
    )  # fmt: skip


async def of_party(tx: Tx, party: str, limit: int) -> list[Invoice]:
    """This will read the latest invoices of a party, newest first. One statement."""
    sql = f"SELECT {COLUMNS} FROM invoice WHERE home = $1 AND party = $2 ORDER BY asked DESC, id DESC LIMIT $3"
    return [msgspec.convert(dict(row), Invoice) for row in await tx.read(sql, home_of(party), party, limit)]


async def bill(tx: Tx, account: str, bill_: str) -> tuple[int, int, int, str] | None:
    """This will read what a bill of an account comes to: total, credited, open, and its number."""
    row = await tx.read_one(
        "SELECT total, credited, due - paid - credited AS open, no FROM customer_bill WHERE home = $1 AND account = $2 AND id = $3",
        home_of(account), account, bill_,
    )  # fmt: skip
    return tuple(row.values()) if row else None


async def without(tx: Tx, party: str, limit: int) -> list[Invoiceable]:
    """This will read what a party paid that is on no invoice: bills, and top-ups of prepaid accounts; the newest first."""
    bills = await tx.read(
        f"""SELECT a.id AS account, a.number, b.id AS bill, NULL AS payment, b.no,
                   b.total - b.credited - (b.due - b.paid - b.credited) AS minor, b.currency, b.issued AS at
            FROM billing_account a JOIN customer_bill b ON b.home = a.home AND b.account = a.id
            WHERE a.home = $1 AND a.party = $2 AND b.total - (b.due - b.paid) > 0
              AND NOT EXISTS (SELECT 1 FROM invoice i WHERE i.home = b.home AND i.bill = b.id AND {_STANDS})
              AND EXISTS (SELECT 1 FROM money_in m WHERE m.home = a.home AND m.account = a.id AND m.paid
                          AND m.invoiced + m.returned < m.minor)
            ORDER BY b.issued DESC LIMIT $3""",
        home_of(party), party, limit,
    )  # fmt: skip
    tops = await tx.read(
        f"""SELECT a.id AS account, a.number, NULL AS bill, m.payment, '' AS no, m.minor - m.returned - m.invoiced AS minor, m.currency,
                   m.at
            FROM billing_account a JOIN money_in m ON m.home = a.home AND m.account = a.id AND m.paid AND m.payment IS NOT NULL
                 AND m.invoiced + m.returned < m.minor
            WHERE a.home = $1 AND a.party = $2 AND a.mode = 'prepaid'
              AND NOT EXISTS (SELECT 1 FROM invoice i WHERE i.home = m.home AND i.payment = m.payment AND {_STANDS})
            ORDER BY m.at DESC LIMIT $3""",
        home_of(party), party, limit,
    )  # fmt: skip
    return [Invoiceable(*row.values()) for row in [*bills, *tops]]
