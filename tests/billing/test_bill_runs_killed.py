"""A bill run killed at twenty random moments, and begun again each time, makes the bills that an unbroken one makes."""

import asyncio
import multiprocessing
import random
import time
from collections.abc import Iterator
from typing import Any

import pytest

from onehall.domains import billing
from onehall.kernel.clock import MovableClock
from onehall.kernel.store import Store
from onehall.launch import bills
from tests.billing import charged
from tests.billing.charged import at
from tests.ground import database as databases

KILLS = 20
ACCOUNTS = 240
NOW = at(7, 2, 12)
BILLS = """SELECT id, total, tax, due, status, (SELECT count(*) FROM bill_line l WHERE l.bill = b.id) AS lines,
           (SELECT sum(minor) FROM bill_line l WHERE l.bill = b.id) AS minor FROM customer_bill b ORDER BY id"""
DONE = "SELECT count(*) AS parts FROM bill_part WHERE ended IS NOT NULL"


async def _fill(dsn: str) -> None:
    store = await _opened(dsn)
    try:
        plan = await charged.sell(store)
        for place in range(ACCOUNTS):
            number, mode = f"1860020{place:04}", "prepaid" if place % 5 == 0 else "postpaid"
            await charged.join(store, number, plan, at(5, 1), mode=mode)
            await charged.use(store, number, "voice_min", f"{8 + place % 9}", at(6, 3), f"{place}")
    finally:
        await store.close()


async def _opened(dsn: str) -> Store:
    store = await Store(dsn, clock=MovableClock(), pool_size=4).open()
    store.clock.move(NOW - store.clock.now())  # type: ignore[attr-defined]
    return store


@pytest.fixture
def two(plain_template: str) -> Iterator[tuple[str, str]]:
    """Two databases with the same accounts, of which no bill was made."""
    names = [f"t_killed_{side}_{time.time_ns()}" for side in ("a", "b")]
    first = databases.clone(plain_template, names[0])
    asyncio.run(_fill(first))
    yield first, databases.clone(names[0], names[1])
    for name in names:
        databases.drop(name)


def _bill(dsn: str) -> None:
    """What the killed process does: the whole run, as the command does it."""

    async def work() -> None:
        store = await _opened(dsn)
        await bills.bill_all(store, lambda line: None, workers=1)
        await store.close()

    asyncio.run(work())


async def _found(dsn: str) -> tuple[list[tuple[Any, ...]], dict[str, int], list[Any]]:
    store = await _opened(dsn)
    try:
        async with store.edge(0) as tx:
            rows = [tuple(row.values()) for row in await tx.read(BILLS)]
            faults = [*await billing.queries.ledger_faults(tx), *await billing.queries.bills.bill_differences(tx)]
            return rows, await billing.queries.book_sums(tx), faults
    finally:
        await store.close()


async def _parts(dsn: str) -> int:
    store = await _opened(dsn)
    try:
        async with store.edge(0) as tx:
            row = await tx.read_one(DONE)
            return int(row["parts"]) if row else 0
    finally:
        await store.close()


@pytest.mark.slow
def test_a_run_that_is_killed_again_and_again_bills_everybody_once(two: tuple[str, str]) -> None:
    broken, whole = two
    began = time.monotonic()
    _bill(whole)
    longest = max(0.1, (time.monotonic() - began) / 4)  # a kill comes within the work on a quick machine too
    luck, warm = random.Random(20), multiprocessing.get_context("forkserver")
    warm.set_forkserver_preload(["tests.billing.test_bill_runs_killed"])
    unfinished = 0
    for _ in range(KILLS):
        process = warm.Process(target=_bill, args=(broken,))
        process.start()
        time.sleep(luck.uniform(0.02, longest))
        unfinished += process.is_alive()
        process.kill()
        process.join()
    assert unfinished >= KILLS // 2  # the kills fell into the work
    _bill(broken)
    rows, sums, faults = asyncio.run(_found(broken))
    assert (rows, sums) == asyncio.run(_found(whole))[:2]
    assert (len(rows), faults) == (ACCOUNTS * 2 - 48, [])  # prepaid ones used nothing in May, and their fees are charged in advance
