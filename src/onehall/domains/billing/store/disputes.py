"""Rows of contested lines, credit notes and bills on demand."""

from typing import Any, Final

from onehall.domains.billing.model import Account
from onehall.domains.billing.model.bills import Bill, CreditNote, Dispute, Line
from onehall.domains.billing.store.bills import LINE
from onehall.kernel.ids import home_of
from onehall.kernel.store import Tx

_DISPUTE: Final = "id, bill, line, account, party, unit, note, status, minor, answer, asked, decided"
_NOTE: Final = "id, bill, line, account, minor, currency, why, at"


async def line(tx: Tx, line_: str) -> tuple[str, Line] | None:
    """This will read a line of a bill, with the bill's id."""
    row = await tx.read_one(f"SELECT bill, {LINE} FROM bill_line WHERE home = $1 AND id = $2", home_of(line_), line_)
    return (row["bill"], Line(**{name: value for name, value in row.items() if name != "bill"})) if row else None


async def of_line(tx: Tx, line_: str) -> str | None:
    """This will tell the status of a line's dispute that stands (open or accepted)."""
    sql = "SELECT status FROM dispute WHERE home = $1 AND line = $2 AND status <> 'rejected'"
    row = await tx.read_one(sql, home_of(line_), line_)
    return row["status"] if row else None


async def insert(tx: Tx, id_: str, bill: Bill, line_: Line, note: str) -> bool:
    """This will write a dispute; False when the line has one that stands."""
    row = await tx.write_one(
        """INSERT INTO dispute (home, id, bill, line, account, party, unit, note, status, minor, asked, revision)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, $10, 1) ON CONFLICT DO NOTHING RETURNING id""",
        bill.home, id_, bill.id, line_.id, bill.account, bill.party, bill.unit, note, line_.minor, tx.now,
    )  # fmt: skip
    return row is not None


async def one(tx: Tx, dispute: str, *, lock: bool = False) -> Dispute | None:
    """This will read a dispute, and keep it from changing meanwhile if `lock`ed."""
    sql = f"SELECT {_DISPUTE} FROM dispute WHERE home = $1 AND id = $2"
    home = home_of(dispute)
    row = await (tx.write_one(sql + " FOR UPDATE", home, dispute) if lock else tx.read_one(sql, home, dispute))
    return Dispute(**dict(row)) if row else None


async def decide(tx: Tx, dispute: str, status: str, answer: str, credit: str | None, staff: str | None) -> None:
    """This will end a dispute that was read under lock."""
    await tx.write(
        """UPDATE dispute SET status = $3, answer = $4, credit = $5, staff = $6, decided = $7, revision = revision + 1
           WHERE home = $1 AND id = $2""",
        home_of(dispute), dispute, status, answer, credit, staff, tx.now,
    )  # fmt: skip


async def of_bill(tx: Tx, bill: str) -> list[Dispute]:
    """This will read the disputes of a bill's lines, oldest first."""
    rows = await tx.read(f"SELECT {_DISPUTE} FROM dispute WHERE home = $1 AND bill = $2 ORDER BY asked, id", home_of(bill), bill)
    return [Dispute(**dict(row)) for row in rows]


async def open_ones(tx: Tx, limit: int) -> list[Dispute]:
    """This will read the disputes that wait for a decision, oldest first."""
    rows = await tx.read(
        f"""-- fan-out: the console, off the hot path
            SELECT {_DISPUTE} FROM dispute WHERE status = 'open' ORDER BY asked LIMIT $1""",
        limit,
    )  # fmt: skip
    return [Dispute(**dict(row)) for row in rows]


async def credited(tx: Tx, line_: str, bill: str) -> int:
    """This will sum what was given back of a line, minor units."""
    sql = "SELECT coalesce(sum(minor), 0)::bigint AS minor FROM credit_note WHERE home = $1 AND bill = $2 AND line = $3"
    row = await tx.read_one(sql, home_of(bill), bill, line_)
    return int(row["minor"]) if row else 0


async def insert_note(tx: Tx, note: CreditNote, once: str, bill: Bill, entry: str) -> bool:
    """This will write a credit note; False when it was written before."""
    row = await tx.write_one(
        """INSERT INTO credit_note (home, id, once, bill, line, account, party, unit, minor, currency, why, entry, staff, at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING RETURNING id""",
        bill.home, note.id, once, note.bill, note.line, note.account, bill.party, bill.unit, note.minor, note.currency, note.why, entry,
        tx.origin.staff, tx.now,
    )  # fmt: skip
    return row is not None


async def note_once(tx: Tx, home: int, once: str) -> CreditNote | None:
    """This will read the credit note that was written for a key."""
    row = await tx.read_one(f"SELECT {_NOTE} FROM credit_note WHERE home = $1 AND once = $2", home, once)
    return CreditNote(**dict(row)) if row else None


async def notes(tx: Tx, bill: str) -> list[CreditNote]:
    """This will read the credit notes of a bill, oldest first."""
    rows = await tx.read(f"SELECT {_NOTE} FROM credit_note WHERE home = $1 AND bill = $2 ORDER BY at, id", home_of(bill), bill)
    return [CreditNote(**dict(row)) for row in rows]


async def credit_bill(tx: Tx, bill: Bill, minor: int, status: str) -> None:
    """This will have so much less to be paid of a bill that was read under lock."""
    sql = "UPDATE customer_bill SET credited = credited + $3, status = $4, revision = revision + 1 WHERE home = $1 AND id = $2"
    await tx.write(sql, bill.home, bill.id, minor, status)


async def set_status(tx: Tx, bill: Bill, status: str) -> None:
    """This will bring a bill that was read under lock to a status."""
    sql = "UPDATE customer_bill SET status = $3, revision = revision + 1 WHERE home = $1 AND id = $2"
    await tx.write(sql, bill.home, bill.id, status)


async def insert_demand(tx: Tx, id_: str, account: Account, bill: str | None, status: str, doc: dict[str, Any]) -> None:
    """This will write down that a bill was asked for, and what came of it."""
    await tx.write(
        """INSERT INTO bill_demand (home, id, account, party, unit, bill, status, doc, at, revision)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)""",
        home_of(id_), id_, account.id, account.party, account.unit, bill, status, doc, tx.now,
    )  # fmt: skip
