"""Bills against the books: what was posted, what stands on bills, what is on none yet; whatever does not fit is listed."""

from datetime import date
from typing import Final

from onehall.domains.billing.store.bill_runs import run_id
from onehall.kernel.store import Tx
from onehall.kernel.store.transaction import Row

_ENTRIES: Final = """-- fan-out: a report, off the hot path
SELECT e.kind, p.owner AS offering, p.currency, sum(p.minor)::bigint AS posted, coalesce(sum(l.minor), 0)::bigint AS billed,
       coalesce(sum(p.minor) FILTER (WHERE b.entry IS NULL), 0)::bigint AS waiting
FROM entry e JOIN posting p ON p.home = e.home AND p.entry = e.id AND p.book = 'revenue'
LEFT JOIN billed b ON b.home = e.home AND b.entry = e.id
LEFT JOIN bill_line l ON l.home = b.home AND l.bill = b.bill AND l.entry = b.entry
WHERE e.kind <> 'usage' AND e.account IS NOT NULL GROUP BY e.kind, p.owner, p.currency ORDER BY e.kind, p.owner"""
_POSTED_USE: Final = """-- fan-out: a report, off the hot path
SELECT p.owner AS offering, p.currency, sum(p.minor)::bigint AS minor FROM entry e
JOIN posting p ON p.home = e.home AND p.entry = e.id AND p.book = 'revenue' WHERE e.kind = 'usage' GROUP BY p.owner, p.currency"""
_BILLED_USE: Final = """-- fan-out: a report, off the hot path
SELECT offering, currency, sum(minor)::bigint AS minor FROM bill_line WHERE kind = 'usage' GROUP BY offering, currency"""
_WAITING_USE: Final = """-- fan-out: a report, off the hot path
SELECT offering, currency, sum(minor - billed)::bigint AS minor FROM usage_month GROUP BY offering, currency"""
_ASTRAY: Final = """-- fan-out: a report, off the hot path
SELECT b.account, b.id AS bill, b.total - coalesce(sum(l.minor), 0)::bigint AS off FROM customer_bill b
LEFT JOIN bill_line l ON l.home = b.home AND l.bill = b.id
GROUP BY b.home, b.id HAVING b.total <> coalesce(sum(l.minor), 0) LIMIT 100"""
_TWICE: Final = """-- fan-out: a report, off the hot path
SELECT l.account, l.bill, l.minor AS off FROM bill_line l LEFT JOIN billed b ON b.home = l.home AND b.entry = l.entry AND b.bill = l.bill
WHERE l.entry IS NOT NULL AND b.entry IS NULL LIMIT 100"""


async def entries(tx: Tx) -> list[Row]:
    """This will sum charges by kind and offering: kind, offering, currency, posted, billed, waiting."""
    return await tx.read(_ENTRIES)


async def use(tx: Tx) -> list[tuple[str, str, str, int, int, int]]:
    """This will sum use by offering: kind, offering, currency, posted, billed, waiting."""
    sums: list[dict[tuple[str, str], int]] = []
    for sql in (_POSTED_USE, _BILLED_USE, _WAITING_USE):
        sums.append({(row["offering"], row["currency"]): row["minor"] for row in await tx.read(sql)})
    keys = sorted({key for one in sums for key in one})
    return [("usage", *key, *(one.get(key, 0) for one in sums)) for key in keys]  # type: ignore[misc]


async def astray(tx: Tx) -> list[Row]:
    """This will give bills that are not the sum of their lines, and lines whose entry stands on another bill; there is none."""
    return [*await tx.read(_ASTRAY), *await tx.read(_TWICE)]


async def of_run(tx: Tx, cycle: date) -> list[Row]:
    """This will sum the lines of a run's bills by kind and offering, with the tax in them: kind, offering, currency, minor, tax, lines."""
    return await tx.read(
        """-- fan-out: a report, off the hot path
           SELECT l.kind, l.offering, l.currency, sum(l.minor)::bigint AS minor, sum(l.tax)::bigint AS tax, count(*)::int AS lines
           FROM customer_bill b JOIN bill_line l ON l.home = b.home AND l.bill = b.id WHERE b.run = $1
           GROUP BY l.kind, l.offering, l.currency ORDER BY l.kind, l.offering""",
        run_id(cycle),
    )  # fmt: skip


async def amounts(tx: Tx, first: date, last: date) -> list[Row]:
    """This will sum bills by number (or account) and month: number, month, currency, total."""
    return await tx.read(
        """-- fan-out: a report, off the hot path
           SELECT coalesce(number, account) AS number, to_char(cycle, 'YYYY-MM') AS month, currency, sum(total)::bigint AS total
           FROM customer_bill WHERE cycle BETWEEN $1 AND $2 GROUP BY 1, 2, 3 ORDER BY length(coalesce(number, account)), 1, 2""",
        first, last,
    )  # fmt: skip
