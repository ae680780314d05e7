"""What a person can have done with numbers, lines and SIMs, by the questions that are put."""

from datetime import timedelta
from typing import Any

import pytest

from onehall.domains import inventory
from onehall.kernel.functions import FUNCTIONS
from onehall.kernel.i18n import render
from onehall.kernel.identity import Proof
from onehall.kernel.journeys import Row
from onehall.kernel.journeys.hand_over import offer, take
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import counting
from tests.inventory.ground import CARD, CARD_2, NUMBER, Shop


def said(row: Row, language: str = "en") -> str:
    assert row.said is not None, row.question
    return str(render(row.said["text"], language))


def facts(row: Row, language: str = "en") -> dict[str, Any]:
    assert row.said is not None, row.question
    return {str(render(fact["label"], language)): render(fact["value"], language) for fact in row.said.get("facts", ())}


async def test_search_asks_nothing_and_costs_one_statement(shop: Shop) -> None:
    await shop.stock("18600008888", "18600004788")
    with counting() as sent:
        row = await shop.serve("number.search", None, words="尾号88 不含4")
    assert sum("FROM number " in one for one in sent) == 1
    assert (row.state, said(row)) == ("done", "Free now: 18600008888.")
    assert facts(row, "zh-CN") == {"18600008888": "预存¥10,000.00，每月最低消费¥833.00，在网24个月。"}


async def test_nothing_found_and_nonsense_are_told_politely(shop: Shop) -> None:
    row = await shop.serve("number.search", None, words="ends 99")
    assert said(row, "zh-CN") == "没有符合“ends 99”的号码，请少填几位数字再试。"
    assert (await shop.serve("number.search", None, words="something nice")).state == "refused"


async def test_a_number_tells_its_price(shop: Shop) -> None:
    await shop.stock("18600008888")
    row = await shop.serve("number.tier", None)
    row = await shop.answer(row, "186 0000 8888", None)
    assert facts(row) == {
        "Number": "18600008888", "State": "free", "Tier": "Tier 4", "Prepaid": "¥10,000.00", "Least spend a month": "¥833.00",
        "Binds for": "24 months",
    }  # fmt: skip


async def test_lines_under_a_name_are_masked(shop: Shop) -> None:
    person = await shop.person()
    assert said(await shop.serve("line.mine", person)) == "No number is under your name."
    await shop.line(person)
    row = await shop.serve("line.mine", person)
    assert (said(row), said(row, "zh-CN")) == ("1 number is under your name.", "您名下共有1个号码。")
    await shop.line(person, "18600002468", active=False)
    row = await shop.serve("line.mine", person)
    assert (said(row), said(row, "zh-CN")) == ("2 numbers are under your name.", "您名下共有2个号码。")
    assert facts(row, "zh-CN") == {"186****1357": "正常使用", "186****2468": "未激活"}


async def test_of_several_lines_one_is_chosen_by_number_or_id(shop: Shop) -> None:
    person = await shop.person()
    first, second = await shop.line(person), await shop.line(person, "18600002468")
    row = await shop.serve("line.detail", person)
    assert row.question is not None and [option["text"] for option in row.question["options"]] == [NUMBER, "18600002468"]
    assert said(await shop.answer(row, second.id, person)) == "18600002468 is on Ice 59."
    assert said(await shop.serve("line.detail", person, line=NUMBER)) == "18600001357 is on Ice 59."
    assert said(await shop.serve("line.detail", person, line=first.id)) == "18600001357 is on Ice 59."
    stranger = await shop.person("13900000009")
    with pytest.raises(Refusal, match="line.none"):
        await shop.serve("line.detail", stranger, line=first.id)


async def test_somebody_elses_line_cannot_be_named(shop: Shop) -> None:
    mine, theirs = await shop.person(), await shop.person("13900000009")
    await shop.line(mine)
    other = await shop.line(theirs, "18600002468")
    row = await shop.serve("line.detail", mine, line=other.id)
    assert row.state == "asking" and row.question is not None
    assert [option["text"] for option in row.question["options"]] == [NUMBER]


async def test_a_lost_line_is_suspended_after_a_yes_and_restored(shop: Shop) -> None:
    person = await shop.person()
    line = await shop.line(person)
    row = await shop.serve("line.suspend", person)
    assert row.question is not None and row.question["kind"] == "confirm"
    assert (await shop.now(line)).status == "active"
    row = await shop.answer(row, "yes", person)
    assert (row.state, (await shop.now(line)).status) == ("done", "suspended")
    row = await shop.serve("line.restore", person)
    assert (said(row), (await shop.now(line)).status) == ("18600001357 works again.", "active")


async def test_a_no_leaves_the_line_as_it_is(shop: Shop) -> None:
    person = await shop.person()
    line = await shop.line(person)
    row = await shop.answer(await shop.serve("line.suspend", person), "no", person)
    assert (row.state, await shop.now(line)) == ("cancelled", line)


