"""Questions about bills; they change nothing."""

import asyncio
from datetime import date
from typing import Any, Final
from weakref import WeakKeyDictionary

import msgspec
from msgspec.structs import replace

from onehall.domains.billing import store
from onehall.domains.billing.model.bills import Bill, Line, MonthSum, Reconciled, Revenue, Run, RunReport, TaxRate
from onehall.domains.billing.rules.rating import cycle_start
from onehall.kernel.i18n import _, thaw
from onehall.kernel.money import Money
from onehall.kernel.refusals import missing
from onehall.kernel.store import Store, Tx
from onehall.kernel.store.transaction import Row

BILLS_MAX = 24
RUNS_MAX = 50
EMPTY_SHOWN_MONTHS = 6
MONTHS_MAX = 60
KEEP_SECONDS: Final = 60.0
_rates: WeakKeyDictionary[Store, tuple[float, list[TaxRate]]] = WeakKeyDictionary()
REVENUE_SQL = store.bill_runs.REVENUE


async def bills(tx: Tx, party: str, limit: int = BILLS_MAX, given: str | None = None) -> list[Bill]:
    """This will give a party's latest bills without their lines, or those of the number or account given; newest first."""
    return await store.bills.of_party(tx, party, limit, given)


async def bills_of_account(tx: Tx, account: str, limit: int = BILLS_MAX) -> list[Bill]:
    """This will give an account's latest bills without their lines, newest first."""
    return await store.bills.of_account(tx, account, limit)


async def bill(tx: Tx, id_: str) -> Bill:
    """This will give a bill with its lines; what each is for is a Text to be shown.

    :raises Refusal: 404.
    """
    found = await store.bills.one(tx, id_)
    if found is None:
        raise missing(_("bill"))
    return replace(found, lines=[_shown(line) for line in await store.bills.lines(tx, id_)])


async def months(tx: Tx, account: str, count: int = 6) -> list[MonthSum]:
    """This will give what an account was billed for in the latest so many cycles that have bills, newest first.

    `by` sums the lines by kind, and use by service ("usage/data_mb").
    """
    since = cycle_start(tx.now, 1).replace(day=1)
    found: dict[Any, dict[str, int]] = {}
    currency = ""
    for row in await store.bills.sums(tx, account, _earlier(since, count)):
        currency = row["currency"]
        key = f"{row['kind']}/{row['service']}" if row["service"] else row["kind"]
        found.setdefault(row["cycle"], {})
        if key:
            found[row["cycle"]][key] = row["minor"]
    return [MonthSum(cycle, Money(sum(by.values()), currency), by) for cycle, by in list(found.items())[:count]]


async def tax_rates(tx: Tx) -> list[TaxRate]:
    """This will give the rates of tax, the latest first. Read once in a minute."""
    now = asyncio.get_running_loop().time()
    since, known = _rates.get(tx.store, (-KEEP_SECONDS, []))
    if now - since >= KEEP_SECONDS:
        known = await store.bills.rates(tx)
        _rates[tx.store] = (now, known)
    return known


async def progress(tx: Tx, id_: str) -> Run:
    """This will give a bill run with its progress (`done` of `total` parts).

    :raises Refusal: 404.
    """
    found = await store.bill_runs.progress(tx, id_)
    if found is None:
        raise missing(_("bill run"))
    return found


async def run(tx: Tx, id_: str) -> Run:
    """This will give a bill run with its progress and the sums of its bills, which are read each time.

    :raises Refusal: 404.
    """
    return replace(await progress(tx, id_), totals=await store.bill_runs.totals(tx, id_))


async def run_report(tx: Tx, id_: str) -> RunReport | None:
    """This will give what was kept of what a run came to; None before it was done."""
    row = await store.bill_runs.report(tx, id_)
    return msgspec.convert(row["body"] | {"at": row["at"]}, RunReport) if row else None


async def compute_report(tx: Tx, id_: str) -> RunReport:
    """This will set a run's lines against its bills, and all bills against the books. It reads all of them.

    :raises Refusal: 404.
    """
    found, books = await run(tx, id_), await reconciled(tx)
    astray = sum(bool(one.off) for one in books) + len(await store.bill_sums.astray(tx))
    lines = [tuple(row.values()) for row in await store.bill_sums.of_run(tx, found.cycle)]
    return RunReport(at=tx.now, lines=lines, books=books, totals=found.totals, astray=astray)


async def runs(tx: Tx, limit: int = RUNS_MAX) -> list[Run]:
    """This will give the latest bill runs with their progress, newest cycle first; old ones that found nothing to bill are left out."""
    return await store.bill_runs.runs(tx, limit, _earlier(cycle_start(tx.now, 1), EMPTY_SHOWN_MONTHS))


def run_of(cycle: date) -> str:
    """This will give the id of a cycle's run."""
    return store.bill_runs.run_id(cycle)


async def bill_faults(tx: Tx, limit: int = 100) -> list[Row]:
    """This will give accounts that could not be billed: account, cycle, why, at; newest first."""
    return await store.bill_runs.faults(tx, limit)


async def revenue(tx: Tx, since: date | None = None, until: date | None = None) -> list[Revenue]:
    """This will give what each offering brought in the bills of months in [since, until), newest month and highest amount first.

    If nothing is said, of the latest half year.
    """
    since, until = since or revenue_span(tx, 6)[0], until or revenue_span(tx, 6)[1]
    rows = await store.bill_runs.revenue(tx, since, until)
    return [Revenue(row["month"], row["offering"], Money(row["minor"], row["currency"]), row["bills"]) for row in rows]


def revenue_span(tx: Tx, months_: int) -> tuple[date, date]:
    """This will give the first day of the latest months, and that of the month after them."""
    now = cycle_start(tx.now, 1)
    return _earlier(now, months_), _earlier(now, -1)


async def billed_years(tx: Tx) -> list[int]:
    """This will give the years that runs made bills of, the latest first, however long ago."""
    return list(dict.fromkeys(cycle.year for cycle in await store.bill_runs.billed_cycles(tx)))


async def reconciled(tx: Tx) -> list[Reconciled]:
    """This will set bills against the books, by kind of charge and offering: `off` is nothing everywhere."""
    rows = [Reconciled(*row.values()) for row in await store.bill_sums.entries(tx)]
    return [*rows, *(Reconciled(*row) for row in await store.bill_sums.use(tx))]


async def bill_differences(tx: Tx) -> list[dict[str, Any]]:
    """This will list whatever of bills does not fit the books or itself; there is nothing."""
    off = [{"kind": one.kind, "offering": one.offering, "off": one.off} for one in await reconciled(tx) if one.off]
    return [*off, *(dict(row) for row in await store.bill_sums.astray(tx))]


async def run_lines(tx: Tx, cycle: date) -> list[Row]:
    """This will sum the lines of a run's bills: kind, offering, currency, minor, tax, lines."""
    return await store.bill_sums.of_run(tx, cycle)


async def amounts(tx: Tx, first: date, last: date) -> list[Row]:
    """This will sum bills by number and month: number, month, currency, total."""
    return await store.bill_sums.amounts(tx, first, last)


def _earlier(day: date, months_: int) -> date:
    whole = day.year * 12 + day.month - 1 - min(months_, MONTHS_MAX)
    return day.replace(year=whole // 12, month=whole % 12 + 1)


def _shown(line: Line) -> Line:
    return replace(line, what=thaw(line.what))
