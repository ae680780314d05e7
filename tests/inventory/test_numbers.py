"""Numbers: searched, held by one, sold once, rested."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from onehall.domains import inventory
from onehall.domains.inventory.actions import NumberHold
from onehall.kernel import settings
from onehall.kernel.ids import home_for
from onehall.kernel.jobs import KINDS, Kind
from onehall.kernel.journeys import Held
from onehall.kernel.money import money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx, counting
from tests.inventory.ground import NUMBER, Shop

HOLD = NumberHold()


async def search(shop: Shop, words: str, limit: int = 30) -> set[str]:
    async with shop.store.edge(0) as tx:
        with counting() as sent:
            found = await inventory.queries.search_numbers(tx, words, limit)
    assert len(sent) == 1
    return {offer.number for offer in found}


async def hold(shop: Shop, token: str, number: str = NUMBER) -> Held:
    return await HOLD.take(shop.store, token, {"number": number})


async def test_of_five_hundred_who_take_one_number_one_gets_it(shop: Shop) -> None:
    await shop.stock(NUMBER)
    outcomes = await asyncio.gather(*(hold(shop, f"j{n}:number_hold:0") for n in range(500)), return_exceptions=True)
    won = [outcome for outcome in outcomes if isinstance(outcome, Held)]
    lost = [outcome for outcome in outcomes if isinstance(outcome, Refusal) and (outcome.code, outcome.status) == ("number.taken", 409)]
    assert (len(won), len(lost)) == (1, 499)
    number = await shop.number(NUMBER)
    assert (number.state, number.token, number.until) == ("held", won[0].token, won[0].until)


async def test_taking_twice_with_one_token_is_taking_once(shop: Shop) -> None:
    await shop.stock(NUMBER)
    first, again = await hold(shop, "me"), await hold(shop, "me")
    assert (first.ref, first.home, first.what) == (NUMBER, home_for(NUMBER), "number")
    assert again.token == first.token and again.until >= first.until
    with pytest.raises(Refusal, match="number.taken"):
        await hold(shop, "other")


async def test_a_hold_lasts_as_long_as_the_setting_says_then_another_may_take_it(shop: Shop) -> None:
    await shop.stock(NUMBER)
    before = shop.store.clock.now()
    with settings.changed(hold_minutes=30):
        held = await hold(shop, "me")
    assert timedelta(minutes=30) <= held.until - before < timedelta(minutes=30, seconds=5)
    assert await search(shop, "") == set()
    shop.store.clock.move(timedelta(minutes=31))
    assert await search(shop, "") == {NUMBER}
    await hold(shop, "other")
    with pytest.raises(Refusal, match="number.taken"):
        await HOLD.extend(shop.store, held, held.until + timedelta(hours=1))


async def test_a_hold_is_extended_and_let_go_by_its_token_alone(shop: Shop) -> None:
    await shop.stock(NUMBER)
    held = await hold(shop, "me")
    longer = await HOLD.extend(shop.store, held, held.until + timedelta(hours=2))
    assert longer.until == held.until + timedelta(hours=2)
    async with shop.store.edge(held.home) as tx:
        await HOLD.release(tx, Held("number", NUMBER, held.home, "other", held.until))
    assert (await shop.number(NUMBER)).state == "held"
    async with shop.store.edge(held.home) as tx:
        await HOLD.release(tx, longer)
        await HOLD.release(tx, longer)
    number = await shop.number(NUMBER)
    assert (number.state, number.token, number.until) == ("free", None, None)


async def test_what_is_not_ours_cannot_be_held(shop: Shop) -> None:
    with pytest.raises(Refusal, match="not.found"):
        await hold(shop, "me")
    with pytest.raises(Refusal, match="number.form"):
        await hold(shop, "me", "12; DROP")


async def test_a_number_is_sold_once_and_whoever_asked_is_told(shop: Shop) -> None:
    heard: list[dict[str, Any]] = []

    async def hear(tx: Tx, body: dict[str, Any]) -> None:
        heard.append({**body, "home": tx.home})

    KINDS["t.sold"] = Kind("t.sold", hear, False)
    try:
        await shop.stock(NUMBER)
        await hold(shop, "me")
        async with shop.store.edge(9) as tx:
            mine, other = tx.new_id(), tx.new_id()
            for line, token in ((mine, "me"), (mine, "me"), (other, "you")):
                inventory.actions.sell_number(tx, NUMBER, token, line, {"kind": "t.sold", "body": {"line": line}})
        await shop.work()
        async with shop.store.edge(9) as tx:
            inventory.actions.sell_number(tx, NUMBER, "me", mine, {"kind": "t.sold", "body": {"line": "again"}})
        await shop.work()
    finally:
        del KINDS["t.sold"]
    by_line = {told["line"]: told["sold"] for told in heard}
    assert by_line == {mine: True, other: False, "again": True}
    assert {told["home"] for told in heard} == {9}
    number = await shop.number(NUMBER)
    assert (number.state, number.line) == ("sold", mine)
    assert len(await shop.facts("number_sold")) == 1
    with pytest.raises(Refusal, match="number.taken"):
        await hold(shop, "you")


async def test_an_unused_number_comes_back_free_a_used_one_rests(shop: Shop) -> None:
    used = "18600002468"
    await shop.stock(NUMBER, used)
    async with shop.store.edge(9) as tx:
        line = tx.new_id()
        for number in (NUMBER, used):
            inventory.actions.sell_number(tx, number, "t", line)
    await shop.work()
    async with shop.store.edge(9) as tx:
        inventory.actions.release_number(tx, NUMBER, "another line")
    await shop.work()
    assert (await shop.number(NUMBER)).state == "sold"
    async with shop.store.edge(9) as tx:
        inventory.actions.release_number(tx, NUMBER, line)
        inventory.actions.release_number(tx, used, line, unused=False)
    await shop.work()
    assert (await shop.number(NUMBER)).state == "free"
    resting = await shop.number(used)
    assert (resting.state, resting.line) == ("resting", None)
    assert await search(shop, "") == {NUMBER}
    with pytest.raises(Refusal, match="number.taken"):
        await hold(shop, "me", used)
    shop.store.clock.move(timedelta(days=90, minutes=1))
    assert await search(shop, "") == {NUMBER, used}
    await hold(shop, "me", used)


NUMBERS = ("18600001357", "18600008888", "18600002688", "18600004788", "18612305206", "13012340520", "13055550123", "18677660000")


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("", set(NUMBERS)), ("ends 88", {"18600008888", "18600002688", "18600004788"}), ("ends 88, no 4", {"18600008888", "18600002688"}),
        ("尾号88 不含4", {"18600008888", "18600002688"}), ("ends 8888", {"18600008888"}), ("contains 520", {"18612305206", "13012340520"}),
        ("contains 52", {"18612305206", "13012340520"}), ("contains 520, ends 6", {"18612305206"}), ("contains 1234", {"13012340520"}),
        ("start 130", {"13012340520", "13055550123"}), ("start 1305", {"13055550123"}), ("start 130 contains 55", {"13055550123"}),
        ("no 0", set()), ("no 12345", {"18600008888", "18677660000"}), ("tier 4", {"18600008888"}),
        ("tier 5", {"18677660000"}), ("tier 1", set()),
        ("18600001357", {"18600001357"}), ("ends 7, no 2 4 6 8 9", {"18600001357"}),
    ],
)  # fmt: skip
async def test_search_finds_exactly_what_is_wanted(shop: Shop, words: str, right: set[str]) -> None:
    await shop.stock(*NUMBERS)
    assert await search(shop, words) == right


async def test_search_tells_terms_and_leaves_out_what_is_gone(shop: Shop) -> None:
    await shop.stock(*NUMBERS)
    await hold(shop, "me", "18600002688")
    async with shop.store.edge(0) as tx:
        found = {offer.number: offer for offer in await inventory.queries.search_numbers(tx, "ends 88")}
        nice, plain = found["18600008888"], found["18600004788"]
    assert set(found) == {"18600008888", "18600004788"}
    assert (nice.tier, nice.prepay, nice.min_spend, nice.lock_months) == (4, money(10_000), money(833), 24)
    assert (plain.tier, plain.prepay, plain.min_spend, plain.lock_months) == (0, money(0), money(0), 0)


async def test_each_search_shows_another_batch_of_many(shop: Shop) -> None:
    await shop.stock(*(f"1860{place * 7919 % 10_000_000:07}" for place in range(3_000)))
    batches = [await search(shop, words) for words in ("", "", "ends 8", "ends 8")]
    assert [len(batch) for batch in batches] == [30, 30, 30, 30]
    assert batches[0] != batches[1] and batches[2] != batches[3]


async def test_a_unit_sees_its_own_numbers_and_those_of_all(shop: Shop) -> None:
    await shop.stock("18600001111", unit="onehall.gd.gz")
    await shop.stock("18600002222", unit="onehall.gd.gzx")
    await shop.stock("18600003333")
    async with shop.store.edge(0) as tx:
        found = await inventory.queries.search_numbers(tx, "", unit="onehall.gd.gz")
    assert {offer.number for offer in found} == {"18600001111", "18600003333"}


async def test_one_number_is_an_option_while_it_can_be_had_or_is_held_by_the_asker(shop: Shop) -> None:
    await shop.stock("18600008888")
    async with shop.store.edge(0) as tx:
        option = await inventory.queries.number_among(tx, "186 0000 8888")
    assert option is not None and option.value == "18600008888"
    assert (option.price, option.holds["lock_months"]) == (money(10_000), 24)
    await hold(shop, "me", "18600008888")
    async with shop.store.edge(0) as tx:
        assert await inventory.queries.number_among(tx, "18600008888") is None
        assert await inventory.queries.number_among(tx, "18600008888", "me") == option
        assert await inventory.queries.number_among(tx, "18600009999") is None


async def test_a_number_whose_hold_passes_on_is_never_seen_gone(shop: Shop) -> None:
    """Whoever holds it is looked at once: between two looks it would be nobody's that was asked for."""
    await shop.stock("18600008888")
    await hold(shop, "kit", "18600008888")
    async with shop.store.edge(0) as tx:
        with counting() as sent:
            assert await inventory.queries.number_among(tx, "18600008888", "mine", "kit") is not None
    assert sum("SELECT number, state" in sql for sql in sent) == 1
    await HOLD.take(shop.store, "mine", {"number": "18600008888", "instead_of": "kit"})
    async with shop.store.edge(0) as tx:
        assert await inventory.queries.number_among(tx, "18600008888", "mine", "kit") is not None
        assert await inventory.queries.number_among(tx, "18600008888", "kit") is None


async def test_stock_taken_in_twice_is_there_once_and_a_bad_number_adds_none(shop: Shop) -> None:
    assert await shop.stock(NUMBER) == [NUMBER]
    assert await shop.stock(NUMBER, "18600002468") == ["18600002468"]
    with pytest.raises(Refusal, match="number.form"):
        await shop.stock("18600009999", "x")
    assert await search(shop, "") == {NUMBER, "18600002468"}
