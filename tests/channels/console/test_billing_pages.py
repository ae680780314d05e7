"""The console's pages of billing over real HTTP: exact figures, one's own unit only, runs begun once, what may not be done refused."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from onehall.kernel.i18n import ZONE
from onehall.kernel.ids import home_of, keyed_id
from onehall.kernel.store import Store
from onehall.kernel.store.leaving import EPOCH
from tests.channels.console.charged_house import EAST, MEMBER, NOBODY, OWNER, SOUTH, cycle_of, fill, share
from tests.channels.desk.staff import Clerk
from tests.channels.desk.test_looks import AXE, RUN
from tests.ground.house import House

MONEY = ("/console/runs", "/console/reconciliation", "/console/revenue", "/console/usage/waiting", "/console/usage/files")
OPEN = ("/console/tariffs", "/console/tariffs/test-59", f"/console/allowances?number={SOUTH}", f"/console/usage?number={SOUTH}")
LOOKS_MAX = 200
PART = "INSERT INTO bill_part (home, run, cycle, accounts, bills, faults, ended) VALUES ($1, $2, $3, 5, 4, 1, $4)"
DEAD = (
    "INSERT INTO job (home, id, kind, body, due, lease_until, tries, state, error) "
    "VALUES (0, $1, 'billing.bill_home', $2, $3, $4, 8, 'dead', 'Later: locked')"
)
SCREENS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("en", {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}),
    ("zh-CN", {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"}),
)
_filled: set[str] = set()


@pytest.fixture
async def filled(house: House, tmp_path: Path) -> House:
    """The house with use in it; filled once for the module."""
    if house.dsn not in _filled:
        _filled.add(house.dsn)
        await fill(house, tmp_path)
    return house


async def billed(house: House, keeper: Clerk) -> str:
    """This will have the month before billed by the button and wait for the workers; gives the run's page."""
    await keeper.see("/console/runs")
    await keeper.post("/console/runs", cycle=cycle_of(house).isoformat())
    path = keeper.at.url.path
    for _look in range(LOOKS_MAX):
        if "data-poll" not in keeper.at.text:
            return path
        await asyncio.sleep(0.1)
        await keeper.see(path)
    raise AssertionError(keeper.at.text)


async def test_tariffs_are_told_in_words_and_figures(filled: House) -> None:
    async with Clerk(filled, "supervisor") as keeper:
        said = await keeper.see("/console/tariffs")
        assert "Plan test-59" in said and "100 MB, 10 min" in said and "¥0.01 for 1 MB" in said and "5 GB, 100 min" in said
        said = await keeper.see("/console/tariffs/test-59")
        assert "allowances first · each record rounded up to whole 1 min · priced record by record" in said
        assert "all ¥0.10 for each 1 min begun" in said and "In force" in said and "¥59.00" in said
        await keeper.see("/console/tariffs/no-such-plan")
        assert keeper.at.status_code == 404


async def test_each_case_of_a_tariff_is_told_by_when_it_holds_and_how_it_counts(filled: House) -> None:
    async with Clerk(filled, "supervisor") as keeper:
        said = await keeper.see("/console/tariffs/test-cases")
        assert "1. night on workdays · from 21:00 to 07:00 allowances first" in said and "all ¥0.05 for each 1 min begun" in said
        assert "to numbers that begin with 00, +1 allowances are not drawn on" in said and "at least 3 min a record" in said
        assert "all 0.005 CNY for each 6 min begun" in said
        assert "whenever no case above fits" in said and "the first 1 min of a record are free · priced by the total of the month" in said
        assert "up to 100 min ¥0.20 for each 1 min begun over 100 min ¥0.10 for each 1 min begun" in said


