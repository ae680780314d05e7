"""Rows of bills and their lines, and all that billing an account needs. Whoever bills holds the account's row."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec

from onehall.domains.billing.model.bills import Bill, Charge, Debtor, Line, TaxRate, Used
from onehall.domains.billing.model.usage import Subscription
from onehall.kernel.ids import home_of
from onehall.kernel.store import Tx
from onehall.kernel.store.transaction import Row

COLUMNS: Final = (
    "home, id, no, account, party, unit, number, mode, cycle, sequence, start, until, kind, status, currency, total, tax, due, paid, "
    "credited, issued, due_on, doc, netted"
)
LINE: Final = (
    "id, kind, what, line, number, offering, service, key, month, amount, units, left_over, records, minor, tax, rate, currency, entry, "
    "at, doc"
)
_SUBSCRIPTION: Final = "id, account, line, number, product, kind, offering, price_id, name, fee, currency, since, until, doc"


async def lock(tx: Tx, accounts: Sequence[str]) -> dict[str, Debtor]:
    """This will hold accounts until the end of the transaction, in one order for all, and read them as they are then."""
    rows = await tx.write(
        """SELECT id, party, unit, number, line, status, mode, currency, balance, balance - reserved AS free, floor, unbilled,
                  cycle_day, opened, turned
           FROM billing_account WHERE home = $1 AND id = ANY($2) ORDER BY id FOR UPDATE""",
        tx.home, sorted(accounts),
    )  # fmt: skip
    return {row["id"]: Debtor(**dict(row), subscriptions=[], charges=[], months=[], billed={}) for row in rows}


async def fill(tx: Tx, debtors: dict[str, Debtor], first: date, start: datetime, until: datetime) -> None:
    """This will read what billing needs up to a time: subscriptions since a start, charges and use on no bill yet, bills there are."""
    ids = list(debtors)
    for row in await tx.read(
        f"""SELECT {_SUBSCRIPTION} FROM subscription WHERE home = $1 AND account = ANY($2) AND since < $4
            AND (until IS NULL OR until > $3) ORDER BY since, id""",
        tx.home, ids, start, until,
    ):  # fmt: skip
        debtors[row["account"]].subscriptions.append(Subscription(*row.values()))
    for row in await tx.read(
        """SELECT account, line, month, kind, key, offering, records, amount, units, left_over, minor, billed FROM usage_month
           WHERE home = $1 AND account = ANY($2) AND (month >= $3 OR minor <> billed) ORDER BY line, month, kind, key, offering""",
        tx.home, ids, first,
    ):  # fmt: skip
        account, *values = row.values()
        debtors[account].months.append(Used(*values))
    for row in await tx.read(
        """SELECT account, cycle, sequence, due - paid - credited AS open FROM customer_bill
           WHERE home = $1 AND account = ANY($2) AND (cycle >= $3 OR paid + credited < due)""",
        tx.home, ids, first,
    ):  # fmt: skip
        one = debtors[row["account"]]
        one.open += row["open"]
        one.billed.setdefault(row["cycle"], set()).add(row["sequence"])
    await _told(tx, debtors)
    await _charges(tx, debtors, until)


async def _told(tx: Tx, debtors: dict[str, Debtor]) -> None:
    """Of use that bills took a part of, how much of it stands on them."""
    part = {
        (debtor.id, one.line, one.month, one.kind, one.key, one.offering): one for debtor in debtors.values() for one in debtor.months
        if one.billed
    }  # fmt: skip
    if not part:
        return
    rows = await tx.read(
        """SELECT l.account, l.line, l.month, l.service, l.key, l.offering, sum(l.records)::int AS records, sum(l.amount) AS amount,
                  sum(l.units) AS units, sum(l.left_over) AS left_over
           FROM customer_bill b JOIN bill_line l ON l.home = b.home AND l.bill = b.id AND l.kind = 'usage'
           WHERE b.home = $1 AND b.account = ANY($2) AND b.cycle >= $3 GROUP BY 1, 2, 3, 4, 5, 6""",
        tx.home, sorted({key[0] for key in part}), min(one.month for one in part.values()),
    )  # fmt: skip
    for row in rows:
        *key, records, amount, units, left = row.values()
        if tuple(key) in part:
            part[tuple(key)].told = (records, amount, units, left)


async def _charges(tx: Tx, debtors: dict[str, Debtor], until: datetime) -> None:
    rows = await tx.read(
        """SELECT e.account, e.id, e.kind, e.what, e.of, e.at, max(p.owner) FILTER (WHERE p.book = 'revenue') AS offering,
                  sum(p.minor) FILTER (WHERE p.book = 'revenue')::bigint AS minor,
                  coalesce(-sum(p.minor) FILTER (WHERE p.book = 'unbilled'), 0)::bigint AS unbilled
           FROM entry e JOIN posting p ON p.home = e.home AND p.entry = e.id
           WHERE e.home = $1 AND e.account = ANY($2) AND e.at < $3 AND e.kind <> ALL('{usage,bill}')
             AND NOT EXISTS (SELECT 1 FROM billed b WHERE b.home = e.home AND b.entry = e.id)
           GROUP BY e.home, e.account, e.id HAVING sum(p.minor) FILTER (WHERE p.book = 'revenue') IS NOT NULL ORDER BY e.at, e.id""",
        tx.home, list(debtors), until,
    )  # fmt: skip
    for row in rows:
        account, *values = row.values()
        debtors[account].charges.append(Charge(*values))


async def rates(tx: Tx) -> list[TaxRate]:
    """This will read the rates of tax, the latest first."""
    rows = await tx.read("""SELECT currency, category, effective_from, effective_to, percent FROM tax_rate ORDER BY effective_from DESC""")
    return [TaxRate(*row.values()) for row in rows]


_INSERT: Final = """WITH bills AS (
    INSERT INTO customer_bill (home, id, no, account, party, unit, number, mode, cycle, sequence, start, until, kind, run, status,
                               currency, total, tax, due, issued, due_on, doc, revision)
    SELECT $1::smallint, n.*, 1 FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
        $9::date[], $10::int[], $11::timestamptz[], $12::timestamptz[], $13::text[], $14::text[], $15::text[], $16::text[],
        $17::bigint[], $18::bigint[], $19::bigint[], $20::timestamptz[], $21::timestamptz[], $22::jsonb[]) n
), entries AS (
    INSERT INTO billed (home, entry, bill) SELECT $1::smallint, n.* FROM unnest($48::text[], $49::text[]) n
)
INSERT INTO bill_line (home, id, bill, place, account, party, unit, kind, what, line, number, offering, service, key, month,
                       amount, units, left_over, records, minor, tax, rate, currency, entry, at, doc)
