"""The life of a line, its plan, its packs, and what follows for number and login."""

from datetime import timedelta

import pytest

from onehall.domains import inventory
from onehall.kernel.identity.names import PHONE, party_of
from onehall.kernel.money import money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import counting
from tests.inventory.ground import CARD, NUMBER, OTHER, PACK, PLAN, Shop

ACTIONS = inventory.actions


async def login(shop: Shop, number: str) -> str | None:
    async with shop.store.edge(0) as tx:
        return await party_of(tx, PHONE, number)


async def test_a_line_is_created_in_one_statement_and_waits(shop: Shop) -> None:
    person = await shop.person()
    async with shop.store.edge(person) as tx:
        with counting() as sent:
            made = await ACTIONS.create_line(
                tx, party=person, number=NUMBER, offering=PLAN, unit="onehall.gd", terms=inventory.Terms(9, money(2400), money(200), 24)
            )
        assert len(sent) == 1
    line = await shop.now(made)
    assert line == made
    assert (line.status, line.activated, line.offering, line.price_id, line.fee, line.min_spend) == (
        "created",
        None,
        "p59",
        "p59-1",
        money(59),
        money(200),
    )
    assert [fact["number"] for fact in await shop.facts("line_created")] == [NUMBER]
    assert await login(shop, NUMBER) is None


async def test_activation_starts_contract_lock_and_login_and_is_safe_twice(shop: Shop) -> None:
    person = await shop.person()
    async with shop.store.edge(person) as tx:
        made = await ACTIONS.create_line(
            tx, party=person, number=NUMBER, offering=PLAN, terms=inventory.Terms(9, money(2400), money(200), 24)
        )
    async with shop.store.edge(person) as tx:
        line = await ACTIONS.activate_line(tx, made, CARD)
        again = await ACTIONS.activate_line(tx, made, CARD)
    await shop.work()
    assert again == line
    assert line.activated is not None and line.contract_until is not None and line.lock_until is not None
    assert (line.status, line.iccid, line.contract_until.year, line.lock_until.year) == (
        "active", CARD, line.activated.year + 1, line.activated.year + 2,
    )  # fmt: skip
    assert len(await shop.facts("line_activated")) == 1
    assert await login(shop, NUMBER) == person


async def test_a_number_given_to_another_is_the_others_login(shop: Shop) -> None:
    old, new = await shop.person(NUMBER), await shop.person("13900000002")
    assert await login(shop, NUMBER) == old
    await shop.line(new)
    assert await login(shop, NUMBER) == new


async def test_a_line_stands_still_until_no_reason_is_left(shop: Shop) -> None:
    line = await shop.line(await shop.person())
    async with shop.store.edge(line.id) as tx:
        await ACTIONS.suspend_line(tx, line, "loss")
        await ACTIONS.suspend_line(tx, line, "arrears")
        await ACTIONS.suspend_line(tx, line, "arrears")
    assert ((await shop.now(line)).status, (await shop.now(line)).suspended_why) == ("suspended", {"loss", "arrears"})
    async with shop.store.edge(line.id) as tx:
        await ACTIONS.restore_line(tx, line, "loss")
    still = await shop.now(line)
    assert (still.status, still.suspended_why) == ("suspended", {"arrears"})
    assert await shop.facts("line_restored") == []
    async with shop.store.edge(line.id) as tx:
        with pytest.raises(Refusal, match="line.other_reason"):
            await ACTIONS.restore_line(tx, line, "loss")
        await ACTIONS.restore_line(tx, line, "arrears")
    back = await shop.now(line)
    assert (back.status, back.suspended_why) == ("active", frozenset())
    assert [(fact["why"], fact["all_why"]) for fact in await shop.facts("line_suspended")] == [
        ("loss", ["loss"]),
        ("arrears", ["arrears", "loss"]),
    ]
    assert len(await shop.facts("line_restored")) == 1


async def test_a_line_that_does_not_work_cannot_be_suspended_or_restored(shop: Shop) -> None:
    line = await shop.line(await shop.person(), active=False)
    async with shop.store.edge(line.id) as tx:
        with pytest.raises(Refusal, match="lifecycle.step"):
            await ACTIONS.suspend_line(tx, line, "loss")
        with pytest.raises(Refusal, match="line.not_suspended"):
            await ACTIONS.restore_line(tx, line, "loss")
        with pytest.raises(Refusal, match="suspend.reason"):
            await ACTIONS.suspend_line(tx, line, "mood")
    assert await shop.now(line) == line
    assert await shop.facts("line_suspended") == []


