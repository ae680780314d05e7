"""Allowances: what expires first is used first, never more than there is, once for each use."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onehall.domains import billing
from onehall.kernel.i18n import Named
from onehall.kernel.period import Period
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import counting
from tests.billing.bank import Books

act = billing.actions


async def grant(books: Books, account: str, total: int, days: int | None, of: str) -> None:
    """This will grant data for some days from now."""
    now = books.store.clock.now()
    period = Period(now, now + timedelta(days=days) if days else None)
    await books.do(7, act.grant, account, {"data_mb": total, "sms": 0}, period, of, name=Named({"en": of, "zh-CN": of}))


async def left(books: Books) -> dict[str, int]:
    """This will give what is left by offering."""
    return {row["of"]: row["rest"] for row in await books.rows("SELECT of, total - used AS rest FROM bucket ORDER BY of")}


async def test_what_expires_first_is_used_first_in_one_statement(books: Books) -> None:
    account = await books.account()
    for total, days, of in ((100, None, "ever"), (100, 30, "month"), (100, 3, "pack")):
        await grant(books, account.id, total, days, of)
    async with books.store.edge(7) as tx:
        with counting() as sent:
            taken = await act.use(tx, account.id, "data_mb", 150, "u1")
    assert (len(sent), taken.taken, taken.short) == (1, 150, 0)
    assert await left(books) == {"ever": 100, "month": 50, "pack": 0}


async def test_what_is_not_there_is_told_as_short(books: Books) -> None:
    account = await books.account()
    await grant(books, account.id, 100, 30, "month")
    taken = await books.do(7, act.use, account.id, "data_mb", 130, "u1")
    assert (taken.taken, taken.short) == (100, 30)
    assert (await books.do(7, act.use, account.id, "sms", 1, "u2")).short == 1


async def test_the_same_use_is_taken_once(books: Books) -> None:
    account = await books.account()
    await grant(books, account.id, 100, 30, "month")
    uses = await asyncio.gather(*(books.do(7, act.use, account.id, "data_mb", 10, "same") for _ in range(10)))
    assert sorted(use.fresh for use in uses) == [False] * 9 + [True]
    assert await left(books) == {"month": 90}


async def test_the_same_grant_is_given_once(books: Books) -> None:
    account = await books.account()
    now = books.store.clock.now()
    made = [await books.do(7, act.grant, account.id, {"data_mb": 5}, Period(now), "m", once="g") for _ in range(2)]
    assert (len(made[0]), made[1]) == (1, [])


async def test_after_its_time_it_is_neither_used_nor_shown(books: Books) -> None:
    account = await books.account()
    await grant(books, account.id, 100, 3, "pack")
    books.store.clock.move(timedelta(days=3, seconds=1))
    assert (await books.do(7, act.use, account.id, "data_mb", 1, "u")).short == 1
    assert account.party and await books.do(7, billing.queries.allowances, account.party) == [(None, [])]
    await books.settle()
    assert await books.rows("SELECT status FROM bucket") == [{"status": "expired"}]
    assert len(await books.rows("SELECT 1 FROM event WHERE type = 'billing.allowance_expired'")) == 1


async def test_a_dropped_pack_takes_its_allowance_along(books: Books) -> None:
    account = await books.account()
    await grant(books, account.id, 100, 3, "pack")
    await grant(books, account.id, 100, 30, "month")
    assert len(await books.do(7, act.withdraw_allowances, account.id, "pack")) == 1
    assert (await books.do(7, act.use, account.id, "data_mb", 150, "u")).taken == 100


async def test_nothing_is_no_use(books: Books) -> None:
    account = await books.account()
    with pytest.raises(Refusal, match="use.amount"):
        await books.do(7, act.use, account.id, "data_mb", 0, "u")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(totals=st.lists(st.integers(1, 500), min_size=1, max_size=5), uses=st.lists(st.integers(1, 300), min_size=1, max_size=12))
async def test_at_once_or_not_what_is_used_is_what_was_taken(books: Books, totals: list[int], uses: list[int]) -> None:
    account = await books.account()
    for place, total in enumerate(totals):
        await grant(books, account.id, total, place + 1, f"b{place}")
    taken = await asyncio.gather(
        *(books.do(7, act.use, account.id, "data_mb", amount, f"{account.id}:{place}") for place, amount in enumerate(uses))
    )
    [row] = await books.rows("SELECT sum(used)::bigint AS used FROM bucket WHERE account = $1", account.id)
    assert row["used"] == sum(one.taken for one in taken) == min(sum(totals), sum(uses))