SELECT $1::smallint, n.* FROM unnest($23::text[], $24::text[], $25::int[], $26::text[], $27::text[], $28::text[], $29::text[],
    $30::jsonb[], $31::text[], $32::text[], $33::text[], $34::text[], $35::text[], $36::date[], $37::numeric[],
    $38::numeric[], $39::numeric[], $40::int[], $41::bigint[], $42::bigint[], $43::numeric[], $44::text[], $45::text[],
    $46::timestamptz[], $47::jsonb[]) n"""


async def insert(tx: Tx, bills: Sequence[Bill], run: dict[date, str]) -> None:
    """This will write new bills with their lines, each of which has some, and which entries stand on them. One statement."""
    heads = [
        (b.id, b.no, b.account, b.party, b.unit, b.number, b.mode, b.cycle, b.sequence, b.start, b.until, b.kind, run.get(b.cycle),
         b.status, b.currency, b.total, b.tax, b.due, b.issued, b.due_on, b.doc)
        for b in bills
    ]  # fmt: skip
    lines_ = [
        (x.id, b.id, place, b.account, b.party, b.unit, x.kind, x.what, x.line, x.number, x.offering, x.service, x.key, x.month, x.amount,
         x.units, x.left_over, x.records, x.minor, x.tax, x.rate, b.currency, x.entry, x.at, x.doc)
        for b in bills for place, x in enumerate(b.lines)
    ]  # fmt: skip
    entries = [(line.entry, bill.id) for bill in bills for line in bill.lines if line.entry]
    await tx.write(_INSERT, tx.home, *_columns(heads), *_columns(lines_), [entry for entry, _ in entries], [bill for _, bill in entries])


async def tell_once(tx: Tx, bill: str) -> bool:
    """This will write that a bill's customer is told of it now; False when they were before."""
    sql = "UPDATE customer_bill SET told = $3 WHERE home = $1 AND id = $2 AND told IS NULL RETURNING id"
    return await tx.write_one(sql, home_of(bill), bill, tx.now) is not None


