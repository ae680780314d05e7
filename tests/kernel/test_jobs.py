"""The worker: what is left to do is done at least once, in order per lane, and given up after a limit."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from onehall.kernel import jobs
from onehall.kernel.events import NOBODY, Fact, Origin, on
from onehall.kernel.jobs import Later, backoff
from onehall.kernel.refusals import forbidden
from onehall.kernel.store import Store, Tx
from onehall.kernel.worker import Worker, dead_letters, discard, revive
from tests.kernel.working import leave, note, noted, rows

pytestmark = pytest.mark.usefixtures("kinds")


async def test_work_is_done_once_and_its_row_goes_in_the_same_transaction(store: Store) -> None:
    @jobs.job("t.note")
    async def work_(tx: Tx, body: dict[str, Any]) -> None:
        await note(tx, body["word"])

    await leave(store, "t.note", body={"word": "a"})
    assert await Worker(store).drain() == 1
    assert await noted(store) == [(7, "a")]
    assert await rows(store) == []
    assert await Worker(store).drain() == 0


async def test_work_is_not_done_before_it_is_due(store: Store) -> None:
    @jobs.job("t.note")
    async def work_(tx: Tx, body: dict[str, Any]) -> None:
        await note(tx, "late")

    async with store.edge(7) as tx:
        tx.later("t.note", {}, due=tx.now + timedelta(minutes=5))
    await Worker(store).drain()
    assert await noted(store) == []
    store.clock.move(timedelta(minutes=5))
    await Worker(store).drain()
    assert await noted(store) == [(7, "late")]


async def test_the_same_work_left_twice_with_one_name_is_there_once(store: Store) -> None:
    await leave(store, "t.none", once="bill 4")
    await leave(store, "t.none", once="bill 4")
    await leave(store, "t.none", once="bill 5")
    assert len(await rows(store)) == 2


async def test_a_failure_undoes_the_work_and_is_tried_again_later(store: Store) -> None:
    tried = []

    @jobs.job("t.fails.once")
    async def work_(tx: Tx, body: dict[str, Any]) -> None:
        await note(tx, "half")
        tried.append(tx.now)
        if len(tried) == 1:
            raise Later("not now")

    await leave(store, "t.fails.once")
    await Worker(store).drain()
    [row] = await rows(store)
    assert (row["tries"], row["state"], row["error"]) == (1, "ready", "Later: not now")
    assert await noted(store) == []
    store.clock.move(backoff(1) + timedelta(seconds=1))
    await Worker(store).drain()
    assert await noted(store) == [(7, "half")]
    assert len(tried) == 2


async def test_after_the_last_try_it_is_a_dead_letter_and_the_loss_is_told_with_it(store: Store) -> None:
    async def given_up(tx: Tx, body: dict[str, Any], error: str) -> None:
        await note(tx, f"gave up {body['n']}: {error}")

    @jobs.job("t.never", tries_max=2, given_up=given_up)
    async def work_(tx: Tx, body: dict[str, Any]) -> None:
        raise RuntimeError("broken")

    id_ = await leave(store, "t.never", body={"n": 3})
    await Worker(store).drain()
    store.clock.move(timedelta(minutes=1))
    await Worker(store).drain()
    async with store.edge(0) as tx:
        [dead] = await dead_letters(tx)
    assert (dead["id"], dead["kind"], dead["tries"], dead["error"]) == (id_, "t.never", 2, "RuntimeError: broken")
    assert await noted(store) == [(7, "gave up 3: RuntimeError: broken")]
    store.clock.move(timedelta(days=1))
    assert await Worker(store).drain() == 0


async def test_a_no_is_given_up_at_once(store: Store) -> None:
    @jobs.job("t.no")
    async def work_(tx: Tx, body: dict[str, Any]) -> None:
        raise forbidden()

    await leave(store, "t.no")
    await Worker(store).drain()
    [row] = await rows(store)
    assert (row["state"], row["tries"], row["error"]) == ("dead", 1, "Refusal: forbidden: You may not do this.")


async def test_a_kind_that_nobody_knows_is_put_off_not_lost(store: Store) -> None:
    await leave(store, "t.unheard.of")
    await Worker(store).drain()
    [row] = await rows(store)
    assert (row["state"], row["error"]) == ("ready", "LookupError: nobody here does t.unheard.of")


async def test_giving_up_that_fails_itself_still_leaves_a_dead_letter(store: Store) -> None:
    async def given_up(tx: Tx, body: dict[str, Any], error: str) -> None:
        await note(tx, "undone")
        raise ValueError("worse")

    @jobs.job("t.no", given_up=given_up)
    async def work_(tx: Tx, body: dict[str, Any]) -> None:
        raise forbidden()

    await leave(store, "t.no")
    await Worker(store).drain()
    [row] = await rows(store)
    assert row["state"] == "dead"
    assert row["error"].endswith("giving up failed: ValueError: worse")
    assert await noted(store) == []


async def test_a_dead_letter_is_revived_with_all_its_tries_or_discarded(store: Store) -> None:
    well = []

    @jobs.job("t.ill")
    async def work_(tx: Tx, body: dict[str, Any]) -> None:
        if not well:
            raise forbidden()
        await note(tx, "well")

    first, second = await leave(store, "t.ill"), await leave(store, "t.ill")
    await Worker(store).drain()
    well.append(True)
    async with store.edge(first) as tx:
        assert await revive(tx, first) is True
        assert await discard(tx, second) is True
        assert await revive(tx, second) is False
    async with store.edge(first) as tx:
        assert await discard(tx, first) is False  # it is alive again
    assert [(row["state"], row["tries"]) for row in await rows(store)] == [("ready", 0)]
    await Worker(store).drain()
    assert await noted(store) == [(7, "well")]
    assert await rows(store) == []


async def test_a_lane_keeps_its_order_even_when_its_first_is_put_off(store: Store) -> None:
    tried = []

    @jobs.job("t.lane")
    async def work_(tx: Tx, body: dict[str, Any]) -> None:
        tried.append(body["n"])
        if tried.count(1) == 1 and body["n"] == 1:
            raise Later
        await note(tx, str(body["n"]))

    async with store.edge(7) as tx:
        for n in (1, 2, 3):
            tx.later("t.lane", {"n": n}, lane="a")
        tx.later("t.lane", {"n": 9}, lane="b")
    await Worker(store).drain()
    assert sorted(await noted(store)) == [(7, "9")]
    store.clock.move(timedelta(seconds=3))
    await Worker(store).drain()
    assert [n for n in tried if n != 9] == [1, 1, 2, 3]
    assert sorted(n for _, n in await noted(store)) == ["1", "2", "3", "9"]


async def test_a_dead_letter_no_longer_holds_up_its_lane(store: Store) -> None:
    @jobs.job("t.lane")
    async def work_(tx: Tx, body: dict[str, Any]) -> None:
        if body["n"] == 1:
            raise forbidden()
        await note(tx, str(body["n"]))

    async with store.edge(7) as tx:
        tx.later("t.lane", {"n": 1}, lane="a")
        tx.later("t.lane", {"n": 2}, lane="a")
    await Worker(store).drain()
    assert await noted(store) == [(7, "2")]


async def test_a_call_is_made_with_no_transaction_and_its_answer_ends_the_row(store: Store) -> None:
    @jobs.call("t.call")
    async def ask(world: Any, body: dict[str, Any]) -> Any:
        said = f"{world}:{body['n']}"

        async def answer(tx: Tx) -> None:
            await note(tx, said)

        return answer

    @jobs.call("t.silent")
    async def tell(world: Any, body: dict[str, Any]) -> None:
        return None

    await leave(store, "t.call", body={"n": 5})
    await leave(store, "t.silent")
    await Worker(store, "world").drain()
    assert await noted(store) == [(7, "world:5")]
    assert await rows(store) == []


async def test_a_call_that_does_not_answer_in_time_is_tried_again(store: Store) -> None:
    @jobs.call("t.hangs")
    async def ask(world: Any, body: dict[str, Any]) -> None:
        await asyncio.sleep(5)

    await leave(store, "t.hangs")
    await Worker(store, call_seconds=0.05).drain()
    [row] = await rows(store)
    assert (row["state"], row["tries"], row["error"]) == ("ready", 1, "no answer in time")


async def test_work_for_another_home_is_done_there(store: Store) -> None:
    @jobs.job("t.there")
    async def work_(tx: Tx, body: dict[str, Any]) -> None:
        await note(tx, "there")

    await leave(store, "t.there", home=7, works_in=11)
    await Worker(store).drain()
    assert await noted(store) == [(11, "there")]
    assert await rows(store) == []


class Rang(Fact, frozen=True, tag="t.rang"):
    bell: str
    times: int


async def test_a_reaction_hears_the_fact_typed_with_the_origin_of_its_teller(store: Store) -> None:
    heard: list[tuple[Rang, Origin, int]] = []

    @on(Rang)
    async def listen(tx: Tx, fact: Rang) -> None:
        heard.append((fact, tx.origin, tx.home))

    @on(Rang, home=lambda fact: 100 + fact.times)
    async def listen_there(tx: Tx, fact: Rang) -> None:
        heard.append((fact, tx.origin, tx.home))

    origin = Origin(channel="desk", staff="s1", journey="j1")
    async with store.edge(7, origin) as tx:
        tx.tell(Rang("big", 2))
    await Worker(store).drain()
    assert sorted(heard, key=lambda h: h[2]) == [(Rang("big", 2), origin, 7), (Rang("big", 2), origin, 102)]


async def test_facts_of_one_key_are_heard_in_the_order_they_were_told(store: Store) -> None:
    heard: list[int] = []

    @on(Rang)
    async def listen(tx: Tx, fact: Rang) -> None:
        heard.append(fact.times)

    async with store.edge(7) as tx:
        for n in range(40):
            tx.tell(Rang("big", n))
    await Worker(store).drain()
    assert heard == list(range(40))


async def test_what_only_time_brings_about_is_no_deed_of_the_staff(store: Store) -> None:
    async with store.edge(7, Origin("desk", "p1", "s1")) as tx:
        for due in (None, tx.now + timedelta(days=1)):
            tx.later("t.note", {}, due=due)
    origins = [row["body"]["origin"] for row in await rows(store)]
    assert origins == [{"channel": "desk", "party": "p1", "staff": "s1"}, {"channel": "desk", "party": "p1"}]


def test_waits_between_tries_double_up_to_ten_minutes() -> None:
    assert [backoff(n).total_seconds() for n in (1, 2, 3, 8, 9, 10, 50)] == [2, 4, 8, 256, 512, 600, 600]


def test_two_kinds_of_one_name_are_refused() -> None:
    @jobs.job("t.twice")
    async def one(tx: Tx, body: dict[str, Any]) -> None: ...

    with pytest.raises(ValueError, match="two kinds of work are called t.twice"):

        @jobs.job("t.twice")
        async def two(tx: Tx, body: dict[str, Any]) -> None: ...


def test_nobody_is_behind_a_transaction_unless_said() -> None:
    assert NOBODY == Origin()
