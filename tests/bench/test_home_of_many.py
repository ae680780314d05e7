"""What a customer looks at reads their own rows, however many customers live in their home."""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest

from onehall.bench import lives
from onehall.kernel.functions import FUNCTIONS
from onehall.kernel.store import Store
from onehall.kernel.store.statements import watching
from tests.ground import counter as counters
from tests.ground import database as databases

LIVES, PAGES_MAX = 300, 120
READS, WRITES = re.compile(r"\s*(--[^\n]*\s)*(SELECT|WITH)\b"), re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM)\b")
pytestmark = pytest.mark.slow
_made: dict[str, lives.Filled] = {}


async def _fill(dsn: str) -> None:
    store = await Store(dsn, pool_size=4).open()
    homes, lives.HOMES = lives.HOMES, 1  # all of them in one home, as where a million live in 4,096
    try:
        _made["filled"] = await lives.fill(store, databases.SECRET, LIVES, 3_000, 3_000, lambda line: None)
    finally:
        lives.HOMES = homes
        await store.close()


@pytest.fixture
def crowded_dsn(plain_template: str) -> Iterator[str]:
    """The DSN of a database with one home of many."""
    source = databases.template(f"crowded_{os.getpid()}", _fill, source=plain_template)
    name = f"t_crowded_{os.getpid()}"
    databases.clone(source, name)
    yield databases.server().dsn(name)
    databases.drop(name)


async def _pages(store: Store, sql: str, values: tuple[Any, ...]) -> int:
    """How many pages PostgreSQL reads for a statement, with a plan made for any values."""
    async with store.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        plan = "\n".join(row[0] for row in await connection.fetch("EXPLAIN (ANALYZE, BUFFERS, SUMMARY OFF, TIMING OFF) " + sql, *values))
    found = re.search(r"Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?", plan.partition("Planning:")[0])
    return sum(int(pages or 0) for pages in found.groups()) if found else 0


async def test_a_look_reads_no_more_where_many_live(crowded_dsn: str) -> None:
    """Every function that only looks and asks nothing, and what is asked first of the others."""
    sent: dict[tuple[str, str], tuple[Any, ...]] = {}
    async with counters.opened(crowded_dsn) as counter:
        me = counter.customer(_made["filled"].drawn[0].party)
        for name in sorted(name for name, function in FUNCTIONS.items() if not function.for_staff and "api" not in function.but):
            with watching(lambda sql, values, name=name: sent.setdefault((name, sql), values)):
                try:
                    await counter.hall.start(me, name)
                except Exception as refusal:  # one that is not for customers is refused, and reads nothing
                    assert "Refusal" in type(refusal).__name__, name
        reads = {key: values for key, values in sent.items() if READS.match(key[1]) and not WRITES.search(key[1])}
        assert len(reads) > 60
        pages = {key: await _pages(counter.store, key[1], values) for key, values in reads.items()}
    worst = {f"{name}: {sql[:200]}": many for (name, sql), many in pages.items() if many > PAGES_MAX}
    assert worst == {}
