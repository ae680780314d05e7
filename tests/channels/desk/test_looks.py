"""Every page of counter, console and simulated world: sound by axe, no wider than its screen, in both languages, light and dark."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.channels.desk.staff import App, Clerk
from tests.ground.house import House

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
RUN = "axe.run().then(r => [r.passes.length, r.violations.map(v => `${v.impact} ${v.id} ${v.nodes[0].html.slice(0, 120)}`)])"
PAGES = (
    "/desk", "/desk/journeys", "/desk/find?q=18600010001", "/desk/find?q=nobody", "/console", "/console/orders", "/console/journeys",
    "/console/functions", "/console/street", "/console/steps", "/console/dead", "/console/log", "/console/settings", "/sim", "/sim/phones",
    "/sim/phones/18600010001", "/sim/network", "/sim/sim_writer", "/sim/identity_check", "/sim/clock",
)  # fmt: skip
SCREENS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("en", {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}),
    ("zh-CN", {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"}),
)


@pytest.mark.browser
@pytest.mark.skipif(not AXE.exists(), reason="the page assets were not fetched")
@pytest.mark.parametrize(("language", "screen"), SCREENS, ids=["wide and dark", "narrow and light"])
async def test_axe_finds_nothing_and_nothing_overflows(house: House, browser: Browser, language: str, screen: dict[str, Any]) -> None:
    faults: list[str] = []
    async with App(house.url) as stranger, Clerk(house, "admin") as clerk:
        await clerk.post("/desk/take", code=await stranger.held_at())
        journey = clerk.at.url.path
        cookies = [{"name": each.name, "value": each.value or "", "url": house.url} for each in clerk.browser.cookies.jar]
        context = await browser.new_context(reduced_motion="reduce", **screen)
        await context.add_cookies([*cookies, {"name": "hall_language", "value": language, "url": house.url}])  # type: ignore[list-item]
        page = await context.new_page()
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        for path in (*PAGES, journey):
            await page.goto(house.url + path)
            await page.evaluate(AXE.read_text())
            checked, found = await page.evaluate(RUN)
            assert checked > 10
            wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
            faults += [f"{path}: {fault}" for fault in [*found, *([f"{wider} px too wide"] if wider > 0 else [])]]
    assert faults == []


@pytest.mark.browser
async def test_the_keyboard_is_enough_to_take_a_code_and_choose(house: House, browser: Browser) -> None:
    async with App(house.url) as stranger, Clerk(house, "clerk-gz") as clerk:
        await stranger.begin("line.open")
        code = await stranger.code()
        context = await browser.new_context(viewport={"width": 1280, "height": 900})
        cookies = [{"name": each.name, "value": each.value or "", "url": house.url} for each in clerk.browser.cookies.jar]
        await context.add_cookies(cookies)  # type: ignore[arg-type]
        page = await context.new_page()
        await page.goto(house.url + "/desk")
        await page.keyboard.type(code)
        await page.wait_for_url(re.compile("/desk/journeys/"))
        await page.keyboard.press("2")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("form[data-search]")
        await page.keyboard.press("/")
        await page.keyboard.type("ends 88")
        await expect(page.locator("#options .opt").first).to_contain_text(re.compile(r"88\b"))
        await page.keyboard.press("Escape")
        await page.keyboard.press("1")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("input[name='value.document_number']")


async def test_no_page_carries_script_or_style_of_its_own_and_every_post_its_token(house: House) -> None:
    async with Clerk(house, "admin") as clerk:
        for path in PAGES:
            clerk.at = await clerk.browser.get(path)
            assert clerk.at.status_code == 200, path
            assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", clerk.at.text), path
            forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", clerk.at.text, re.S)
            assert all('name="csrf" value="' in form for form in forms), path
