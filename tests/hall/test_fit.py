"""The matrix of fit: one cell flipped, and a function is gone from a channel at once, in every list, by every word, in every process."""

import asyncio

import pytest

from onehall.hall import Caller, Hall, fit, fitting
from onehall.kernel.events import Origin
from onehall.kernel.functions import FUNCTIONS
from onehall.kernel.identity import Who
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store

CHANGER = Origin(channel="console", staff="s1", unit="onehall")


async def flip(store: Store, function: str, channel: str, *, offered: bool = False, band: str = "") -> None:
    """This will open or close a cell, as the console does."""
    await fitting.set_cell(store, (function, channel, band), offered=offered, origin=CHANGER)


def names(found: list) -> set[str]:
    """This will name functions."""
    return {one.name for one in found}


async def test_a_closed_cell_is_gone_from_its_channel_and_from_no_other(demo_store: Store) -> None:
    hall, sms, web = Hall(demo_store), Caller("sms", Who(visitor="a")), Caller("web", Who(visitor="a"))
    before = names(await hall.functions(sms))
    assert "store.list" in before
    await flip(demo_store, "store.list", "sms")
    assert names(await hall.functions(sms)) == before - {"store.list"}
    assert "store.list" in names(await hall.functions(web))
    with pytest.raises(Refusal) as refused:
        await hall.start(sms, "store.list")
    assert (refused.value.code, refused.value.status) == ("not.found", 404)
    with pytest.raises(Refusal):
        await hall.glance(sms, "store.list")
    told = (await hall.start(sms, "help")).said
    assert told and "store.list" not in {one["function"] for one in told["next"]}
    menu = await hall.start(sms, "menu")
    assert menu.question and "store.list" not in {one["value"] for one in menu.question["options"]}
    await flip(demo_store, "store.list", "sms", offered=True)
    assert names(await hall.functions(sms)) == before


async def test_a_journey_under_way_may_end_and_cannot_be_begun_or_brought_again(demo_store: Store) -> None:
    hall, guest = Hall(demo_store), Caller("web", Who(visitor="a"))
    begun = await hall.start(guest, "store.list")
    assert begun.question
    code = await hall.hand_over(guest, begun.id)
    await flip(demo_store, "store.list", "web")
    await flip(demo_store, "store.list", "api")
    with pytest.raises(Refusal) as refused:
        await hall.take(Caller("api", Who(visitor="b")), code.code)
    assert refused.value.code == "handover.unfit"
    city = begun.question["options"][0]["value"]
    assert (await hall.answer(guest, begun.id, "city", begun.question["turn"], city)).state == "done"
    with pytest.raises(Refusal):
        await hall.start(guest, "store.list")


async def test_a_cell_closed_for_a_band_is_closed_for_nobody_else(demo_store: Store) -> None:
    hall = Hall(demo_store)
    guest, clerk = Caller("web", Who(visitor="a")), Caller("desk", Who(staff="s1", roles=frozenset({"clerk"}), unit="onehall"))
    await flip(demo_store, "store.list", "web", band="guest")
    await flip(demo_store, "store.list", "desk", band="guest")
    assert "store.list" not in names(await hall.functions(guest))
    assert "store.list" in names(await hall.functions(clerk))
    await flip(demo_store, "store.list", "web", band="guest", offered=True)
    await flip(demo_store, "store.list", "web", band="high")
    assert "store.list" in names(await hall.functions(guest))


async def test_another_process_knows_within_half_a_second(demo_database: str) -> None:
    one, other = await Store(demo_database, pool_size=2).open(), await Store(demo_database, pool_size=2).open()
    try:
        function, guest = FUNCTIONS["store.list"], Caller("web", Who(visitor="a"))
        assert await fit.offers(other, guest, function)
        await flip(one, "store.list", "web")
        assert not await fit.offers(one, guest, function)
        await asyncio.sleep(fit.CHECK_SECONDS)
        assert not await fit.offers(other, guest, function)
    finally:
        await one.close()
        await other.close()


async def test_who_changed_what_stands_in_the_log(demo_store: Store) -> None:
    await flip(demo_store, "topup", "sms")
    await flip(demo_store, "topup", "sms")  # it is closed already: nothing is changed, and nothing told
    await flip(demo_store, "topup", "sms", offered=True)
    async with demo_store.edge(0) as tx:
        rows = await tx.read("SELECT staff, body FROM event WHERE type = 'fit.changed' ORDER BY id")
    assert [(row["staff"], row["body"]["what"], row["body"]["where"], row["body"]["offered"]) for row in rows] == [
        ("s1", "topup", "sms", False), ("s1", "topup", "sms", True)]  # fmt: skip


@pytest.mark.parametrize("cell", [("no.such", "sms", ""), ("topup", "nowhere", ""), ("topup", "sms", "rich"), ("staff.only", "sms", "")])
async def test_what_is_no_cell_is_refused_and_changes_nothing(demo_store: Store, cell: tuple[str, str, str]) -> None:
    version = (await fit.sheet(demo_store)).version
    with pytest.raises(Refusal) as refused:
        await fitting.set_cell(demo_store, cell, offered=False, origin=CHANGER)
    assert refused.value.status == 404
    assert (await fit.learn(demo_store)).version == version