async def take_use(tx: Tx, taken: Sequence[tuple[str, Used]]) -> None:
    """This will write how much of the use of accounts stands on bills now."""
    if taken:
        rows = [(account, u.line, u.month, u.kind, u.key, u.offering, u.billed) for account, u in taken]
        await tx.write(
            """UPDATE usage_month m SET billed = n.billed
               FROM unnest($2::text[], $3::text[], $4::date[], $5::text[], $6::text[], $7::text[], $8::bigint[])
                   n(account, line, month, kind, key, offering, billed)
               WHERE m.home = $1 AND m.account = n.account AND m.line = n.line AND m.month = n.month AND m.kind = n.kind
                 AND m.key = n.key AND m.offering = n.offering""",
            tx.home, *_columns(rows),
        )  # fmt: skip


async def one(tx: Tx, bill: str, *, lock: bool = False) -> Bill | None:
    """This will read a bill without its lines, and keep it from changing meanwhile if `lock`ed."""
    sql = f"SELECT {COLUMNS} FROM customer_bill WHERE home = $1 AND id = $2"
    row = await (tx.write_one(sql + " FOR UPDATE", home_of(bill), bill) if lock else tx.read_one(sql, home_of(bill), bill))
    return bill_of(row) if row else None


async def lines(tx: Tx, bill: str) -> list[Line]:
    """This will read a bill's lines in their order."""
    rows = await tx.read(f"SELECT {LINE} FROM bill_line WHERE home = $1 AND bill = $2 ORDER BY place", home_of(bill), bill)
    return [Line(**dict(row)) for row in rows]


async def of_party(tx: Tx, party: str, limit: int, given: str | None = None) -> list[Bill]:
    """This will read the latest bills of a party, or of its number or account given; newest first. One statement."""
    rows = await tx.read(
        f"""SELECT {COLUMNS} FROM customer_bill WHERE home = $1 AND party = $2 AND ($4::text IS NULL OR $4 IN (number, account))
            ORDER BY cycle DESC, issued DESC, id DESC LIMIT $3""",
        home_of(party), party, limit, given,
    )  # fmt: skip
    return [bill_of(row) for row in rows]


async def of_account(tx: Tx, account: str, limit: int) -> list[Bill]:
    """This will read the latest bills of an account, newest first."""
    rows = await tx.read(
        f"SELECT {COLUMNS} FROM customer_bill WHERE home = $1 AND account = $2 ORDER BY cycle DESC, sequence DESC LIMIT $3",
        home_of(account), account, limit,
    )  # fmt: skip
    return [bill_of(row) for row in rows]


async def sums(tx: Tx, account: str, since: date) -> list[Row]:
    """This will sum an account's lines since a cycle, by cycle, kind and service."""
    return await tx.read(
        """SELECT b.cycle, b.currency, l.kind, l.service, coalesce(sum(l.minor), 0)::bigint AS minor FROM customer_bill b
           LEFT JOIN bill_line l ON l.home = b.home AND l.bill = b.id
           WHERE b.home = $1 AND b.account = $2 AND b.cycle >= $3 GROUP BY b.cycle, b.currency, l.kind, l.service
           ORDER BY b.cycle DESC, l.kind, l.service""",
        home_of(account), account, since,
    )  # fmt: skip


def bill_of(row: Row) -> Bill:
    """This will read a bill out of its row."""
    return msgspec.convert(dict(row), Bill)


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
