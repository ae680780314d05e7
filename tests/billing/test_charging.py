"""Use that is charged while it happens: once each, never beyond what there is; calls in progress keep what they were promised."""

import asyncio
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from onehall.domains import billing
from onehall.domains.billing import Wanted
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store, Together
from onehall.kernel.worker import Worker
from onehall.ports import World
from tests.billing.lines import HOME, all_of, now, one, open_line, sound, use

act = billing.actions
NUMBER = "13800000001"


async def debit(store: Store, *uses: Any) -> list[Any]:
    """This will charge uses in one transaction."""
    return await store.run(HOME, lambda tx: act.debit(tx, uses))


async def reserve(store: Store, account: str, amount: str, key: str = "c1", **more: Any) -> Any:
    """This will set data aside."""
    wanted = Wanted(**({"key": key, "number": NUMBER, "kind": "data_mb", "amount": D(amount), "seconds": 600, "source": "test"} | more))
    return await store.run(HOME, lambda tx: act.reserve_units(tx, account, wanted))


async def commit(store: Store, reservation: str, amount: str) -> Any:
    """This will charge what a call has used."""
    return (await store.run(reservation, lambda tx: act.commit_units(tx, reservation, D(amount))))[1]


async def bucket(store: Store) -> list[tuple[Any, ...]]:
    """This will give used and reserved of every bucket."""
    return await all_of(store, "SELECT used, reserved FROM bucket ORDER BY id")


async def money(store: Store, account: str) -> tuple[int, int]:
    """This will give balance and what of it is reserved."""
    [found] = await all_of(store, "SELECT balance, reserved FROM billing_account WHERE id = $1", account)
    return found[0], found[1]


async def test_a_debit_takes_from_the_bucket_and_then_from_the_money(store: Store) -> None:
    account = await open_line(store, NUMBER, yuan=10)
    [first, second] = await debit(store, use(NUMBER, "1", "990", account, now(store)), use(NUMBER, "2", "30", account, now(store)))
    assert (first.units, first.from_buckets, first.money) == (990, 990, Money(0))
    assert (second.units, second.from_buckets, second.money) == (30, 10, Money(200))  # (30 - 10) MB * 10 fen
    assert (second.left_units, second.left_money) == (0, Money(800))
    assert await money(store, account) == (800, 0) and await sound(store)


async def test_a_prepaid_use_that_nothing_covers_is_refused_and_leaves_nothing(store: Store) -> None:
    account = await open_line(store, NUMBER, yuan=1)
    [ok, no, small] = await debit(
        store, use(NUMBER, "1", "1000", account, now(store, seconds=3)), use(NUMBER, "2", "11", account, now(store, seconds=2)),
        use(NUMBER, "3", "10", account, now(store)),
    )  # fmt: skip
    assert isinstance(no, Refusal) and (no.code, no.status) == ("balance.low", 402)
    assert (ok.from_buckets, small.money) == (1000, Money(100))
    assert await all_of(store, "SELECT record FROM usage ORDER BY record") == [("1",), ("3",)]
    assert await all_of(store, "SELECT sum(records), sum(minor) FROM usage_month") == [(2, 100)]
    assert await money(store, account) == (0, 0) and await one(store, "SELECT unbilled FROM billing_account") == 0 and await sound(store)


async def test_the_same_debit_is_charged_once_and_answered_alike(store: Store) -> None:
    account = await open_line(store, NUMBER, yuan=10)
    wanted = use(NUMBER, "1", "1010", account, now(store))
    [first], [again] = await debit(store, wanted), await debit(store, wanted)
    assert (first.state, again.state) == ("added", "known")
    assert (again.units, again.from_buckets, again.money) == (first.units, first.from_buckets, first.money) == (1010, 1000, Money(100))
    assert await money(store, account) == (900, 0)


async def test_debits_that_come_together_are_done_together(store: Store) -> None:
    account = await open_line(store, NUMBER, yuan=1)
    batches: list[int] = []

    async def work(tx: Any, items: Any) -> Any:
        batches.append(len(items))
        return await act.debit(tx, items)

    together: Together[Any, Any] = Together(store, work)
    uses = [use(NUMBER, str(place), "5.05", account, now(store)) for place in range(200)]  # each counts as 6 MB
    answers = await asyncio.gather(*(together.do(HOME, one) for one in uses), return_exceptions=True)
    charged = [one for one in answers if not isinstance(one, Exception)]
    assert len(charged) == 168 and len(batches) < 20  # 1000 MB in the bucket and 10 MB for one yuan: 168 * 6 = 1008
    assert sum(one.from_buckets for one in charged) == 1000 and sum(one.money.minor for one in charged) == 80
    assert {one.code for one in answers if isinstance(one, Refusal)} == {"balance.low"}
    assert await bucket(store) == [(1000, 0)] and await money(store, account) == (20, 0) and await sound(store)


