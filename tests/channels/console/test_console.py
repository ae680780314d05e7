"""The console over real HTTP: orders with their steps, journeys, functions, the log, dead letters; each within one's own unit."""

import pytest

from onehall.kernel.functions import FUNCTIONS
from onehall.kernel.ids import home_for, new_id
from onehall.kernel.store import Store
from onehall.kernel.store.leaving import EPOCH
from tests.channels.desk.staff import App, Clerk
from tests.channels.desk.test_counter import _open_a_line
from tests.ground.house import House

PAGES = ("", "/orders", "/journeys", "/functions", "/steps", "/dead", "/log", "/settings", "/programs")


async def _sold(house: House) -> None:
    async with App(house.url) as stranger, Clerk(house, "clerk-gz") as clerk:
        await clerk.post("/desk/take", code=await stranger.held_at())
        await _open_a_line(clerk, "440106199501010036")


async def test_an_order_is_seen_with_its_steps_and_its_story_by_its_own_units(house: House) -> None:
    await _sold(house)
    async with Clerk(house, "operations") as keeper, Clerk(house, "supervisor") as guangdong:
        listed = await keeper.see("/console/orders")
        assert "new line" in listed and "Completed" in listed
        order = await house.value("SELECT id FROM product_order WHERE state = 'completed' ORDER BY ordered DESC LIMIT 1")
        said = await keeper.see(f"/console/orders/{order}")
        assert "Write the SIM" in said and "Activate in the network" in said and "Step done: Write the SIM" in said
        assert "Counter · Chen Yu" in said
        await guangdong.see(f"/console/orders/{order}")
        assert guangdong.at.status_code == 200
        narrowed = await keeper.see("/console/orders?state=failed")
        assert "Nothing here." in narrowed


async def test_a_journey_is_seen_with_every_entry(house: House) -> None:
    await _sold(house)
    async with Clerk(house, "operations") as keeper:
        assert "Open a line" in await keeper.see("/console/journeys?state=done")
        journey = await house.value("SELECT id FROM journey WHERE state = 'done' ORDER BY updated DESC LIMIT 1")
        said = await keeper.see(f"/console/journeys/{journey}")
        for entry in ("Hall 59", "number_hold", "prove", "agree", "money", "order"):
            assert entry in keeper.at.text or entry in said
        assert "App → Counter" in said


async def test_every_function_is_listed_with_the_channels_that_finish_it(house: House) -> None:
    async with Clerk(house, "operations") as keeper:
        said = await keeper.see("/console/functions")
        assert all(name in said for name in FUNCTIONS)
        assert f"{len(FUNCTIONS)} functions, each written once." in said


async def test_the_log_is_searched_by_type_and_channel_and_paged(house: House) -> None:
    async with Clerk(house, "operations") as keeper:
        said = await keeper.see("/console/log?type=inventory")
        assert "inventory.line_activated" in said and "party.registered" not in said.split("What happened")[1]
        await keeper.see("/console/log")
        assert 'rel="next"' in keeper.at.text
        nothing = await keeper.see("/console/log?channel=sms&type=order.placed")
        assert "Nothing here." in nothing
        await keeper.see("/console/log?since=yesterday")
        assert keeper.at.status_code == 422


async def test_a_dead_letter_is_tried_again_or_thrown_away_and_the_log_says_by_whom(house: House) -> None:
    home, ids_ = home_for("dead"), []
    store = await Store(house.dsn, pool_size=2).open()
    try:
        async with store.edge(home) as tx:
            for _letter in range(2):
                ids_.append(new_id(home, tx.now))
                await tx.write(
                    "INSERT INTO job (home, id, kind, body, due, lease_until, tries, state, error) "
                    "VALUES ($1, $2, 'nobody.does', $3, $4, $5, 8, 'dead', 'Later: out of reach for 11010119900307013X')",
                    home, ids_[-1], {"order": "o1", "text": "your code is 123456"}, tx.now, EPOCH,
                )  # fmt: skip
    finally:
        await store.close()
    async with Clerk(house, "operations") as keeper, Clerk(house, "supervisor") as other:
        said = await keeper.see("/console/dead")
        assert "nobody.does" in said and "order o1" in said and "Later: out of reach" in said
        assert "123456" not in said and "11010119900307013X" not in said
        await other.see("/console/dead")
        assert other.at.status_code == 403
        await other.post(f"/console/dead/{ids_[0]}", do="discard")
        assert other.at.status_code == 403
        assert await house.value("SELECT count(*) FROM job WHERE home = $1 AND state = 'dead'", home) == 2
        await keeper.post(f"/console/dead/{ids_[0]}", do="discard", kind="nobody.does")
        assert await house.value("SELECT count(*) FROM job WHERE home = $1 AND id = $2", home, ids_[0]) == 0
        await keeper.post(f"/console/dead/{ids_[1]}", do="revive", kind="nobody.does")
        tries = await house.value("SELECT tries FROM job WHERE home = $1 AND id = $2", home, ids_[1])
        assert tries is not None and tries < 8
        again = await keeper.post(f"/console/dead/{ids_[0]}", do="discard")
        assert keeper.at.status_code == 404 and "nobody.does" not in again
    told = await house.value("SELECT count(*) FROM event WHERE type = 'console.dead_letter' AND staff IS NOT NULL")
    assert told == 2


async def test_the_settings_show_no_secret(house: House) -> None:
    async with Clerk(house, "admin") as keeper:
        said = await keeper.see("/console/settings")
        assert "ONEHALL_SECRET ***" in said and "DATABASE_URL ***" in said and house.dsn not in said


@pytest.mark.parametrize("page", PAGES)
async def test_a_clerk_is_kept_out(house: House, page: str) -> None:
    async with Clerk(house, "clerk-gz") as clerk:
        await clerk.see(f"/console{page}")
        assert clerk.at.status_code == 403


async def test_another_provinces_supervisor_would_not_see_an_order(house: House) -> None:
    """There is only Guangdong's; a journey of Zhejiang is not there for her."""
    async with App(house.url) as stranger, Clerk(house, "clerk-hz") as clerk, Clerk(house, "supervisor") as other:
        await clerk.post("/desk/take", code=await stranger.held_at())
        journey = clerk.at.url.path.rpartition("/")[2]
        await other.see(f"/console/journeys/{journey}")
        assert other.at.status_code == 404
        assert journey not in (await other.browser.get("/console/journeys")).text
