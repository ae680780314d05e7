"""The worker among others: shared work, lapsed leases, stopping, a database that goes away."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from onehall.kernel import jobs, worker
from onehall.kernel.in_hand import LEASE
from onehall.kernel.store import Store, Tx, work
from onehall.kernel.worker import Worker
from tests.kernel.working import leave, note, noted, rows

pytestmark = pytest.mark.usefixtures("kinds")


async def test_two_workers_share_the_work_and_do_none_of_it_twice(store: Store) -> None:
    done: list[int] = []

    @jobs.job("t.many")
    async def work_(tx: Tx, body: dict[str, Any]) -> None:
        done.append(body["n"])

    async with store.edge(7) as tx:
        for n in range(120):
            tx.later("t.many", {"n": n})
    await asyncio.gather(Worker(store).drain(), Worker(store).drain(), Worker(store).drain())
    assert sorted(done) == list(range(120))


async def test_a_worker_whose_lease_lapsed_changes_nothing(store: Store) -> None:
    begun, go = asyncio.Event(), asyncio.Event()
    runs: list[int] = []

    @jobs.call("t.slow")
    async def ask(world: Any, body: dict[str, Any]) -> Any:
        runs.append(len(runs))
        mine = runs[-1]
        if mine == 0:
            begun.set()
            await go.wait()

        async def answer(tx: Tx) -> None:
            await note(tx, f"run {mine}")

        return answer

    await leave(store, "t.slow")
    slow = asyncio.create_task(Worker(store).drain())
    await begun.wait()
    store.clock.move(LEASE + timedelta(seconds=1))
    await Worker(store).drain()
    go.set()
    await slow
    assert await noted(store) == [(7, "run 1")]
    assert await rows(store) == []


async def test_whoever_lost_a_row_neither_ends_it_nor_puts_it_off_nor_gives_it_up(store: Store) -> None:
    await leave(store, "t.note")
    for lease, minutes in (("first", 0), ("second", 1)):
        async with store.edge(7) as tx:
            [taken] = await work.claim(tx, lease, tx.now + timedelta(minutes=minutes), 1)
    before = await rows(store)
    async with store.edge(7) as tx:
        assert not await work.put_off(tx, taken, "first", tx.now, "late")
        assert not await work.bury(tx, taken, "first", "late")
        await work.renew(tx, [(taken, "first")], tx.now + timedelta(hours=1))
        await work.release(tx, [(taken, "first")])
    assert await rows(store) == before


async def test_a_started_worker_wakes_at_once_and_keeps_its_lease(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "RENEW_SECONDS", 0.05)
    done = asyncio.Event()

    @jobs.call("t.long")
    async def ask(world: Any, body: dict[str, Any]) -> None:
        first = (await rows(store))[0]["lease_until"]
        await asyncio.sleep(0.3)
        assert (await rows(store))[0]["lease_until"] > first
        done.set()

    busy = await Worker(store).start()
    try:
        await leave(store, "t.long")
        await asyncio.wait_for(done.wait(), 3)
    finally:
        await busy.stop()
    assert await rows(store) == []


async def test_stopping_gives_back_what_was_not_begun_without_counting_a_try(store: Store) -> None:
    begun = asyncio.Event()

    @jobs.call("t.blocks")
    async def ask(world: Any, body: dict[str, Any]) -> None:
        begun.set()
        await asyncio.sleep(0.2)

    for _ in range(2):
        await leave(store, "t.blocks")
    busy = await Worker(store, at_once=1).start()
    await begun.wait()
    await busy.stop()
    left = await rows(store)
    assert [(row["lease"], row["tries"], row["state"]) for row in left] == [(None, 0, "ready")]


async def test_a_worker_outlives_a_database_that_goes_away(store: Store) -> None:
    done = asyncio.Event()

    @jobs.job("t.note")
    async def work_(tx: Tx, body: dict[str, Any]) -> None:
        done.set()

    busy = await Worker(store).start()
    try:
        async with store.edge(0) as tx:
            await tx.read("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()")  # fmt: skip  # noqa: E501
        await leave(store, "t.note")
        await asyncio.wait_for(done.wait(), 5)
    finally:
        await busy.stop()
    assert await rows(store) == []


async def test_the_backlog_names_the_oldest_due_and_counts_the_dead(store: Store) -> None:
    async with store.edge(7) as tx:
        assert await work.backlog(tx) == (None, 0)
    await leave(store, "t.unheard.of")
    async with store.edge(7) as tx:
        [row] = await rows(store)
        assert await work.backlog(tx) == (row["due"], 0)
