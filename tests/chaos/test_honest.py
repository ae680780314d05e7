"""A house whose database cannot do its part says so: not now, with the reason; never that it was somebody's mistake."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest

from onehall.kernel.jobs import job
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store, Tx
from onehall.kernel.worker import Worker

NOT_NOW = {"53100": "disk full", "53200": "out of memory", "53300": "too many connections", "58030": "the disk fails", "57P01": "shut down"}


@pytest.mark.parametrize("code", NOT_NOW, ids=NOT_NOW.values())
async def test_what_the_database_lacks_is_a_not_now(store: Store, code: str) -> None:
    """And the next transaction works."""
    with pytest.raises(Refusal) as refused:
        async with store.edge(0) as tx:
            await tx.write(f"DO $$ BEGIN RAISE EXCEPTION 'as told' USING ERRCODE = '{code}'; END $$")
    assert (refused.value.status, refused.value.code) == (503, "unavailable")
    async with store.edge(0) as tx:
        assert (await tx.read("SELECT 1 AS one"))[0]["one"] == 1


async def test_a_database_whose_socket_is_not_there_is_a_not_now(database: str, tmp_path: Path) -> None:
    """As in the moment in which it is started again."""
    place, _mark, rest = database.partition("host=")[2].partition("&")
    way = tmp_path / "way"
    way.symlink_to(unquote(place))
    store = await Store(f"{database.partition('host=')[0]}host={quote(str(way), safe='')}&{rest}", pool_size=2).open()
    try:
        way.unlink()
        await store.pool.expire_connections()
        with pytest.raises(Refusal) as refused:
            async with store.edge(0) as tx:
                await tx.read("SELECT 1 AS one")
        assert refused.value.status == 503
    finally:
        store.pool.terminate()


FULL = [True]


@job("chaos.needs_the_disk")
async def needs_the_disk(tx: Tx, body: dict[str, Any]) -> None:
    if FULL[0]:
        await tx.write("DO $$ BEGIN RAISE EXCEPTION 'as told' USING ERRCODE = '53100'; END $$")


async def test_work_is_not_given_up_because_the_disk_was_full_for_long(store: Store) -> None:
    """Twelve tries, where eight are the most for what the world refuses; then there is room again."""
    async with store.edge(0) as tx:
        tx.later("chaos.needs_the_disk", {})
    worker = Worker(store)
    for _try in range(12):
        await worker.drain()
        store.clock.move(timedelta(minutes=11))
    async with store.edge(0) as tx:
        [left] = await tx.read("SELECT state, tries FROM job")
    assert (left["state"], left["tries"]) == ("ready", 12)
    FULL[0] = False
    await worker.drain()
    async with store.edge(0) as tx:
        assert await tx.read("SELECT state FROM job") == []
