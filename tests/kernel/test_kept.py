"""Nouns that are kept to the end of a transaction and written once, and what is done alone."""

import pytest

from onehall.domains.party.events import SlotFreed
from onehall.kernel.store import Store, Tx, counting
from tests.kernel.working import kinds, put

TRIES = "UPDATE job SET tries = $3 + 1 WHERE home = $1 AND id = $2 AND tries = $3"
READ_TRIES = "SELECT id, tries FROM job WHERE home = $1"


async def test_a_noun_that_is_moved_twice_is_written_once_at_the_end_as_it_is_by_then(store: Store) -> None:
    async with store.edge(7) as tx:
        await put(tx, "a")
    with counting() as sent:
        async with store.edge(7) as tx:
            [row] = await tx.read(READ_TRIES, 7)
            tx.keep("job", row["id"], "moved once", TRIES, 7, row["id"], 0)
            tx.keep("job", row["id"], "moved twice", TRIES, 7, row["id"], 0)
            assert tx.held["job", row["id"]] == "moved twice"
            with pytest.raises(RuntimeError, match="two ways"):
                tx.keep("job", row["id"], "gone", "DELETE FROM job WHERE home = $1 AND id = $2", 7, row["id"])
    assert len(sent) == 2
    async with store.edge(7) as tx:
        assert (await tx.read(READ_TRIES, 7))[0]["tries"] == 1


async def test_a_noun_that_somebody_else_has_moved_is_moved_again_as_it_is_now(store: Store) -> None:
    async with store.edge(7) as tx:
        await put(tx, "a")
    seen = []

    async def move(tx: Tx) -> None:
        [row] = await tx.read(READ_TRIES, 7)
        seen.append(row["tries"])
        if len(seen) == 1:
            async with store.edge(7) as other:
                await other.write(TRIES, 7, row["id"], row["tries"])
        tx.keep("job", row["id"], None, TRIES, 7, row["id"], row["tries"])

    await store.run(7, move)
    assert seen == [0, 1]


async def test_what_is_read_back_is_written_out_before(store: Store) -> None:
    async with store.edge(7) as tx:
        await put(tx, "a")
        [row] = await tx.read(READ_TRIES, 7)
        tx.keep("job", row["id"], "moved", TRIES, 7, row["id"], 0)
        assert (await tx.read(READ_TRIES, 7))[0]["tries"] == 0
        await tx.write_out()
        assert (await tx.read(READ_TRIES, 7))[0]["tries"] == 1 and not tx.held
        async with store.edge(7) as other:
            assert await other.read(READ_TRIES, 7) == []


async def test_what_is_done_alone_is_one_statement_committed_at_once_and_tells_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError, match="one statement"):
        async with store.edge(7, alone=True) as tx:
            await put(tx, "a")
            assert await kinds(store) == ["a"]
            await put(tx, "b")
    with pytest.raises(RuntimeError, match="not done alone"):
        async with store.edge(7, alone=True) as tx:
            tx.tell(SlotFreed("line"))
    async with store.edge(7, alone=True) as tx:
        await tx.read(READ_TRIES, 7)
        await put(tx, "c")
        tx.later("d", {})
    assert await kinds(store) == ["a", "c", "d"]