async def test_together_one_bad_item_does_not_hurt_the_others_and_who_leaves_takes_his_item_along(store: Store) -> None:
    done: list[str] = []

    async def work(tx: Any, items: Any) -> Any:
        if "bad" in items:
            raise ValueError("bad")
        await asyncio.sleep(0.05)
        done.extend(items)
        return [Refusal("no", "no") if item == "no" else item for item in items]

    together: Together[str, str] = Together(store, work, waiting_max=5)
    first = asyncio.create_task(together.do(1, "first"))
    await asyncio.sleep(0.01)
    rest = [asyncio.create_task(together.do(1, name)) for name in ("a", "bad", "no", "gone", "b")]
    await asyncio.sleep(0)
    rest[3].cancel()
    with pytest.raises(Refusal) as full:
        await together.do(1, "too many")
    assert (full.value.code, full.value.status) == ("busy", 503)
    answers = await asyncio.gather(first, *rest, return_exceptions=True)
    kinds = [one if isinstance(one, str) else type(one).__name__ for one in answers[:4]]
    assert kinds == ["first", "a", "ValueError", "Refusal"]
    assert isinstance(answers[4], asyncio.CancelledError) and answers[5] == "b"
    assert sorted(done) == ["a", "b", "first", "no"]


async def test_a_call_keeps_what_it_was_promised_and_frees_the_rest(store: Store) -> None:
    account = await open_line(store, NUMBER, yuan=10)
    held = await reserve(store, account, "1050")
    assert (held.granted, held.minor) == (1050, 500)  # 50 MB * 10 fen beyond the bucket
    assert await bucket(store) == [(0, 1000)] and await money(store, account) == (1000, 500)
    [no] = await debit(store, use(NUMBER, "1", "60", account, now(store)))
    assert isinstance(no, Refusal)
    outcome = await commit(store, held.id, "1020")
    assert outcome.charged.minor == 200
    assert await bucket(store) == [(1000, 0)] and await money(store, account) == (800, 0) and await sound(store)


async def test_a_reservation_is_made_once_for_its_key_and_committed_once(store: Store) -> None:
    account = await open_line(store, NUMBER)
    first, again = await reserve(store, account, "10"), await reserve(store, account, "10")
    assert first == again and await bucket(store) == [(0, 10)]
    await commit(store, first.id, "7")
    assert (await commit(store, first.id, "7")).state == "known"
    assert await bucket(store) == [(7, 0)]
    assert await store.run(first.id, lambda tx: act.release_units(tx, first.id)) is False
    assert await bucket(store) == [(7, 0)]


async def test_a_released_call_is_over(store: Store) -> None:
    account = await open_line(store, NUMBER)
    held = await reserve(store, account, "10")
    assert await store.run(held.id, lambda tx: act.release_units(tx, held.id)) is True
    with pytest.raises(Refusal, match=r"reservation\.over"):
        await commit(store, held.id, "3")
    assert await bucket(store) == [(0, 0)] and await one(store, "SELECT count(*) FROM usage") == 0


async def test_a_reservation_lapses_and_a_late_commit_still_counts(store: Store) -> None:
    account = await open_line(store, NUMBER)
    held = await reserve(store, account, "10", seconds=60)
    store.clock.move(timedelta(seconds=61))
    await Worker(store, World()).drain()
    assert await bucket(store) == [(0, 0)] and await one(store, "SELECT status FROM reservation") == "expired"
    assert (await commit(store, held.id, "12")).state == "added"
    assert await bucket(store) == [(12, 0)] and await one(store, "SELECT status FROM reservation") == "committed"


async def test_where_money_does_not_reach_the_bucket_is_granted(store: Store) -> None:
    account = await open_line(store, NUMBER, yuan=1)
    held = await reserve(store, account, "1050")
    assert (held.granted, held.minor) == (1000, 0)
    with pytest.raises(Refusal, match=r"balance\.low"):
        await reserve(store, account, "11", "c2")
    assert await one(store, "SELECT count(*) FROM reservation") == 1 and await money(store, account) == (100, 0)


async def test_many_reservations_at_once_never_promise_more_than_there_is(store: Store) -> None:
    account = await open_line(store, NUMBER)
    found = await asyncio.gather(*(reserve(store, account, "30", f"c{place}") for place in range(50)), return_exceptions=True)
    held = [one for one in found if not isinstance(one, Exception)]
    assert sum(one.granted for one in held) == 1000 and len(held) == 34  # 33 * 30 + 10
    assert {one.code for one in found if isinstance(one, Refusal)} == {"balance.low"} and await bucket(store) == [(0, 1000)]
    await asyncio.gather(*(commit(store, one.id, str(one.granted)) for one in held))
    assert await bucket(store) == [(1000, 0)] and await sound(store)


async def test_what_cannot_be_priced_is_refused(store: Store) -> None:
    account = await open_line(store, NUMBER)
    with pytest.raises(Refusal, match=r"use\.unknown"):
        await reserve(store, account, "1", kind="video")
    with pytest.raises(Refusal, match=r"use\.amount"):
        await reserve(store, account, "0")
    [no] = await debit(store, use(NUMBER, "1", "1", account, now(store), kind="video"))
    assert (no.code, no.status) == ("use.unknown", 422) and await one(store, "SELECT count(*) FROM usage") == 0
