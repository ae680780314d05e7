"""The matrix, the routing and the traffic in the console, over real HTTP: a cell flipped holds at once, and who flipped it is shown."""

import re

import pytest

from onehall.hall.rules import BANDS
from tests.channels.desk.staff import App, Clerk
from tests.ground.house import House

PAGES = ("/console/fit", "/console/traffic", "/console/routing")


async def offered(app: App) -> set[str]:
    """This will name what programs of customers are offered."""
    return {one["name"] for one in (await app.web.get("/api/functions")).json()}


async def test_a_cell_flipped_in_the_console_holds_at_once_and_its_history_is_shown(house: House) -> None:
    async with Clerk(house, "operations") as keeper, App(house.url) as app:
        said = await keeper.see("/console/fit?family=query")
        assert "Our stores store.list" in said and "Top up topup" not in said
        assert "store.list" in await offered(app)
        said = await keeper.post("/console/fit", flip="store.list|api|close", band="", family="query")
        assert keeper.at.url.path == "/console/fit" and str(keeper.at.url.query, "ascii") == "family=query"
        assert "Our stores is closed: App, All customers" in said and keeper.person.name in said
        assert "store.list" not in await offered(app)
        refused = await app.web.post("/api/journeys", json={"function": "store.list", "given": {}})
        assert (refused.status_code, refused.json()["code"]) == (404, "not.found")
        assert 'value="store.list|api|open" aria-pressed="false"' in keeper.at.text
        said = await keeper.post("/console/fit", flip="store.list|api|open", band="", family="")
        assert "Our stores is offered again: App, All customers" in said
        assert "store.list" in await offered(app)
        await keeper.post("/console/fit", flip="store.list|api|close", band="high")
        assert "store.list" in await offered(app)  # a guest is not of that band
        await keeper.post("/console/fit", flip="store.list|api|open", band="high")


@pytest.mark.parametrize("flip", ["", "store.list", "no.such|api|close", "store.list|nowhere|close", "||"])
async def test_what_is_no_cell_is_not_there(house: House, flip: str) -> None:
    async with Clerk(house, "operations") as keeper:
        before = await house.value("SELECT count(*) FROM fit_closed")
        await keeper.post("/console/fit", flip=flip, band="")
        assert keeper.at.status_code == 404
        assert await house.value("SELECT count(*) FROM fit_closed") == before


async def test_a_supervisor_reads_and_changes_nothing(house: House) -> None:
    async with Clerk(house, "supervisor") as other:
        said = await other.see("/console/fit")
        assert "store.list" in said and 'name="flip"' not in other.at.text and "Who changed what" not in said
        before = await house.value("SELECT version FROM fit_edition")
        for path, fields in (
            ("/console/fit", {"flip": "store.list|api|close"}), ("/console/fit/cost", {"channel": "web", "amount": "1"}),
            ("/console/routing", {"held_out": "50", "least": "1"}),
        ):  # fmt: skip
            await other.post(path, **fields)
            assert other.at.status_code == 403
        await other.see("/console/routing")
        assert other.at.status_code == 403
        assert await house.value("SELECT version FROM fit_edition") == before


async def test_what_a_contact_costs_is_changed_and_told(house: House) -> None:
    async with Clerk(house, "operations") as keeper:
        said = await keeper.post("/console/fit/cost", channel="hotline", amount="7.50", human="yes", told="yes")
        assert "A contact costs ¥7.50, before ¥6.00: Hotline" in said and keeper.person.name in said
        assert "8 of these figures are examples" in said  # nine channels, and one is ours now
        assert await house.value("SELECT staff IS NOT NULL AND at IS NOT NULL AND NOT example FROM contact_cost WHERE channel = 'hotline'")
        said = await keeper.post("/console/fit/cost", channel="hotline", amount="7.50", human="yes")
        assert "¥7.50 a contact, a person serves, is not suggested: Hotline" in said
        await keeper.post("/console/fit/cost", channel="hotline", amount="7.50", human="yes", told="yes")
        assert await house.value("SELECT minor FROM contact_cost WHERE channel = 'hotline'") == 750
        for amount in ("", "seven", "-1", "1.005", "99999999"):
            await keeper.post("/console/fit/cost", channel="hotline", amount=amount)
            assert keeper.at.status_code == 422
        assert await house.value("SELECT minor FROM contact_cost WHERE channel = 'hotline'") == 750


async def test_the_share_that_is_held_out_is_data(house: House) -> None:
    async with Clerk(house, "operations") as keeper:
        said = await keeper.post("/console/routing", active="yes", held_out="25", least="2.00")
        assert "too few customers yet" in said and 'name="held_out" value="25"' in keeper.at.text
        assert await house.value("SELECT held_out * 1000 + least_minor FROM fit_edition") == 25_200
        for held_out in ("101", "-1", "many", ""):
            await keeper.post("/console/routing", active="yes", held_out=held_out, least="1")
            assert keeper.at.status_code == 422
        assert await house.value("SELECT held_out FROM fit_edition") == 25


async def test_the_page_of_the_saving_names_no_winner_of_few_and_says_whose_costs_these_are(house: House) -> None:
    async with Clerk(house, "operations") as keeper:
        said = await keeper.see("/console/routing")
        assert "no winner is named below 100 in each arm" in said and "Shipped examples, not your costs: " in said


@pytest.mark.parametrize("by", ["channel", "source", "unit", "staff", "campaign"])
async def test_the_sums_on_the_page_are_the_logs(house: House, by: str) -> None:
    async with App(house.url) as app, Clerk(house, "operations") as keeper:
        await app.begin("store.list")
        await app.answer(app.view["question"]["options"][0]["value"])
        await keeper.see(f"/console/traffic?by={by}&days=7")
        cards = [int(one.replace(",", "")) for one in re.findall(r'<div class="card"><b>([\d,]+)</b>', keeper.at.text)]
        sql = "SELECT count(*) FROM event WHERE type = ANY($1)"
        wanted = [
            await house.value(sql, types) for types in (
                ["outreach.code_scanned"], ["function.visited", "journey.opened"], ["journey.answered"], ["order.placed"])
        ]  # fmt: skip
        assert cards[:4] == wanted
        rows = re.findall(r'data-th="Visits" class="end">([\d,]+)<', keeper.at.text)
        assert sum(int(one.replace(",", "")) for one in rows) == wanted[1]
        assert "Our stores store.list" in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", keeper.at.text))


@pytest.mark.parametrize("page", PAGES)
async def test_a_clerk_is_kept_out(house: House, page: str) -> None:
    async with Clerk(house, "clerk-gz") as clerk:
        await clerk.see(page)
        assert clerk.at.status_code == 403


async def test_every_band_has_its_own_sheet(house: House) -> None:
    async with Clerk(house, "operations") as keeper:
        for band in BANDS:
            await keeper.see(f"/console/fit?band={band}&family=recharge")
            assert f'name="band" value="{band}"' in keeper.at.text
