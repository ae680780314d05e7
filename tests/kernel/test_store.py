"""The edge: one transaction, begun by its first write, undone by what is raised, tried again when asked."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from onehall.kernel.ids import home_of, new_id
from onehall.kernel.refusals import Refusal, forbidden
from onehall.kernel.store import Store, Tx, counting, migrate
from onehall.kernel.store.migrate import statements
from tests.kernel.working import INSERT, KINDS, kinds, put


@pytest.fixture
async def small(database: str) -> AsyncIterator[Store]:
    """A store of two connections."""
    opened = await Store(database, pool_size=2).open()
    yield opened
    await opened.close()


async def test_what_is_done_inside_is_committed_together(store: Store) -> None:
    async with store.edge(5) as tx:
        await put(tx, "a")
        await put(tx, "b")
        assert await kinds(store) == []
    assert await kinds(store) == ["a", "b"]


async def test_what_is_raised_inside_undoes_all_of_it(store: Store) -> None:
    with pytest.raises(Refusal):
        async with store.edge(5) as tx:
            await put(tx, "a")
            tx.later("b", {})
            raise forbidden()
    assert await kinds(store) == []


async def test_undoing_leaves_the_edge_nothing_to_commit(store: Store) -> None:
    async with store.edge(5) as tx:
        await put(tx, "a")
        tx.later("b", {})
        await tx.undo()
        await put(tx, "c")
    assert await kinds(store) == ["c"]


async def test_reading_is_one_round_trip_with_no_transaction(store: Store) -> None:
    with counting() as sent:
        async with store.edge(5) as tx:
            await tx.read(KINDS)
            [row] = await tx.read("SELECT pg_current_xact_id_if_assigned() AS xact, now() < clock_timestamp() AS open")
    assert len(sent) == 2
    assert row["xact"] is None


async def test_facts_and_jobs_of_one_transaction_are_one_statement(store: Store) -> None:
    with counting() as sent:
        async with store.edge(5) as tx:
            for n in range(50):
                tx.later("a", {"n": n})
    assert len(sent) == 1
    assert len(await kinds(store)) == 50


async def test_counting_counts_only_its_own_context(store: Store) -> None:
    async def elsewhere() -> None:
        with counting() as sent:
            await kinds(store)
            await kinds(store)
        assert len(sent) == 2

    with counting() as mine:
        await asyncio.gather(kinds(store), asyncio.create_task(elsewhere()))
    assert len(mine) == 1


async def test_a_transaction_knows_its_home_and_time(store: Store) -> None:
    id_ = new_id(77, store.clock.now())
    async with store.edge(id_) as tx:
        assert (tx.home, home_of(tx.new_id()), tx.now.tzinfo) == (77, 77, UTC)
        made = [tx.new_id() for _ in range(100)]
    assert made == sorted(made)
    async with store.edge() as tx:
        assert 0 <= tx.home < 4096


async def test_json_goes_in_and_comes_out_as_it_is(store: Store) -> None:
    body = {"号": ["码", 1, None, True], "at": "2026-01-01", "big": 2**53 + 1}
    async with store.edge(5) as tx:
        await put(tx, "a", body)
    async with store.edge(5) as tx:
        row = await tx.read_one("SELECT body FROM job")
    assert row is not None and row["body"] == body


async def test_two_that_block_one_another_both_get_through(store: Store) -> None:
    async with store.edge(5) as tx:
        for name in ("a", "b"):
            await tx.write(INSERT, 5, name, name, {}, tx.now)
    runs = []

    def swap(first: str, second: str) -> Any:
        async def work(tx: Tx) -> None:
            runs.append(first)
            for name in (first, second):
                await tx.write("UPDATE job SET tries = tries + 1 WHERE home = 5 AND id = $1", name)
                await asyncio.sleep(0.05)

        return work

    await asyncio.gather(store.run(5, swap("a", "b")), store.run(5, swap("b", "a")))
    async with store.edge(5) as tx:
        assert [row["tries"] for row in await tx.read("SELECT tries FROM job")] == [2, 2]
    assert len(runs) == 3  # one of the two was undone and done again


async def test_what_the_database_asks_for_again_is_tried_four_times(store: Store) -> None:
    runs = []

    async def work(tx: Tx) -> None:
        runs.append(1)
        raise asyncpg.SerializationError("again")

    with pytest.raises(asyncpg.SerializationError):
        await store.run(5, work)
    assert len(runs) == 4


async def test_a_bug_is_not_tried_again(store: Store) -> None:
    runs = []

    async def work(tx: Tx) -> None:
        runs.append(1)
        raise ValueError

    with pytest.raises(ValueError):
        await store.run(5, work)
    assert runs == [1]


async def test_a_broken_connection_is_a_refusal_and_the_next_one_is_whole(store: Store) -> None:
    with pytest.raises(Refusal) as no:
        async with store.edge(5) as tx:
            await put(tx, "a")
            row = await tx.read_one("SELECT pg_backend_pid() AS pid")
            assert row is not None
            async with store.edge(5) as other:
                await other.read("SELECT pg_terminate_backend($1)", row["pid"])
            await asyncio.sleep(0.05)
            await put(tx, "b")
    assert (no.value.code, no.value.status) == ("unavailable", 503)
    assert await kinds(store) == []


async def test_a_database_that_is_not_there_is_told_when_opening() -> None:
    with pytest.raises(OSError):
        await Store("postgresql://127.0.0.1:1/none").open()


async def test_no_connection_is_lost_by_those_who_fail(small: Store) -> None:
    async def fail() -> None:
        async with small.edge(5) as tx:
            await put(tx, "a")
            raise forbidden()

    await asyncio.gather(*(fail() for _ in range(40)), return_exceptions=True)
    assert await kinds(small) == []
    assert small.pool.get_idle_size() == small.pool.get_size()


async def test_no_session_state_is_left_behind(small: Store) -> None:
    for _ in range(6):
        async with small.edge(5) as tx:
            [row] = await tx.read("SELECT current_setting('search_path') AS path, current_setting('timezone') AS zone")
        assert (row["path"], row["zone"]) == ("onehall", "UTC")


async def test_migrating_twice_and_at_once_does_it_once(database: str) -> None:
    assert await asyncio.gather(*(migrate(database) for _ in range(4))) == [0, 0, 0, 0]


async def test_many_who_find_a_bare_database_migrate_it_once(database: str) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute("DROP SCHEMA onehall CASCADE")
    await connection.close()
    done = await asyncio.gather(*(migrate(database) for _ in range(4)), return_exceptions=True)
    counts = sorted(count for count in done if isinstance(count, int))
    assert len(counts) == 4 and counts[:3] == [0, 0, 0] and counts[3] > 0, done


def test_a_migration_is_cut_at_the_ends_of_statements() -> None:
    text = "-- why\nCREATE TABLE a (\n  x text -- ; not here\n);\n\nINSERT INTO a VALUES ('x;y');\n"
    assert statements(text) == ["CREATE TABLE a (\n  x text -- ; not here\n)", "INSERT INTO a VALUES ('x;y')"]


def test_the_epoch_of_leases_is_in_the_past() -> None:
    from onehall.kernel.store.leaving import EPOCH

    assert EPOCH < datetime.now(UTC)


async def test_two_last_statements_for_one_row_are_refused(store: Store) -> None:
    """Of two parts of one statement that change one row only one would count."""
    sql = "UPDATE job SET tries = $3 WHERE home = $1 AND id = $2"
    with pytest.raises(RuntimeError, match="two last statements"):
        async with store.edge(7) as tx:
            tx.write_later(sql, 7, "a", 1)
            tx.write_later(sql, 7, "a", 2)
    async with store.edge(7) as tx:
        tx.write_later(sql, 7, "a", 1)
        tx.write_later(sql, 7, "b", 2)  # neither is there, and neither must be


async def test_statements_stay_prepared(database: str) -> None:
    """What a connection has prepared is not parsed and planned again, also where many different ones are sent."""
    store = await Store(database, pool_size=1).open()
    try:
        async with store.edge(0) as tx:
            for number in range(300):
                await tx.read(f"SELECT {number} AS kept")
            assert (await tx.read("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%AS kept'"))[0][0] == 300
    finally:
        await store.close()
