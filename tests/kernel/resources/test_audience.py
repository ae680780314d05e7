"""Who has no listener leaves no work for one; who has just got one is heard at once."""

from collections.abc import AsyncIterator

import pytest

from onehall.kernel.clock import MovableClock
from onehall.kernel.resources import audience
from onehall.kernel.resources.audience import Audience
from onehall.kernel.resources.changes import changed
from onehall.kernel.store import Store
from tests.kernel.resources import library
from tests.kernel.resources.conftest import Api

HUB = f"/tmf-api/{library.API}/v4/hub"
LEFT = "SELECT count(*) AS count FROM job WHERE kind = 'resources.changed'"


@pytest.fixture
async def known(store: Store) -> AsyncIterator[Audience]:
    """A process that knows who listens."""
    knows = Audience(store)
    await knows.start()
    yield knows
    await knows.stop()


async def left(store: Store) -> int:
    async with store.edge(0) as tx:
        [row] = await tx.read(LEFT)
    return int(row["count"])


async def change(store: Store, name: str) -> None:
    async with store.edge(7) as tx:
        changed(tx, (library.API, "book"), name, "create")


async def test_without_a_listener_no_work_is_left_but_the_fact_is_told(store: Store, known: Audience) -> None:
    await change(store, "one")
    assert await left(store) == 0
    async with store.edge(0) as tx:
        [row] = await tx.read("SELECT body FROM event WHERE type = 'resource.changed'")
    assert row["body"]["what"] == "book/one"


async def test_a_listener_hears_what_changes_right_after_its_registration(api: Api, store: Store, known: Audience) -> None:
    made = await api.post(HUB, {"callback": "http://127.0.0.1:9/hear"})
    assert made.status_code == 201, made.text
    await audience.learn(store)
    await change(store, "one")
    assert await left(store) == 1


async def test_a_process_that_does_not_know_leaves_the_work(store: Store) -> None:
    await change(store, "one")
    assert await left(store) == 1


async def test_what_was_read_too_long_ago_is_not_believed(store: Store, known: Audience) -> None:
    known.read_at -= audience.BELIEVED_SECONDS
    await change(store, "one")
    assert await left(store) == 1


async def test_a_listener_of_another_process_is_known_when_its_registration_is_answered(store: Store) -> None:
    """The other process has a store of its own over the same database; the answer waits until it has read again."""
    other = await Store(store.dsn, clock=MovableClock(), pool_size=2).open()
    here, there = Audience(store, alone=False), Audience(other, alone=False)
    try:
        await here.start()
        await there.start()
        async with store.edge(0) as tx:
            sql = "INSERT INTO hub (id, api, callback, query, owner, secret, at) VALUES ($1, $2, 'http://127.0.0.1:9', '', 'p', 's', $3)"
            await tx.write(sql, tx.new_id(), library.API, tx.now)
        await audience.learn(store)
        assert not audience.nobody_hears(other, library.API)
    finally:
        await here.stop()
        await there.stop()
        await other.close()
