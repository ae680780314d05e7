"""Visits: written a batch at a time, none lost while the database is away, none held up by one that cannot be written."""

import pytest

from onehall.kernel import visits
from onehall.kernel.events import Origin
from onehall.kernel.ids import home_of, new_id
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store
from onehall.kernel.visits import Visited, Visits

VISITED = "SELECT home, function, key, party, channel FROM event WHERE type = 'function.visited'"


async def written(store: Store) -> list[tuple[object, ...]]:
    async with store.edge(0) as tx:
        return [tuple(row) for row in await tx.read(VISITED)]


async def test_more_visits_than_a_batch_are_all_written_at_the_stop(store: Store) -> None:
    seen, party = Visits(store), new_id(9, store.clock.now())
    for _visit in range(visits.BATCH_MAX + 1):
        seen.count(store.clock.now(), Visited("help"), Origin(channel="web", party=party, function="help"))
    await seen.start()
    await seen.stop()
    assert await written(store) == [(home_of(party), "help", "help", party, "web")] * (visits.BATCH_MAX + 1)


async def test_while_the_database_is_away_visits_wait(store: Store) -> None:
    seen = Visits(store)
    seen.count(store.clock.now(), Visited("help"), Origin(channel="web"))
    store.pool.terminate()
    with pytest.raises(Refusal, match="unavailable"):
        await seen.write()
    await store.open()
    await seen.write()
    assert (len(await written(store)), seen.waiting, seen.lost) == (1, [], 0)


async def test_one_that_cannot_be_written_holds_up_no_other(store: Store) -> None:
    seen = Visits(store)
    seen.count(store.clock.now(), Visited("help"), Origin(channel="a\0b"))
    await seen.write()
    seen.count(store.clock.now(), Visited("help"), Origin(channel="web"))
    await seen.write()
    assert ([row[-1] for row in await written(store)], seen.waiting, seen.lost) == (["web"], [], 1)


async def test_no_more_than_so_many_wait(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "WAITING_MAX", 2)
    seen = Visits(store)
    for _visit in range(3):
        seen.count(store.clock.now(), Visited("help"), Origin(channel="web"))
    assert (len(seen.waiting), seen.lost) == (2, 1)
