"""What is too old is thrown away, and nothing that still counts."""

from datetime import timedelta

import pytest

from onehall.kernel.identity import Who, ask_code, check_code, staff
from onehall.kernel.identity.gate import Gate
from onehall.kernel.identity.sweep import sweep
from onehall.kernel.ids import new_id
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store

TABLES = ("one_time_code", "code_quota", "login_tries", "session")


async def counts(store: Store) -> list[int]:
    async with store.edge(0) as tx:
        return [(await tx.read(f"SELECT count(*) FROM {table}"))[0][0] for table in TABLES]


async def test_each_table_is_swept_after_its_time(store: Store) -> None:
    await Gate(store).log_in(Who(), new_id(3, store.clock.now()))
    await ask_code(store, "13800138000")
    with pytest.raises(Refusal):
        await staff.check(store, "nobody", "x", "0")
    found = []
    for step in (timedelta(0), timedelta(hours=1, minutes=6), timedelta(hours=1), timedelta(days=1), timedelta(days=90)):
        store.clock.move(step)
        await sweep(store)
        found.append(await counts(store))
    assert found == [[1, 1, 1, 1], [0, 1, 1, 1], [0, 0, 1, 1], [0, 0, 0, 1], [0, 0, 0, 0]]


async def test_sweeping_gives_no_second_chance(store: Store) -> None:
    await ask_code(store, "13800138000")
    for _ in range(5):
        with pytest.raises(Refusal):
            await check_code(store, "13800138000", "x")
    await sweep(store)
    with pytest.raises(Refusal) as no:
        await ask_code(store, "13800138000")
    assert no.value.code == "otp.wait"
    assert (await counts(store))[:2] == [1, 1]
