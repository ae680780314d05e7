"""`onehall bill`: bills every cycle that is over and not billed yet, by several processes; killed, it is simply run again."""

import asyncio
import csv
import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import msgspec
import uvloop

from onehall.domains import billing
from onehall.kernel.money import Money
from onehall.kernel.store import Store
from onehall.launch.database import Say

CONNECTIONS: Final = 6
CHUNK: Final = 64  # homes that a process is given at once
ALONE_MAX: Final = 1000  # so few homes are done by one process before others would have begun
REFERENCE: Final = "megaline-"
EVER: Final = (date(1, 1, 1), date(9999, 12, 31))
Part = dict[str, Any]


class Billed(msgspec.Struct):
    """What a billing did: parts (an account's home, all its cycles), bills, and the seconds that it took."""

    parts: int = 0
    seconds: float = 0


async def bill_all(store: Store, say: Say, month: date | None = None, workers: int = 0) -> Billed:
    """This will bill all cycles that are over, or those that begin in a month; what is billed already stays as it is."""
    began = time.monotonic()
    async with store.edge(0) as tx:
        parts = await billing.actions.bill_runs.begin_runs(tx, month)
    if not parts:
        return Billed()
    chunks = [parts[start : start + CHUNK] for start in range(0, len(parts), CHUNK)]
    workers = workers or (1 if len(parts) <= ALONE_MAX else min(2, os.cpu_count() or 1))
    await (_by_processes if workers > 1 else _here)(store, chunks, say, workers)
    return Billed(len(parts), time.monotonic() - began)


async def _here(store: Store, chunks: list[list[Part]], say: Say, _workers: int) -> None:
    done = 0
    for chunk in chunks:
        await work(store, chunk)
        done += len(chunk)
        say(f"{done:,} of {sum(map(len, chunks)):,} parts are billed")


async def _by_processes(store: Store, chunks: list[list[Part]], say: Say, workers: int) -> None:
    fresh, loop, done = multiprocessing.get_context("spawn"), asyncio.get_running_loop(), 0  # a fork would share our connections
    with ProcessPoolExecutor(workers, fresh, _begin, (store.dsn,)) as pool:
        for finished in asyncio.as_completed([loop.run_in_executor(pool, _work, chunk) for chunk in chunks]):
            done += await finished
            say(f"{done:,} of {sum(map(len, chunks)):,} parts are billed")


async def work(store: Store, parts: list[Part]) -> int:
    """This will do parts of runs, a transaction for each; several at once."""
    waiting = iter(parts)

    async def one_by_one() -> None:
        for part in waiting:
            after: str | None = ""
            while after is not None:
                here = {**part, "after": after}
                after = await store.run(part["home"], lambda tx, here=here: billing.actions.bill_runs.bill_home(tx, here))  # type: ignore[misc]

    await asyncio.gather(*(one_by_one() for _ in range(CONNECTIONS)))
    return len(parts)


async def write_csv(store: Store, path: Path, month: date | None = None) -> int:
    """This will write what every user was billed for each month: user_id,month,amount; gives how many lines."""
    first, last = (month, billing.rules.bills.next_cycle(month)) if month else EVER
    async with store.edge(0) as tx:
        rows = [row for row in await billing.queries.bills.amounts(tx, first, last) if month is None or row["month"] == f"{month:%Y-%m}"]
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("user_id", "month", "amount"))
        for row in rows:
            amount = Money(row["total"], row["currency"]).decimal().quantize(Decimal("0.01"))
            out.writerow((row["number"].removeprefix(REFERENCE), row["month"], f"{amount:f}"))
    return len(rows)


async def report(store: Store, say: Say) -> int:
    """This will say what stands on bills against what was posted, by kind and offering, and every difference; gives how many."""
    async with store.edge(0) as tx:
        rows = await billing.queries.bills.reconciled(tx)
        off = await billing.queries.bills.bill_differences(tx)
        faults = await billing.queries.bills.bill_faults(tx)
    for one in rows:
        posted, billed, waiting = (Money(minor, one.currency) for minor in (one.posted, one.billed, one.waiting))
        say(f"  {one.kind:<12} {one.offering or '-':<20} posted {posted}, billed {billed}, on no bill yet {waiting}")
    for row in faults:
        say(f"  could not be billed: {row['account']} for {row['cycle']}: {row['why']}")
    say("Differences between bills and books: " + (", ".join(map(str, off)) if off else "none"))
    return len(off)


_own: list[Any] = []


def _begin(dsn: str) -> None:
    """A worker has an event loop and a store for its whole life; it ends with whoever began it."""
    runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    _own[:] = [runner, runner.run(Store(dsn, pool_size=CONNECTIONS).open())]


def _work(parts: list[Part]) -> int:
    runner, store = _own
    return runner.run(work(store, parts))
