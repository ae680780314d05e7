"""Work that is left for later: found cheaply, taken away when it is not needed, left again under its name."""

from datetime import timedelta
from typing import Any

import pytest

from onehall.kernel import jobs
from onehall.kernel.store import Store, Tx, work
from onehall.kernel.worker import Worker
from tests.kernel.working import rows

pytestmark = pytest.mark.usefixtures("kinds")


async def test_a_claim_never_reads_all_the_work_of_a_home(store: Store) -> None:
    """Thousands of rows of a home are due much later; what is first in a lane is found past them, whatever the planner knows."""
    async with store.edge(7) as tx:
        for place in range(3000):
            tx.later("t.much_later", {}, due=tx.now + timedelta(days=7))
            tx.later("t.lane", {}, lane=f"lane {place % 40}") if place < 200 else None
    for know in ("SELECT 1", "ANALYZE job"):
        async with store.pool.acquire() as connection:
            await connection.execute(know)
            values = (store.clock.now(), "lease", store.clock.now() + timedelta(seconds=9), 16)
            plan = "\n".join(row[0] for row in await connection.fetch("EXPLAIN " + work._CLAIM, *values))
        assert "Index Scan using job_in_lane on job e" in plan, plan


async def test_what_is_not_needed_any_more_is_taken_away_with_what_made_it_so(store: Store) -> None:
    later = timedelta(days=7)
    async with store.edge(7) as tx:
        for once in ("a", "b"):
            tx.later("t.late", {"once": once}, due=tx.now + later, once=once)
    with pytest.raises(RuntimeError):
        async with store.edge(7) as tx:
            tx.no_more("t.late", "a")
            raise RuntimeError
    assert len(await rows(store)) == 2
    async with store.edge(7) as tx:
        tx.no_more("t.late", "a")
        tx.no_more("t.late", "never left")
        tx.later("t.late", {"once": "c"}, due=tx.now + later, once="c")
    assert sorted(row["body"]["once"] for row in await rows(store)) == ["b", "c"]


async def test_work_that_leaves_itself_again_under_its_name_is_there_again(store: Store) -> None:
    @jobs.job("t.again")
    async def work_(tx: Tx, body: dict[str, Any]) -> None:
        tx.no_more("t.again", "it")  # nothing: it ends itself
        tx.later("t.again", body, due=tx.now + timedelta(days=1), once="it")

    async with store.edge(7) as tx:
        tx.later("t.again", {}, once="it")
    assert await Worker(store).drain() == 1
    [row] = await rows(store)
    assert row["due"] > store.clock.now() + timedelta(hours=23) and row["lease"] is None