async def test_a_shared_allowance_is_told_with_its_members_and_what_is_set_aside(filled: House) -> None:
    await share(filled)
    async with Clerk(filled, "supervisor") as keeper, Clerk(filled, "operations") as other:
        said = await keeper.see(f"/console/allowances?number={OWNER}")
        assert "800 MB left of 1,000 MB" in said and "190 MB used · 10 MB set aside" in said, said
        assert "199 0000 0011 own line 150 MB" in said and "199 0000 0012 40 MB of 300 MB at most" in said
        assert re.search(r"Set aside for calls in progress .* 199 0000 0012 data 10 MB 10 MB –", said), said
        assert "800 MB left of 1,000 MB" in await other.see(f"/console/allowances?number={MEMBER}")
        said = await keeper.see(f"/console/usage?number={MEMBER}")
        assert "40 MB data" in said and "test:s2" in said and "test:s1" not in said


async def test_allowances_are_seen_by_number_and_by_account(filled: House) -> None:
    async with Clerk(filled, "operations") as keeper:
        said = await keeper.see(f"/console/allowances?number={SOUTH}")
        assert "199 0000 0001" in said and "0 MB left of 100 MB" in said and "10 min used" in said
        account = await filled.value("SELECT id FROM billing_account WHERE number = $1", SOUTH)
        assert "0 MB left of 100 MB" in await keeper.see(f"/console/allowances?number={account}")


async def test_a_record_is_told_with_all_that_it_was_rated_to(filled: House) -> None:
    day = cycle_of(filled)
    async with Clerk(filled, "supervisor") as keeper:
        said = await keeper.see(f"/console/usage?number={SOUTH}&day={day.replace(day=3)}")
        assert re.search(r"10:00:00 150 MB data All use .*Plan test-59 150 MB 100 MB .*50 MB ¥0.50 net:d1 version 1", said), said
        said = await keeper.see(f"/console/usage?number={SOUTH}")
        assert re.search(r"12\.5 min calls 186 0001 0002 .*13 min 10 min .*3 min ¥0.30 net:v1", said), said
        await keeper.see(f"/console/usage?number={SOUTH}&day=yesterday")
        assert keeper.at.status_code == 422


async def test_another_units_numbers_are_not_there(filled: House) -> None:
    async with Clerk(filled, "supervisor") as guangdong:
        account = await filled.value("SELECT id FROM billing_account WHERE number = $1", EAST)
        for path in (f"/console/usage?number={EAST}", f"/console/allowances?number={EAST}", f"/console/allowances?number={account}"):
            said = await guangdong.see(path)
            assert "No account of your part of the house has this number." in said and "40 MB" not in said, path
        for path in MONEY:
            await guangdong.see(path)
            assert guangdong.at.status_code == 403, path
        await guangdong.see("/console/tariffs")
        assert not re.search(r'href="/console/(runs|revenue|reconciliation|settings|dead)"', guangdong.at.text)


async def test_what_waits_is_tried_again_and_refused_lines_are_named(filled: House) -> None:
    async with Clerk(filled, "operations") as keeper, Clerk(filled, "supervisor") as other:
        said = await keeper.see(f"/console/usage/waiting?number={NOBODY}")
        assert "Nobody has this number" in said and "1 SMS messages file:f3" in said
        await keeper.post("/console/usage/waiting", number=NOBODY)
        await keeper.post("/console/usage/waiting", number=NOBODY)
        assert keeper.at.status_code == 200 and "Waiting" in keeper.at.text
        assert await filled.value("SELECT count(*) FROM event WHERE type = 'console.use_tried_again' AND staff IS NOT NULL") == 2
        await keeper.post("/console/usage/waiting", number="19911111111")
        assert keeper.at.status_code == 404
        await other.post("/console/usage/waiting", number=NOBODY)
        assert other.at.status_code == 403
        said = await keeper.see("/console/usage/files")
        assert re.search(r"calls\.csv file .* 4 1 0 1 1 Done", said), said
        file = await filled.value("SELECT id FROM usage_file")
        assert re.search(r"Refused lines .* 3 much is not an amount of zero or more\.", await keeper.see(f"/console/usage/files/{file}"))


