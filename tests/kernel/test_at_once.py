"""Work that is done in the transaction that wants it, and left for later when it goes wrong."""

from typing import Any

import pytest

from onehall.kernel import jobs
from onehall.kernel.at_once import at_once
from onehall.kernel.jobs import Later
from onehall.kernel.store import Store, Tx
from onehall.kernel.worker import Worker
from tests.kernel.working import note, noted, rows

pytestmark = pytest.mark.usefixtures("kinds")


async def wanted(store: Store, kind: str, word: str) -> None:
    async def work(tx: Tx) -> None:
        await note(tx, f"wanted {word}")
        await at_once(tx, kind, {"word": word})

    await store.run(7, work)


async def test_it_is_done_with_what_wants_it(store: Store) -> None:
    @jobs.job("t.well")
    async def work_(tx: Tx, body: dict[str, Any]) -> None:
        await note(tx, f"did {body['word']}")

    await wanted(store, "t.well", "a")
    assert sorted(await noted(store)) == [(7, "did a"), (7, "wanted a")]
    assert await rows(store) == []


async def test_what_goes_wrong_leaves_nothing_behind_and_is_left_for_later(store: Store) -> None:
    tries: list[str] = []

    @jobs.job("t.ill", tries_max=2)
    async def work_(tx: Tx, body: dict[str, Any]) -> None:
        tries.append(body["word"])
        await note(tx, f"half {body['word']}")
        if len(tries) < 3:
            raise Later("not now")

    await wanted(store, "t.ill", "b")
    assert await noted(store) == [(7, "wanted b")]  # once, and nothing of what went wrong
    [left] = await rows(store)
    assert (left["kind"], left["tries"]) == ("t.ill", 0)
    await Worker(store).drain()
    store.clock.move(jobs.backoff(1))
    await Worker(store).drain()
    assert (await noted(store), tries) == ([(7, "wanted b"), (7, "half b")], ["b", "b", "b"])
    assert await rows(store) == []


async def test_what_asks_the_world_is_left_for_later(store: Store) -> None:
    @jobs.call("t.world")
    async def ask(world: Any, body: dict[str, Any]) -> None:
        raise AssertionError("not in a transaction")

    await wanted(store, "t.world", "c")
    assert [row["kind"] for row in await rows(store)] == ["t.world"]
