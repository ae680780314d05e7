"""`onehall bench rating`: how many records a second are read from a file, rated, posted and drawn from allowances."""

import asyncio
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
import uvloop

from onehall.bench.ground import Cpu, cpu, ground, settle
from onehall.domains import billing, catalogue
from onehall.domains.billing import Subscription
from onehall.kernel.ids import home_for, keyed_id
from onehall.kernel.store import Store, Tx
from onehall.kernel.store.leaving import EPOCH
from onehall.launch.say import say
from onehall.loaders.usage import Loaded, load_usage

PLAN: Final = "bench-plan"
SINCE: Final = datetime(2026, 1, 1, tzinfo=UTC)
FIRST: Final = datetime(2026, 3, 1, tzinfo=UTC)
DAYS: Final = 28
AT_ONCE: Final = 8
ALLOWED: Final = {"data_mb": 1024, "voice_min": 100, "sms": 20}
MICRO: Final = 1_000_000


class Measured(msgspec.Struct, frozen=True):
    """What was measured; times for one record are microseconds of processor time."""

    records: int
    lines: int
    workers: int
    seconds: float
    per_second: int
    app_us: float
    postgres_us: float
    faults: int


def bench(*, records: int = 400_000, lines: int = 5_000, workers: int = 1, profile: Path | None = None) -> None:
    """Measure how many records a second go from a file to allowances, months and books, PostgreSQL included.

    Parameters
    ----------
    records
        Records of use in the file: data, calls and messages, shuffled.
    lines
        Lines that they are of, each with a plan.
    workers
        Processes that read and rate at once.
    profile
        Where to write what cProfile saw of this process.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        measured = runner.run(_measure(records, lines, workers, profile))
    say(
        f"{measured.records:,} records of {measured.lines:,} lines in {measured.seconds:.1f} s: {measured.per_second:,} a second; "
        f"each took {measured.app_us:.1f} us of the house and {measured.postgres_us:.1f} us of PostgreSQL"
    )
    say(msgspec.json.encode(measured).decode())


async def _measure(records: int, lines: int, workers: int, profile: Path | None) -> Measured:
    async with ground() as (store, running, folder):
        say(f"Making {lines:,} lines and a file of {records:,} records")
        await _lines(store, lines)
        path = folder / "bench.csv"
        await asyncio.to_thread(_write, path, records, lines)
        await settle(store)
        before = cpu(running)
        report = await _load(store, path, workers, profile)
        took = cpu(running).since(before)
        return await _checked(store, report, took, lines, workers)


async def _load(store: Store, path: Path, workers: int, profile: Path | None) -> Loaded:
    if profile is None:
        return await load_usage(store, path, say, workers=workers)
    import cProfile

    seen = cProfile.Profile()
    seen.enable()
    try:
        return await load_usage(store, path, say, workers=workers)
    finally:
        seen.disable()
        seen.dump_stats(str(profile))


async def _checked(store: Store, report: Loaded, took: Cpu, lines: int, workers: int) -> Measured:
    """A figure counts only if every record was taken in and the books are in order."""
    done = report.counts.added
    async with store.edge(0) as tx:
        faults = len(await billing.queries.ledger_faults(tx)) + report.refused + report.counts.waiting + report.counts.known
    return Measured(
        done, lines, workers, round(report.seconds, 2), round(done / report.seconds), round(took.app / done * MICRO, 1),
        round(took.postgres / done * MICRO, 1), faults,
    )  # fmt: skip


async def _lines(store: Store, count: int) -> None:
    await store.run(0, lambda tx: catalogue.actions.put(tx, PLAN, plan_body()))
    async with store.edge(0) as tx:
        plan = await catalogue.queries.known(tx, PLAN)
    numbers = iter([_number(place) for place in range(count)])

    async def work() -> None:
        for number in numbers:
            await store.run(home_for(number), lambda tx, number=number: _line(tx, number, plan))  # type: ignore[misc]

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


async def _line(tx: Tx, number: str, plan: catalogue.Offering) -> None:
    account = await billing.actions.open_account(tx, None, number=number, once=number, mode="postpaid")
    id_, name = keyed_id(tx.home, EPOCH, "bench", number), {"by_language": {"en": "Bench"}}
    await billing.actions.subscribe(
        tx,
        Subscription(
            id_, account.id, None, number, number, "plan", plan.id, plan.price_id, name, plan.fee.minor, "CNY", SINCE, None, {}
        ),
    )
    await billing.actions.point(tx, number, account.id, None)


def plan_body() -> dict[str, Any]:
    """This will give the plan that accounts are measured with: 59 yuan, and use beyond what it allows."""
    traits = {"kind": "plan", **ALLOWED}
    fee = {
        "name": "Fee", "priceType": "recurring", "recurringChargePeriodType": "month", "recurringChargePeriodLength": 1,
        "price": {"unit": "CNY", "value": 59},
    }  # fmt: skip
    prices = [
        {"name": service, "priceType": "usage", "price": {"unit": "CNY", "value": value},
         "unitOfMeasure": {"amount": 1, "units": service}, "tariff": tariff}
        for service, value, tariff in (
            ("data_mb", 0.01, {"step": "0", "basis": "month", "tiers": [{"amount": "1"}]}),
            ("voice_min", 0.1, {"step": "1", "tiers": [{"amount": "10"}]}), ("sms", 0.1, {"step": "1", "tiers": [{"amount": "10"}]}),
        )
    ]  # fmt: skip
    return {
        "name": "Bench", "lifecycleStatus": "Retired", "isSellable": False, "productOfferingPrice": [fee, *prices],
        "prodSpecCharValueUse": [{"name": name, "productSpecCharacteristicValue": [{"value": value}]} for name, value in traits.items()],
    }  # fmt: skip


def _write(path: Path, records: int, lines: int) -> None:
    with path.open("w") as file:
        file.write("record,number,kind,amount,at\n")
        file.writelines(_records(records, lines))


def _records(count: int, lines: int) -> Iterator[str]:
    luck = random.Random(20_000)
    for place in range(count):
        at = FIRST + timedelta(seconds=luck.randrange(DAYS * 86_400))
        kind = luck.choice(("data_mb", "voice_min", "sms"))
        amount = {"data_mb": f"{luck.uniform(0, 100):.3f}", "voice_min": f"{luck.uniform(0, 12):.2f}", "sms": "1"}[kind]
        yield f"{place:09},{_number(luck.randrange(lines))},{kind},{amount},{at:%Y-%m-%dT%H:%M:%S}Z\n"


def _number(place: int) -> str:
    return f"1390{place:07}"