async def test_the_end_of_a_line_takes_packs_login_and_number_along(shop: Shop) -> None:
    person = await shop.person()
    line = await shop.line(person)
    async with shop.store.edge(line.id) as tx:
        pack = await ACTIONS.add_pack(tx, line, PACK)
    async with shop.store.edge(line.id) as tx:
        await ACTIONS.terminate_line(tx, line, "request")
        await ACTIONS.terminate_line(tx, line, "request")
    await shop.work()
    ended = await shop.now(line)
    assert ended.status == "terminated" and ended.ended is not None
    async with shop.store.edge(line.id) as tx:
        assert (await inventory.queries.pack(tx, pack.id)).status == "terminated"
        assert await inventory.queries.lines_of(tx, person) == []
        assert await inventory.queries.lines_of(tx, person, ended=True) == [ended]
        with pytest.raises(Refusal, match="lifecycle.step"):
            await ACTIONS.add_pack(tx, line, PACK)
    assert await login(shop, NUMBER) is None
    assert (await shop.number(NUMBER)).state == "resting"
    assert len(await shop.facts("line_terminated")) == 1


async def test_a_line_that_never_worked_gives_its_number_back_at_once(shop: Shop) -> None:
    line = await shop.line(await shop.person(), active=False)
    async with shop.store.edge(line.id) as tx:
        await ACTIONS.terminate_line(tx, line, "", "aborted")
    await shop.work()
    assert ((await shop.now(line)).status, (await shop.number(NUMBER)).state) == ("aborted", "free")


async def free_line(shop: Shop) -> inventory.Line:
    """A line whose contract has run out."""
    line = await shop.line(await shop.person())
    shop.store.clock.move(timedelta(days=366))
    return line


async def test_a_plan_is_changed_now(shop: Shop) -> None:
    line = await free_line(shop)
    async with shop.store.edge(line.id) as tx:
        await ACTIONS.change_offering(tx, line, OTHER, "now")
    changed = await shop.now(line)
    assert (changed.offering, changed.price_id, changed.fee, changed.next_change) == ("p99", "p99-1", money(99), None)
    [fact] = await shop.facts("offering_changed")
    assert (fact["before"], fact["offering"]) == ("p59", "p99")


async def test_a_plan_is_changed_on_the_first_and_the_last_wish_counts(shop: Shop) -> None:
    line = await free_line(shop)
    async with shop.store.edge(line.id) as tx:
        await ACTIONS.change_offering(tx, line, PACK, "next_month")
    async with shop.store.edge(line.id) as tx:
        await ACTIONS.change_offering(tx, line, OTHER, "next_month")
    await shop.work()
    waiting = await shop.now(line)
    assert (waiting.offering, waiting.fee) == ("p59", money(59))
    assert waiting.next_change is not None and waiting.next_change.offering == "p99"
    shop.store.clock.move(waiting.next_change.at - shop.store.clock.now() + timedelta(seconds=1))
    await shop.work()
    changed = await shop.now(line)
    assert (changed.offering, changed.fee, changed.next_change) == ("p99", money(99), None)
    assert len(await shop.facts("offering_changed")) == 1
    assert [fact["offering"] for fact in await shop.facts("offering_change_planned")] == ["pk5", "p99"]


async def test_a_contract_refuses_another_plan_and_nothing_changes(shop: Shop) -> None:
    line = await shop.line(await shop.person())
    async with shop.store.edge(line.id) as tx:
        with pytest.raises(Refusal, match="line.contract"):
            await ACTIONS.change_offering(tx, line, OTHER, "now")
    assert await shop.now(line) == line
    assert await shop.facts("offering_changed") == []


async def test_packs_come_and_go(shop: Shop) -> None:
    line = await shop.line(await shop.person())
    async with shop.store.edge(line.id) as tx:
        pack = await ACTIONS.add_pack(tx, line, PACK)
    async with shop.store.edge(line.id) as tx:
        assert await inventory.queries.packs_of(tx, line) == [pack]
        await ACTIONS.drop_pack(tx, pack)
        await ACTIONS.drop_pack(tx, pack)
    async with shop.store.edge(line.id) as tx:
        assert await inventory.queries.packs_of(tx, line) == []
    assert [(fact["pack"], fact["offering"]) for fact in await shop.facts("pack_dropped")] == [(pack.id, "pk5")]


async def test_lines_are_found_by_party_number_and_id_in_one_statement(shop: Shop) -> None:
    person = await shop.person()
    line = await shop.line(person)
    async with shop.store.edge(person) as tx:
        with counting() as sent:
            assert await inventory.queries.lines_of(tx, person) == [line]
            assert await inventory.queries.line_of_number(tx, NUMBER) == line
            assert await inventory.queries.line_of_number(tx, "18600009999") is None
            assert await inventory.queries.line(tx, line.id) == line
        assert len(sent) == 4
        with pytest.raises(Refusal, match="not.found"):
            await inventory.queries.line(tx, "nonsense")