async def test_restoring_says_what_else_keeps_the_line(shop: Shop) -> None:
    person = await shop.person()
    line = await shop.line(person)
    with pytest.raises(Refusal, match="line.none"):
        await shop.serve("line.restore", person)
    async with shop.store.edge(line.id) as tx:
        await inventory.actions.suspend_line(tx, line, "loss")
        await inventory.actions.suspend_line(tx, line, "arrears")
    row = await shop.serve("line.restore", person)
    assert said(row) == "The loss of 18600001357 is taken back, but it stays suspended: a bill is not paid."
    assert (await shop.now(line)).suspended_why == {"arrears"}


async def test_an_esim_is_asked_for_and_the_world_answers(shop: Shop) -> None:
    person = await shop.person()
    line = await shop.line(person, iccid=CARD)
    row = await shop.serve("sim.replace", person)
    assert row.question is not None and [option["value"] for option in row.question["options"]] == ["esim"]
    row = await shop.answer(await shop.answer(row, "esim", person), "yes", person)
    assert row.state == "waiting"
    [asked] = await shop.facts("sim_replacement_asked")
    assert (asked["kind"], asked["old"], asked["line"]) == ("esim", CARD, line.id)
    async with shop.store.edge(line.id) as tx:
        await inventory.actions.finish_replacement(tx, asked["replacement"], CARD_2)
    await shop.work()
    row = await shop.engine.see(row.id)
    assert (row.state, said(row), (await shop.now(line)).iccid) == ("done", "18600001357 has its new SIM.", CARD_2)


async def test_a_replacement_that_fails_or_never_comes_charges_nothing(shop: Shop) -> None:
    person = await shop.person()
    line = await shop.line(person, iccid=CARD)
    row = await shop.answer(await shop.answer(await shop.serve("sim.replace", person), "esim", person), "yes", person)
    [asked] = await shop.facts("sim_replacement_asked")
    async with shop.store.edge(line.id) as tx:
        await inventory.actions.fail_replacement(tx, asked["replacement"], "no answer")
    await shop.work()
    row = await shop.engine.see(row.id)
    assert (row.state, (await shop.now(line)).iccid, await shop.facts("sim_replaced")) == ("refused", CARD, [])
    row = await shop.answer(await shop.answer(await shop.serve("sim.replace", person), "esim", person), "yes", person)
    shop.store.clock.move(timedelta(days=1, minutes=1))
    await shop.work()
    assert (await shop.engine.see(row.id)).state == "refused"


async def test_a_clerk_hands_over_a_card_and_no_card_twice(shop: Shop) -> None:
    person = await shop.person()
    await shop.line(person, iccid=CARD)
    async with shop.store.edge(0) as tx:
        await inventory.actions.stock_sims(tx, [inventory.SimRow(CARD_2)])
    row = await shop.serve("sim.replace", person)
    clerk = shop.caller(person, staff="s1")
    given = await offer(shop.engine, row, shop.caller(person))
    row = await take(shop.engine, given.code, clerk)

    async def answer(row: Row, value: Any) -> Row:
        assert row.question is not None
        return await shop.engine.reply(row.id, clerk, row.question["key"], row.turn, value)

    row = await answer(row, "plastic")
    row = await answer(row, CARD_2)
    assert row.question is not None and row.question["kind"] == "confirm"
    async with shop.store.edge(0) as tx:
        held = await inventory.queries.sim(tx, CARD_2)
    assert held is not None and held.state == "reserved"
    row = await answer(row, "yes")
    await shop.work()
    assert row.state == "waiting"
    shop.store.clock.move(timedelta(hours=2))  # longer than the lease: it was posted with the wish
    with pytest.raises(Refusal, match="sim.taken"):
        await inventory.actions.SimHold().take(shop.store, "other", {"iccid": CARD_2})


async def test_a_puk_is_shown_and_proof_is_asked(shop: Shop) -> None:
    person = await shop.person()
    async with shop.store.edge(0) as tx:
        await inventory.actions.stock_sims(tx, [inventory.SimRow(CARD, puk="87654321")])
    await shop.line(person, iccid=CARD)
    assert said(await shop.serve("sim.puk", person)) == "The PUK of 18600001357 is 87654321. Ten wrong tries end the card."
    proofs = {
        name: FUNCTIONS[name].proof for name in ("number.search", "number.tier", "line.mine", "line.suspend", "sim.replace", "sim.puk")
    }
    assert proofs == {
        "number.search": Proof.NONE, "number.tier": Proof.NONE, "line.mine": Proof.CODE, "line.suspend": Proof.CODE,
        "sim.replace": Proof.REAL_NAME, "sim.puk": Proof.CODE,
    }  # fmt: skip
