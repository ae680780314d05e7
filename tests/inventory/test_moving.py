"""A line gets another number, or another owner: what is told, and what follows where numbers and SIMs live."""

from datetime import timedelta
from typing import Any

import pytest

from onehall.domains import inventory
from onehall.domains.inventory import rules
from onehall.kernel.identity.names import party_of
from onehall.kernel.ids import home_of
from onehall.kernel.money import money
from onehall.kernel.refusals import Refusal
from tests.inventory.ground import CARD, NUMBER, PACK, PLAN, Shop

ACTIONS = inventory.actions
NEW = "18600002468"


async def login(shop: Shop, number: str) -> str | None:
    async with shop.store.edge(0) as tx:
        return await party_of(tx, "phone", number)


async def read(shop: Shop, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    async with shop.store.edge(0) as tx:
        return [tuple(row.values()) for row in await tx.read(sql, *values)]


async def test_a_line_takes_another_number_and_the_old_one_rests(shop: Shop) -> None:
    line = await shop.line(await shop.person())
    await shop.stock(NEW)
    async with shop.store.edge(line.id) as tx:
        await ACTIONS.change_number(tx, line, NEW, "t", inventory.Terms(12, money(200), money(29), 12))
    await shop.work()
    now = await shop.now(line)
    assert (now.id, now.number, now.min_spend, now.lock_months) == (line.id, NEW, money(29), 12)
    assert now.lock_until is not None and now.lock_until > shop.store.clock.now() + timedelta(days=364)
    assert (await shop.number(NEW)).line == line.id and (await shop.number(NUMBER)).state == "resting"
    assert (await login(shop, NEW), await login(shop, NUMBER)) == (line.party, None)
    [fact] = await shop.facts("number_changed")
    assert (fact["line"], fact["number"], fact["before"]) == (line.id, NEW, NUMBER)
    async with shop.store.edge(line.id) as tx:
        with pytest.raises(Refusal, match="number.locked"):
            await ACTIONS.change_number(tx, now, NUMBER, "t")


async def test_a_number_that_went_to_somebody_else_changes_nothing(shop: Shop) -> None:
    person = await shop.person()
    line = await shop.line(person)
    await shop.line(person, NEW)
    async with shop.store.edge(line.id) as tx:
        with pytest.raises(Refusal, match="number.same"):
            await ACTIONS.change_number(tx, line, NUMBER, "t")
        await ACTIONS.change_number(tx, line, NEW, "t")
    await shop.work()
    assert await shop.now(line) == line and await login(shop, NUMBER) == person
    assert await shop.facts("number_changed") == []
    assert [fact["wanted"] for fact in await shop.facts("number_not_changed")] == [NEW]


async def test_a_line_goes_to_another_owner_with_number_sim_packs_and_contract(shop: Shop) -> None:
    async with shop.store.edge(0) as tx:
        await ACTIONS.stock_sims(tx, [inventory.SimRow(CARD)])
    old = await shop.person()
    line = await shop.line(old, iccid=CARD)
    async with shop.store.edge(0) as tx:
        await tx.write("UPDATE sim SET state = 'active', line = $1 WHERE iccid = $2", line.id, CARD)
    async with shop.store.edge(line.id) as tx:
        await ACTIONS.add_pack(tx, line, PACK)
    async with shop.store.edge(99) as tx:
        new = tx.new_id()
    async with shop.store.edge(line.id) as tx:
        becomes = await ACTIONS.hand_over_line(tx, line, new)
    await shop.work()
    ended = await shop.now(line)
    async with shop.store.edge(new) as tx:
        now = await inventory.queries.line(tx, becomes)
        packs = await inventory.queries.packs_of(tx, now)
        assert await inventory.queries.line_of_number(tx, NUMBER) == now
    assert (ended.status, ended.ended is not None) == ("terminated", True)
    assert (now.home, now.party, now.status, now.number, now.account) == (home_of(new), new, "active", NUMBER, None)
    assert (now.activated, now.contract_until, now.offering) == (line.activated, line.contract_until, PLAN.id)
    assert [(pack.home, pack.party, pack.line, pack.offering, pack.status) for pack in packs] == [
        (home_of(new), new, becomes, PACK.id, "active")
    ]
    assert (await shop.number(NUMBER)).line == becomes and (await shop.number(NUMBER)).state == "sold"
    assert await read(shop, "SELECT state, line FROM sim WHERE iccid = $1", CARD) == [("active", becomes)]
    assert await login(shop, NUMBER) == new
    [fact] = await shop.facts("owner_changed")
    assert (fact["party"], fact["to"], fact["line"], fact["becomes"]) == (old, new, line.id, becomes)
    assert [fact["before"] for fact in await shop.facts("line_received")] == [line.id]
    assert await shop.facts("line_terminated") == []


async def test_a_line_is_not_given_to_its_owner_nor_while_it_is_locked(shop: Shop) -> None:
    line = await shop.line(await shop.person())
    async with shop.store.edge(line.id) as tx:
        with pytest.raises(Refusal, match="owner.same"):
            await ACTIONS.hand_over_line(tx, line, line.party)
        rules.check_may_hand_over(line, tx.new_id(), tx.now)
        rules.check_may_renumber(line, NEW, tx.now)
        await ACTIONS.suspend_line(tx, line, "arrears")
    async with shop.store.edge(line.id) as tx:
        with pytest.raises(Refusal, match="line.status"):
            await ACTIONS.hand_over_line(tx, line, tx.new_id())
        await tx.write("UPDATE product SET status = 'active', lock_until = $2 WHERE id = $1", line.id, tx.now + timedelta(days=1))
        with pytest.raises(Refusal, match="number.locked"):
            await ACTIONS.hand_over_line(tx, line, tx.new_id())
    assert await shop.facts("owner_changed") == []
