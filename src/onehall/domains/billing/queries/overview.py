"""Questions of those who watch over billing: what a number has, what its records were rated to, what waits, how files came in."""

from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from onehall.domains.billing import rules, store
from onehall.domains.billing.model import Use
from onehall.kernel.i18n import ZONE, _
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx
from onehall.kernel.store.transaction import Row

BUCKETS_MAX: Final = 60
RESERVATIONS_MAX: Final = 50
DAYS_MAX: Final = 31
SHOWN_MAX: Final = 100


async def accounts_of(tx: Tx, number: str) -> list[str]:
    """This will name the accounts that a number uses: its own, that which pays for it, and those that had its plan before."""
    held = [row["account"] for row in await store.intake.had_plan(tx, [number])]
    return list(dict.fromkeys([*await store.overview.accounts_of(tx, number), *reversed(held)]))


async def buckets(tx: Tx, account: str) -> list[Row]:
    """This will give an account's allowances, those that stand now first (`stands`)."""
    return await store.overview.buckets(tx, account, BUCKETS_MAX)


async def reservations(tx: Tx, account: str) -> list[Row]:
    """This will give what is set aside now for calls in progress, the latest first."""
    return await store.overview.reservations(tx, account, RESERVATIONS_MAX)


async def days_of_use(tx: Tx, account: str, number: str) -> list[Row]:
    """This will sum a number's records at an account by day, the latest days first."""
    return await store.overview.days_of_use(tx, account, number, DAYS_MAX)


async def records(tx: Tx, account: str, number: str, day: date, skip: int, limit: int) -> list[Row]:
    """This will give a number's records of a day in the operator's zone, with what each was rated to."""
    since = datetime(day.year, day.month, day.day, tzinfo=ZONE)
    return await store.overview.records(tx, account, number, since, since + timedelta(days=1), skip, min(limit, SHOWN_MAX))


async def bucket_names(tx: Tx, account: str, ids: list[str]) -> dict[str, Row]:
    """This will give the names of an account's allowances by id."""
    return await store.overview.names_of_buckets(tx, account, ids) if ids else {}


async def waiting_by_number(tx: Tx, skip: int, limit: int) -> list[Row]:
    """This will sum what waits by number and reason, the longest first."""
    return await store.overview.waiting_by_number(tx, skip, min(limit, SHOWN_MAX))


async def waiting_of(tx: Tx, number: str) -> list[tuple[Row, Use]]:
    """This will give the records of a number that wait or were given up."""
    rows = await store.overview.waiting_of(tx, number, SHOWN_MAX)
    return [(row, msgspec.convert(row["body"], Use, strict=False)) for row in rows]


async def files(tx: Tx, skip: int, limit: int) -> list[Row]:
    """This will give the latest files of use, with how far each was taken in."""
    return await store.overview.files(tx, skip, min(limit, SHOWN_MAX))


async def file(tx: Tx, id_: str) -> Row:
    """This will give a file of use.

    :raises Refusal: 404.
    """
    found = await store.overview.file(tx, id_)
    if found is None:
        raise missing(_("file"))
    return found


async def refused(tx: Tx, file_: str, after: int, limit: int) -> list[Row]:
    """This will give the refused lines of a file after one, with the reason."""
    return await store.overview.refused(tx, file_, after, min(limit, SHOWN_MAX))


async def faults_of(tx: Tx, cycle: date) -> list[Row]:
    """This will give the accounts that the run of a cycle could not bill, and why."""
    return await store.overview.faults_of(tx, cycle, SHOWN_MAX)


async def closed_cycles(tx: Tx) -> list[date]:
    """This will give the cycles that are over and in which somebody was charged, the latest first."""
    first = await store.bill_runs.first_charged(tx)
    return sorted({one for day, since in first.items() for one in rules.bills.closed_cycles(since, day, tx.now)}, reverse=True)


async def terms_of(tx: Tx, account: str) -> list[Row]:
    """This will give by which terms (price_id) an account was charged, and when."""
    return await store.overview.terms_of(tx, account)
