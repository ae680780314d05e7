"""Work handed to the worker by the transaction that leaves it: begun at once, once, in its lane, and never lost."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from onehall.kernel import jobs
from onehall.kernel.in_hand import LEASE
from onehall.kernel.money import Money
from onehall.kernel.store import Store, Tx
from onehall.kernel.worker import Worker
from tests.kernel.working import rows

pytestmark = pytest.mark.usefixtures("kinds")


async def test_what_is_handed_over_is_never_looked_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    done = asyncio.Event()

    @jobs.job("t.note")
    async def work_(tx: Tx, body: dict[str, Any]) -> None:
        assert body == {"at": "2026-03-01T00:00:00Z", "cost": {"minor": 5, "currency": "CNY"}}  # as it would be read
        done.set()

    busy = await Worker(store).start()
    try:
        await asyncio.sleep(0.1)  # its first look is over
        monkeypatch.setattr(busy, "_claim", None)  # nobody looks from now on
        async with store.edge(7) as tx:
            tx.later("t.note", {"at": datetime(2026, 3, 1, tzinfo=UTC), "cost": Money(5)})
        await asyncio.wait_for(done.wait(), 3)
    finally:
        await busy.stop()
    assert await rows(store) == []


async def test_what_is_undone_is_not_begun_and_leaves_room(store: Store) -> None:
    busy = await Worker(store).start()
    try:
        await asyncio.sleep(0.1)
        free = busy._in_hand.free
        with pytest.raises(ZeroDivisionError):
            async with store.edge(7) as tx:
                tx.later("t.note", {}, lane="a")
                await tx.write("SELECT 1")
                tx.write_last("UPDATE job SET tries = 9 WHERE home = $1 AND id = $2", 7, "none")
                raise ZeroDivisionError
        for _time in range(2):
            with pytest.raises(Exception, match="quicker"):
                async with store.edge(7) as tx:
                    tx.later("t.note", {}, lane="a")
                    tx.write_last("UPDATE job SET tries = 9 WHERE home = $1 AND id = $2", 7, "none")
        assert busy._in_hand.free == free
        assert not busy._in_hand.held
    finally:
        await busy.stop()
    assert await rows(store) == []


async def test_work_of_one_lane_is_done_in_order_whoever_has_it(store: Store) -> None:
    """Twenty in one lane: one is in hand at a time, those behind it stand in the table, among them one that another process left."""
    order: list[int] = []

    @jobs.job("t.note")
    async def work_(tx: Tx, body: dict[str, Any]) -> None:
        await asyncio.sleep(0.01)
        order.append(body["place"])

    async def leave(place: int) -> None:
        async with store.edge(7) as tx:
            tx.later("t.note", {"place": place}, lane="one")

    await leave(0)  # nobody works yet: it waits in the table
    busy = await Worker(store).start()
    try:
        for place in range(1, 20):
            await leave(place)
        async with asyncio.timeout(10):
            while len(order) < 20:
                await asyncio.sleep(0.02)
    finally:
        await busy.stop()
    assert order == list(range(20))
    assert await rows(store) == []


async def test_what_was_handed_to_one_who_is_killed_is_taken_up_by_another(store: Store) -> None:
    done = asyncio.Event()

    @jobs.job("t.note")
    async def work_(tx: Tx, body: dict[str, Any]) -> None:
        done.set()

    killed = await Worker(store).start()
    await asyncio.sleep(0.1)
    for task in killed._tasks:
        task.cancel()
    async with store.edge(7) as tx:
        tx.later("t.note", {})
    [row] = await rows(store)
    assert row["lease"] is not None and row["tries"] == 1
    other = Worker(store)
    assert await other.drain() == 0  # the lease still counts
    store.clock.move(LEASE)
    assert await other.drain() == 1 and done.is_set()
    await killed.stop()
    assert await rows(store) == []


async def test_there_is_no_more_in_hand_than_there_is_room_for(store: Store) -> None:
    go, done = asyncio.Event(), []

    @jobs.job("t.note")
    async def work_(tx: Tx, body: dict[str, Any]) -> None:
        await go.wait()
        done.append(body["place"])

    busy = await Worker(store, at_once=2).start()
    try:
        await asyncio.sleep(0.1)
        async with store.edge(7) as tx:
            for place in range(30):
                tx.later("t.note", {"place": place})
        left = await rows(store)
        assert sum(row["lease"] is not None for row in left) == 4  # twice as many as are done at once
        go.set()
        async with asyncio.timeout(10):
            while len(done) < 30:
                await asyncio.sleep(0.02)
    finally:
        await busy.stop()
    assert sorted(done) == list(range(30))