async def test_a_run_is_begun_once_watched_and_held_against_the_books(filled: House) -> None:
    async with Clerk(filled, "operations") as keeper:
        path = await billed(filled, keeper)
        bills = "SELECT count(*) FROM customer_bill"
        assert await filled.value(bills) == 2
        said = await keeper.see(path)
        assert "¥118.80 Total of the bills" in said and "Every account was billed." in said
        assert "Fees Plan test-59 2 ¥9.74 ¥118.00 Use Plan test-59 3 ¥0.06 ¥0.80" in said
        assert "Sum of the lines; the bills say ¥118.80 fits" in said and "0 differences" in said
        assert await billed(filled, keeper) == path
        assert await filled.value(bills) == 2 and await filled.value("SELECT count(*) FROM bill_run") == 1
        assert "2" in await keeper.see("/console/runs")
        month = f"{cycle_of(filled):%Y-%m}"
        said = await keeper.see("/console/revenue")
        assert f"{month} Plan test-59 2 ¥118.80" in said and "FROM customer_bill b JOIN bill_line l" in said


async def test_what_may_not_be_begun_changes_nothing(filled: House) -> None:
    async with Clerk(filled, "operations") as keeper, Clerk(filled, "supervisor") as other:
        runs = "SELECT count(*) FROM bill_run"
        before = await filled.value(runs)
        await keeper.see("/console/runs")
        for cycle, status in (("", 422), ("2999-01-01", 422), (filled.clock.now().date().replace(day=1).isoformat(), 422)):
            await keeper.post("/console/runs", cycle=cycle)
            assert keeper.at.status_code == status, cycle
        naked = await keeper.browser.post("/console/runs", data={"cycle": cycle_of(filled).isoformat()})
        assert naked.status_code == 403
        await other.post("/console/runs", cycle=cycle_of(filled).isoformat())
        assert other.at.status_code == 403
        assert await filled.value(runs) == before


async def test_a_difference_is_explained_and_decided_once(filled: House) -> None:
    async with Clerk(filled, "operations") as keeper:
        for _look in range(LOOKS_MAX):
            if "R-77" in await keeper.see("/console/reconciliation?state=open"):
                break
            await asyncio.sleep(0.1)
        difference = await filled.value("SELECT id FROM reconciliation_difference")
        page = keeper.at.text
        naked = await keeper.browser.post(f"/console/reconciliation/{difference}", data={"note": "because"})
        assert naked.status_code == 403
        assert await filled.value("SELECT status FROM reconciliation_difference") == "open"
        assert "¥12.34" in page and "Nothing of ours" in page
        said = await keeper.post(f"/console/reconciliation/{difference}", note="  the bank   said so ")
        assert "the bank said so · Zhao Ning" in said and "1 Decided" in said
        await keeper.post(f"/console/reconciliation/{difference}", note="something else")
        assert keeper.at.status_code == 409
        assert await filled.value("SELECT note FROM reconciliation_difference") == "the bank said so"


