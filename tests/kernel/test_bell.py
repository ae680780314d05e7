"""The bell wakes the workers of other processes; whoever does not hear it finds the work by polling."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from onehall.kernel.bell import BETWEEN_SECONDS, CHANNEL, Bell, Ear
from onehall.kernel.jobs import KINDS, Kind
from onehall.kernel.store import Store, Tx
from onehall.kernel.worker import POLL_SECONDS, Worker

HEARD_SECONDS_MAX = 0.3  # well under the polling
done: list[str] = []


@pytest.fixture
async def elsewhere(store: Store) -> AsyncIterator[Store]:
    """The store of another process."""
    opened = await Store(store.dsn, clock=store.clock, pool_size=2).open()
    yield opened
    await opened.close()


async def _toy(tx: Tx, body: dict[str, str]) -> None:
    done.append(body["name"])


async def leave(store: Store, name: str) -> None:
    async with store.edge(3) as tx:
        tx.later("toy.bell", {"name": name})


async def is_done(name: str, seconds: float) -> bool:
    for _look in range(int(seconds / 0.01)):
        if name in done:
            return True
        await asyncio.sleep(0.01)
    return False


@pytest.fixture
async def worker(store: Store) -> AsyncIterator[Worker]:
    KINDS["toy.bell"] = Kind("toy.bell", _toy, False)
    busy = await Worker(store).start()
    await asyncio.sleep(0.3)
    yield busy
    await busy.stop()
    del KINDS["toy.bell"]


async def test_work_that_another_process_leaves_is_begun_at_once(worker: Worker, elsewhere: Store) -> None:
    bell = Bell(elsewhere)
    bell.start()
    for name in ("first", "second", "third"):
        await leave(elsewhere, name)
        assert await is_done(name, HEARD_SECONDS_MAX)
        await asyncio.sleep(2 * BETWEEN_SECONDS)
    await bell.stop()
    assert elsewhere.wakers == []


async def test_without_the_bell_the_work_is_found_by_polling(worker: Worker, elsewhere: Store) -> None:
    await leave(elsewhere, "unheard")
    assert await is_done("unheard", 4 * POLL_SECONDS)


async def test_many_wishes_are_few_rings(store: Store, elsewhere: Store) -> None:
    heard: list[str] = []
    listener = await asyncpg.connect(store.dsn)
    await listener.add_listener(CHANNEL, lambda *said: heard.append(said[2]))
    bell = Bell(elsewhere)
    for _wish in range(1000):
        bell.ring(store.clock.now())
        await asyncio.sleep(0)
    bell.ring(store.clock.now() + timedelta(hours=1))  # what is due later is nobody's hurry
    await asyncio.sleep(3 * BETWEEN_SECONDS)
    await bell.stop()
    await listener.close()
    assert 1 <= len(heard) <= 4


async def test_an_ear_whose_connection_breaks_hears_again(store: Store, elsewhere: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onehall.kernel.bell.AGAIN_SECONDS", 0.05)
    heard = asyncio.Event()
    ear = Ear(store.dsn, heard.set)
    ear.start()
    await asyncio.wait_for(heard.wait(), 5)  # it looks once when it begins to listen
    await elsewhere.pool.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'onehall bell'")
    heard.clear()
    await asyncio.wait_for(heard.wait(), 5)
    heard.clear()
    await asyncio.sleep(0.1)
    Bell(elsewhere).ring(store.clock.now())
    await asyncio.wait_for(heard.wait(), 5)
    assert heard.is_set()  # by the bell, not by having begun again
    await ear.stop()
