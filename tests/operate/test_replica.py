"""A read replica: what may lag is read there, what a customer has just changed is not, and a house does without it when it must."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from msgspec import structs

from onehall import app, demo
from onehall.hall import Caller
from onehall.kernel import telemetry
from onehall.kernel.identity import Who
from onehall.kernel.replica import Replica
from onehall.kernel.settings import read
from onehall.kernel.store import Store, migrate
from tests.ground.counter import Counter
from tests.operate.copies import Copy, Primary, primary, replica

pytestmark = pytest.mark.slow
LAG = 2
PATIENCE_SECONDS = 20
FAR = "SELECT pg_is_in_recovery() AS far"
SWITCH = "SELECT value FROM sim_switch WHERE adapter = 'test' AND name = 'n'"
TURN = """INSERT INTO sim_switch (adapter, name, value) VALUES ('test', 'n', $1)
          ON CONFLICT (adapter, name) DO UPDATE SET value = excluded.value"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="onehall-copy-", ignore_cleanup_errors=True) as place:
        yield Path(place)


@pytest.fixture(scope="module")
def first(folder: Path) -> Iterator[Primary]:
    with primary(folder) as running:
        asyncio.run(migrate(running.dsn))
        asyncio.run(_fill(running.dsn))
        yield running


@pytest.fixture(scope="module")
def copy(first: Primary, folder: Path) -> Iterator[Copy]:
    with replica(first, folder / "copy") as running:
        yield running


async def _fill(dsn: str) -> None:
    store = await Store(dsn, pool_size=4).open()
    await demo.open(store, lambda line: None)
    await store.close()


@asynccontextmanager
async def followed(first: Primary, copy: Copy) -> AsyncIterator[tuple[Store, Replica]]:
    """A store with its replica, which is fit."""
    store = await Store(first.dsn, pool_size=4).open()
    far = Replica(store, copy.dsn, lag_seconds_max=LAG)
    await far.start()
    await until(lambda: is_fit(far))
    yield store, far
    await far.stop()
    await store.close()


async def is_fit(far: Replica) -> bool:
    return far.fit


async def turn(store: Store, number: int) -> None:
    async with store.edge(0) as tx:
        await tx.write(TURN, number)


async def seen(store: Store) -> int:
    async with store.glance() as tx:
        row = await tx.read_one(SWITCH)
    return int(row["value"]) if row else 0


async def until(look: Callable[[], Awaitable[object]]) -> None:
    for _look in range(PATIENCE_SECONDS * 20):
        if await look():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come")


async def replay(copy: Copy, how: str) -> None:
    connection = await asyncpg.connect(copy.dsn)
    await connection.execute(f"SELECT pg_wal_replay_{how}()")
    await connection.close()


async def test_a_look_reads_at_the_replica_and_an_edge_does_not(first: Primary, copy: Copy) -> None:
    async with followed(first, copy) as (store, far):
        async with store.glance() as look:
            assert [(await look.read(FAR))[0]["far"], (await look.read_one(FAR))["far"]] == [True, True]  # type: ignore[index]
            assert (await look.read_now(FAR))[0]["far"] is False
        async with store.edge(0) as tx:
            assert (await tx.read(FAR))[0]["far"] is False
        assert far.lag is not None and far.lag < LAG


async def test_what_is_behind_is_read_as_it_is_until_it_is_too_far_behind(first: Primary, copy: Copy) -> None:
    async with followed(first, copy) as (store, far):
        await turn(store, 1)
        await until(lambda: _is(store, 1))
        await replay(copy, "pause")
        try:
            await turn(store, 2)
            assert await seen(store) == 1  # it may lag
            await until(lambda: _is(store, 2))  # but not for longer than that
            assert not far.fit
        finally:
            await replay(copy, "resume")
        await until(lambda: is_fit(far))
        assert await seen(store) == 2


async def _is(store: Store, number: int) -> bool:
    return await seen(store) == number


async def test_a_replica_that_dies_is_missed_by_nobody(first: Primary, copy: Copy) -> None:
    async with followed(first, copy) as (store, far):
        await turn(store, 3)
        copy.stop()
        for _look in range(20):
            assert await seen(store) == 3
        assert not far.fit
        copy.start()
        await until(lambda: is_fit(far))
        async with store.glance() as look:
            assert (await look.read(FAR))[0]["far"] is True


async def test_a_house_opens_and_serves_without_its_replica(first: Primary, copy: Copy) -> None:
    copy.stop()
    try:
        async with house(first, copy) as counter:
            assert await plans(counter) > 3
    finally:
        copy.start()


async def test_strangers_look_at_the_replica_and_a_customer_sees_what_they_have_just_done(first: Primary, copy: Copy) -> None:
    async with house(first, copy) as counter:
        assert counter.house.replica is not None
        await until(lambda: is_fit(counter.house.replica))  # type: ignore[arg-type]
        before = reads()
        assert await plans(counter) > 3
        numbers = await counter.hall.glance(stranger(), "line.open", {"offer": "hall-59"})
        assert numbers.question is not None and len(numbers.question["options"]) > 5
        assert reads() > before
        known = await counter.hall.whose_phone("18600010001")
        assert known is not None
        caller, before = counter.customer(known.party), reads()
        await replay(copy, "pause")
        try:
            old = (await counter.hall.start(caller, "balance.check")).said
            view = await counter.hall.start(caller, "topup", {"amount": 50})
            await counter.settle()
            await counter.bank_pays(await counter.hall.see(caller, view.id))
            await counter.settle()
            new = (await counter.hall.glance(caller, "balance.check")).said
        finally:
            await replay(copy, "resume")
        assert old is not None and new is not None and minor(new) == minor(old) + 5000
        assert reads() == before  # nothing of this was read at the replica


@asynccontextmanager
async def house(first: Primary, copy: Copy) -> AsyncIterator[Counter]:
    """A house with a replica, its work done by hand."""
    rules = structs.replace(read(), database_url=first.dsn, database_pool=6, replica_url=copy.dsn, replica_lag_seconds=60)
    opened = app.House(rules)
    await opened.open()
    assert opened.worker is not None
    await opened.worker.stop()
    try:
        yield Counter(opened)
    finally:
        await opened.close()


def stranger() -> Caller:
    return Caller("api", Who(visitor="stranger", address="127.0.0.1"))


async def plans(counter: Counter) -> int:
    view = await counter.hall.glance(stranger(), "tariff.plan")
    return len(view.question["options"]) if view.question else 0


def minor(said: dict) -> int:  # type: ignore[type-arg]
    return next(int(item["raw"]["minor"]) for item in said["facts"] if item["kind"] == "money")


def reads() -> float:
    return float(telemetry.REPLICA_READS.labels("replica")._value.get())
