"""SIMs: taken by one, spoilt and taken again, replaced."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from onehall.demo import stock
from onehall.domains import inventory
from onehall.domains.inventory.actions import SimHold
from onehall.kernel.jobs import KINDS, Kind
from onehall.kernel.journeys import Held
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx
from tests.inventory.ground import CARD, CARD_2, Shop

HOLD = SimHold()
SHOP_UNIT = "onehall.gd.gz.s1"


async def cards(shop: Shop, *iccids: str, unit: str | None = None, kind: str = "plastic") -> list[str]:
    async with shop.store.edge(0) as tx:
        return await inventory.actions.stock_sims(tx, [inventory.SimRow(iccid, kind, unit, puk="12345678") for iccid in iccids])


async def sim(shop: Shop, iccid: str) -> inventory.Sim:
    async with shop.store.edge(0) as tx:
        found = await inventory.queries.sim(tx, iccid)
    assert found is not None
    return found


async def test_of_fifty_who_scan_one_card_one_gets_it(shop: Shop) -> None:
    await cards(shop, CARD)
    outcomes = await asyncio.gather(*(HOLD.take(shop.store, f"j{n}", {"iccid": CARD}) for n in range(50)), return_exceptions=True)
    assert sum(isinstance(outcome, Held) for outcome in outcomes) == 1
    assert {outcome.code for outcome in outcomes if isinstance(outcome, Refusal)} == {"sim.taken"}
    assert (await sim(shop, CARD)).state == "reserved"


async def test_two_who_take_any_card_get_two_then_there_is_none(shop: Shop) -> None:
    await cards(shop, CARD, CARD_2, unit=SHOP_UNIT)
    what = {"kind": "plastic", "unit": SHOP_UNIT}
    got = await asyncio.gather(*(HOLD.take(shop.store, token, what) for token in ("a", "b")))
    assert {held.ref for held in got} == {CARD, CARD_2}
    with pytest.raises(Refusal, match="sim.none"):
        await HOLD.take(shop.store, "c", what)
    async with shop.store.edge(got[0].home) as tx:
        await HOLD.release(tx, got[0])
    assert (await HOLD.take(shop.store, "c", what)).ref == got[0].ref


async def test_central_stock_serves_where_the_shelf_is_empty(shop: Shop) -> None:
    await cards(shop, CARD)
    assert (await HOLD.take(shop.store, "a", {"kind": "plastic", "unit": SHOP_UNIT})).ref == CARD
    with pytest.raises(Refusal, match="sim.none"):
        await HOLD.take(shop.store, "b", {"kind": "esim"})


async def test_a_card_we_do_not_know_or_misread_is_refused(shop: Shop) -> None:
    for iccid, code in ((CARD, "sim.unknown"), ("8986", "iccid.form")):
        with pytest.raises(Refusal, match=code):
            await HOLD.take(shop.store, "a", {"iccid": iccid})
    with pytest.raises(Refusal, match="iccid.form"):
        await cards(shop, CARD, "89869900000000000012")
    async with shop.store.edge(0) as tx:
        assert await inventory.queries.sim(tx, CARD) is None


async def test_a_lapsed_reservation_is_free_again(shop: Shop) -> None:
    await cards(shop, CARD)
    await HOLD.take(shop.store, "a", {"iccid": CARD})
    shop.store.clock.move(timedelta(hours=1))
    assert (await HOLD.take(shop.store, "b", {"kind": "plastic"})).ref == CARD


async def test_a_line_takes_a_card_by_job_never_one_that_another_has(shop: Shop) -> None:
    heard: list[dict[str, Any]] = []

    async def hear(tx: Tx, body: dict[str, Any]) -> None:
        heard.append({**body, "home": tx.home})

    KINDS["t.got"] = Kind("t.got", hear, False)
    try:
        line = await shop.line(await shop.person())
        await cards(shop, CARD, CARD_2)
        async with shop.store.edge(line.id) as tx:
            for n in range(3):
                await inventory.actions.take_sim(tx, line, {"kind": "t.got", "body": {"n": n}}, kind="plastic", unit=SHOP_UNIT)
        async with shop.store.edge(0) as tx:  # somebody else was quicker with one of them
            await tx.write("UPDATE sim SET state = 'spoilt' WHERE home = home AND iccid = $1", CARD)
        await shop.work()
    finally:
        del KINDS["t.got"]
    assert sorted(str(one["iccid"]) for one in heard)[0] == CARD_2
    assert {one["home"] for one in heard} == {line.home}
    assert (await sim(shop, CARD_2)).line == line.id


async def test_many_lines_that_take_a_card_at_once_all_get_one(shop: Shop) -> None:
    heard: list[str | None] = []

    async def hear(tx: Tx, body: dict[str, Any]) -> None:
        heard.append(body["iccid"])

    KINDS["t.got"] = Kind("t.got", hear, False)
    try:
        every = [stock.iccid(place) for place in range(24)]
        await cards(shop, *every)
        person = await shop.person()
        lines = [await shop.line(person, f"139000100{place:02}", active=False) for place in range(24)]
        for line in lines:
            async with shop.store.edge(line.id) as tx:
                await inventory.actions.take_sim(tx, line, {"kind": "t.got"}, kind="plastic", unit=SHOP_UNIT)
        await shop.work()
    finally:
        del KINDS["t.got"]
    assert sorted(str(one) for one in heard) == sorted(every)  # as many as there are, and nobody goes without


async def test_a_spoilt_card_is_never_given_out_again(shop: Shop) -> None:
    line = await shop.line(await shop.person())
    await cards(shop, CARD)
    await HOLD.take(shop.store, "a", {"iccid": CARD, "line": line.id})
    async with shop.store.edge(line.id) as tx:
        inventory.actions.set_sim(tx, CARD, "written", line.id)
        inventory.actions.set_sim(tx, CARD, "spoilt", line.id)
        inventory.actions.set_sim(tx, CARD, "active", line.id)
        inventory.actions.set_sim(tx, CARD, "stock", line.id)
    await shop.work()
    assert (await sim(shop, CARD)).state == "spoilt"


async def test_an_unwritten_card_goes_back_to_the_shelf(shop: Shop) -> None:
    line = await shop.line(await shop.person())
    await cards(shop, CARD)
    await HOLD.take(shop.store, "a", {"iccid": CARD, "line": line.id})
    async with shop.store.edge(line.id) as tx:
        inventory.actions.set_sim(tx, CARD, "stock", line.id)
    await shop.work()
    assert ((await sim(shop, CARD)).state, (await sim(shop, CARD)).line) == ("stock", None)


async def test_a_replacement_retires_the_old_card_and_charges_by_fact(shop: Shop) -> None:
    await cards(shop, CARD, CARD_2)
    line = await shop.line(await shop.person(), iccid=CARD)
    async with shop.store.edge(line.id) as tx:
        for iccid in (CARD, CARD_2):
            inventory.actions.set_sim(tx, iccid, "reserved", line.id)
        inventory.actions.set_sim(tx, CARD, "active", line.id)
    await shop.work()
    async with shop.store.edge(line.id) as tx:
        asked = await inventory.actions.ask_replacement(tx, line, "plastic", None, CARD_2)
    async with shop.store.edge(line.id) as tx:
        with pytest.raises(Refusal, match="sim.replacing"):
            await inventory.actions.ask_replacement(tx, line, "esim", None)
        await inventory.actions.finish_replacement(tx, asked, CARD_2)
        await inventory.actions.finish_replacement(tx, asked, CARD_2)
    await shop.work()
    assert (await shop.now(line)).iccid == CARD_2
    assert ((await sim(shop, CARD)).state, (await sim(shop, CARD_2)).state) == ("retired", "active")
    [fact] = await shop.facts("sim_replaced")
    assert (fact["iccid"], fact["old"], fact["fee"]) == (CARD_2, CARD, {"minor": 1000, "currency": "CNY"})


async def test_three_replacements_a_month_and_those_that_failed_do_not_count(shop: Shop) -> None:
    line = await shop.line(await shop.person())
    for turn in range(4):
        async with shop.store.edge(line.id) as tx:
            asked = await inventory.actions.ask_replacement(tx, line, "esim", None)
            if turn == 0:
                await inventory.actions.fail_replacement(tx, asked, "the writer was away")
            else:
                await inventory.actions.finish_replacement(tx, asked, CARD)
    async with shop.store.edge(line.id) as tx:
        with pytest.raises(Refusal, match="sim.too_often"):
            await inventory.actions.ask_replacement(tx, line, "esim", None)
    assert len(await shop.facts("sim_replacement_asked")) == 4
    shop.store.clock.move(timedelta(days=31))
    async with shop.store.edge(line.id) as tx:
        await inventory.actions.ask_replacement(tx, line, "esim", None)


async def test_a_puk_is_kept_sealed_and_shown_to_the_line(shop: Shop) -> None:
    await cards(shop, CARD)
    line = await shop.line(await shop.person(), iccid=CARD)
    async with shop.store.edge(line.id) as tx:
        assert await inventory.queries.puk(tx, line) == "12345678"
        row = await tx.read_one("SELECT puk FROM sim WHERE iccid = $1", CARD)
    assert row is not None and b"12345678" not in row["puk"]
