"""`onehall bench bills`: how many bills a second are made, posted and written, line by line."""

import asyncio
import time
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import msgspec
import uvloop

from onehall.bench import rating
from onehall.bench.ground import Cpu, cpu, ground, settle
from onehall.domains import billing, catalogue
from onehall.domains.billing import Subscription, Use
from onehall.kernel.i18n import ZONE
from onehall.kernel.ids import HOMES, home_for, keyed_id
from onehall.kernel.store import Store, Tx
from onehall.kernel.store.leaving import EPOCH
from onehall.launch import bills
from onehall.launch.say import say

CYCLE: Final = date(2026, 6, 1)
SINCE: Final = datetime(2026, 6, 1, tzinfo=ZONE)
MICRO: Final = 1_000_000
USE: Final = (("data_mb", 1200, 176), ("voice_min", 90, 0), ("sms", 30, 100))  # service, units, minor units beyond the allowance
FEE: Final = 5900


class Measured(msgspec.Struct, frozen=True):
    """What was measured; times for one bill are microseconds of processor time. `faults`: whatever is not as it should be."""

    bills: int
    workers: int
    seconds: float
    per_second: int
    app_us: float
    postgres_us: float
    faults: int


def bench(*, accounts: int = 20_000, workers: int = 2, homes: int = HOMES) -> None:
    """Measure how many accounts a second are billed for a month: a fee and the use of three services each, PostgreSQL included.

    Parameters
    ----------
    accounts
        Accounts with a month of use.
    workers
        Processes that bill at once.
    homes
        Homes that they live in: a home is billed in one transaction, so that many accounts in each cost less.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        measured = runner.run(_measure(accounts, workers, homes))
    say(
        f"{measured.bills:,} bills in {measured.seconds:.1f} s: {measured.per_second:,} a second; each took {measured.app_us:.0f} us of "
        f"the house and {measured.postgres_us:.0f} us of PostgreSQL"
    )
    say(msgspec.json.encode(measured).decode())


async def _measure(accounts: int, workers: int, homes: int) -> Measured:
    async with ground() as (store, running, _folder):
        say(f"Making {accounts:,} accounts with a month of use")
        await _accounts(store, accounts, homes)
        await settle(store)
        before, began = cpu(running), time.monotonic()
        await bills.bill_all(store, lambda line: None, CYCLE, workers)
        seconds = time.monotonic() - began
        return await _checked(store, cpu(running).since(before), accounts, workers, seconds)


async def _checked(store: Store, took: Cpu, accounts: int, workers: int, seconds: float) -> Measured:
    """A figure counts only if everybody has one bill of the right amount, and bills and books agree."""
    async with store.edge(0) as tx:
        [run] = await billing.queries.bills.runs(tx)
        whole = await billing.queries.bills.run(tx, run.id)
        faults = len(await billing.queries.ledger_faults(tx)) + len(await billing.queries.bills.bill_differences(tx)) + run.faults
    faults += whole.totals != {"CNY": accounts * (FEE + sum(minor for _, _, minor in USE))}
    return Measured(
        run.bills, workers, round(seconds, 2), round(run.bills / seconds), round(took.app / run.bills * MICRO, 1),
        round(took.postgres / run.bills * MICRO, 1), faults + abs(accounts - run.bills),
    )  # fmt: skip


async def _accounts(store: Store, count: int, homes: int) -> None:
    await store.run(0, lambda tx: catalogue.actions.put(tx, rating.PLAN, rating.plan_body()))
    async with store.edge(0) as tx:
        plan = await catalogue.queries.known(tx, rating.PLAN)
    by_home: dict[int, list[str]] = {}
    for place in range(count):
        number = f"1390{place:07}"
        by_home.setdefault(home_for(number) % homes, []).append(number)
    waiting = iter(by_home.items())

    async def work() -> None:
        for home, numbers in waiting:
            await store.run(home, lambda tx, numbers=numbers: _some(tx, numbers, plan))  # type: ignore[misc]

    await asyncio.gather(*(work() for _ in range(6)))


async def _some(tx: Tx, numbers: list[str], plan: catalogue.Offering) -> None:
    name, uses = {"by_language": {"en": "Bench"}}, []
    for number in numbers:
        account = await billing.actions.open_account(tx, None, number=number, once=number, mode="postpaid")
        await billing.store.rating.subscribe(tx, Subscription(
            keyed_id(tx.home, EPOCH, "bench", number), account.id, None, number, number, "plan", plan.id, plan.price_id, name, FEE, "CNY",
            SINCE, None, {},
        ))  # fmt: skip
        uses += [
            Use(source="bench", record=f"{number}-{kind}", number=number, kind=kind, amount=Decimal(units), at=SINCE, account=account.id)
            for kind, units, _minor in USE
        ]
    await billing.actions.take_in(tx, uses)