async def test_no_page_carries_script_or_style_of_its_own_and_every_post_its_token(filled: House) -> None:
    async with Clerk(filled, "admin") as keeper:
        for path in (*OPEN, *MONEY):
            await keeper.see(path)
            page = keeper.at.text
            assert keeper.at.status_code == 200, path
            assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", page), path
            assert all('name="csrf" value="' in form for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", page, re.S)), path


@pytest.fixture
async def halfway(filled: House) -> AsyncIterator[tuple[str, Store]]:
    """A run of long ago with one part of two done, an account that could not be billed and a part that was given up."""
    store = await Store(filled.dsn, clock=filled.clock, pool_size=2).open()
    cycle, run, job = date(2020, 2, 1), keyed_id(0, EPOCH, "a run"), keyed_id(0, EPOCH, "a job")
    account = await filled.value("SELECT id FROM billing_account WHERE number = $1", SOUTH)
    async with store.edge(0) as tx:
        start, end = datetime(2020, 2, 1, tzinfo=ZONE), datetime(2020, 3, 1, tzinfo=ZONE)
        sql = "INSERT INTO bill_run (home, id, cycle, start, until, parts, started) VALUES (0, $1, $2, $3, $4, 2, $5)"
        await tx.write(sql, run, cycle, start, end, tx.now)
        await tx.write(PART, 3, run, cycle, tx.now)
        await tx.write("INSERT INTO bill_fault VALUES ($1, $2, $3, 'no tax is known', $4)", home_of(account), account, cycle, tx.now)
        body = {"home": 4, "cycles": [cycle.isoformat()]}
        await tx.write(DEAD, job, body, tx.now, EPOCH)
    yield f"/console/runs/{run}", store
    async with store.edge(0) as tx:
        for sql, key in (
            ("bill_run WHERE id", run),
            ("bill_part WHERE run", run),
            ("bill_fault WHERE cycle", cycle),
            ("job WHERE id", job),
        ):
            await tx.write(f"DELETE FROM {sql} = $1", key)
    await store.close()


async def test_what_a_run_could_not_do_stands_beside_its_progress(filled: House, halfway: tuple[str, Store]) -> None:
    async with Clerk(filled, "operations") as keeper:
        said = await keeper.see(halfway[0])
        assert "Running" in said and "1 of 2 parts are done" in said and "Look again" in said and "¥118" not in said
        assert re.search(r"Account 199 0000 0001 .* no tax is known Look", said), said
        assert "Part 4 was given up after 8 tries Later: locked Try again" in said
        assert "All bills against the books" not in said


@pytest.mark.browser
async def test_a_run_is_watched_without_loading_the_page_again(filled: House, halfway: tuple[str, Store], browser: Browser) -> None:
    path, store = halfway
    async with Clerk(filled, "operations") as keeper:
        context = await browser.new_context(viewport={"width": 390, "height": 844})
        await context.add_cookies([{"name": one.name, "value": one.value or "", "url": filled.url} for one in keeper.browser.cookies.jar])
        page = await context.new_page()
        await page.goto(filled.url + path)
        await page.evaluate("window.stayed = true")
        await expect(page.locator("#run")).to_contain_text("1 of 2 parts are done")
        async with store.edge(0) as tx:
            await tx.write(PART, 4, path.rpartition("/")[2], date(2020, 2, 1), tx.now)
            tx.later("billing.bill_report", {"run": path.rpartition("/")[2]})
        await expect(page.locator("#run")).to_contain_text("2 of 2 parts are done")
        await expect(page.locator("#run")).to_contain_text("All bills against the books")
        assert await page.evaluate("window.stayed") is True


@pytest.mark.browser
@pytest.mark.skipif(not AXE.exists(), reason="the page assets were not fetched")
@pytest.mark.parametrize(("language", "screen"), SCREENS, ids=["wide and dark", "narrow and light"])
async def test_axe_finds_nothing_and_nothing_overflows(filled: House, browser: Browser, language: str, screen: dict[str, Any]) -> None:
    faults: list[str] = []
    async with Clerk(filled, "admin") as keeper:
        run = await billed(filled, keeper)
        file = await filled.value("SELECT id FROM usage_file")
        cookies = [{"name": each.name, "value": each.value or "", "url": filled.url} for each in keeper.browser.cookies.jar]
        context = await browser.new_context(reduced_motion="reduce", **screen)
        await context.add_cookies([*cookies, {"name": "hall_language", "value": language, "url": filled.url}])  # type: ignore[list-item]
        page = await context.new_page()
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        for path in (*OPEN, *MONEY, run, f"/console/usage/files/{file}", f"/console/usage/waiting?number={NOBODY}"):
            await page.goto(filled.url + path)
            await page.evaluate(AXE.read_text())
            checked, found = await page.evaluate(RUN)
            assert checked > 10
            wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
            faults += [f"{path}: {fault}" for fault in [*found, *([f"{wider} px too wide"] if wider > 0 else [])]]
    assert faults == []
