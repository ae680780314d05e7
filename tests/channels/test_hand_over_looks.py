"""What is shown to go on elsewhere, in a real browser: the hall's page and link, the kiosk's screen, the counter's page."""

import os
import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, expect

from tests.ground.house import House
from tests.scenarios.cast import PATIENCE, App, clerk_comes, messages, until

pytestmark = pytest.mark.browser
RUNS_OVER = "document.documentElement.scrollWidth > innerWidth"
PICTURES = os.environ.get("PICTURES", "")
SIZES = [("phone", 390, 844), ("desk", 1280, 800)]


async def looks_right(page: Page, name: str) -> None:
    """Nothing runs over the edge; a picture is kept where one is asked for."""
    await page.wait_for_load_state("networkidle")
    if PICTURES:
        await page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)
    assert not await page.evaluate(RUNS_OVER), name


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: size[0])
async def test_the_hall_shows_a_code_a_qr_and_until_when(house: House, browser: Browser, size: tuple[str, int, int], language: str) -> None:
    name, width, height = size
    scheme: Literal["dark", "light"] = "dark" if (name, language) == ("phone", "en-GB") else "light"
    context = await browser.new_context(viewport={"width": width, "height": height}, locale=language, color_scheme=scheme)
    page = await context.new_page()
    await page.goto(f"{house.url}/f/topup?amount=50&number=18600010002")
    await page.locator("main form[action='/f/topup'] button, form[action^='/f/topup'] button").first.click()
    await expect(page.locator("form[action$='/handover'] button")).to_be_visible(timeout=PATIENCE)
    await page.locator("form[action$='/handover'] button").click()
    await expect(page.locator(".code")).to_be_visible(timeout=PATIENCE)
    await expect(page.locator(".ways .qr svg")).to_be_visible(timeout=PATIENCE)  # WeChat's own
    until_text = await page.locator("time[data-local]").inner_text()
    assert re.fullmatch(r"\d{2}:\d{2}", until_text)
    await looks_right(page, f"hall-{name}-{language}")
    link = await page.locator(".ways a").inner_text()
    other = await context.new_page()
    await other.goto(link)
    await expect(other.locator("main button")).to_be_visible(timeout=PATIENCE)
    await looks_right(other, f"link-{name}-{language}")
    await context.close()


async def test_a_deadline_is_told_by_the_readers_own_clock(house: House, browser: Browser) -> None:
    app = App(house)
    begun = await app.begins()
    made = await app.post(f"/api/journeys/{begun['id']}/handover")
    shown = []
    for zone in ("Asia/Shanghai", "Europe/London"):
        context = await browser.new_context(timezone_id=zone, locale="en-GB")
        page = await context.new_page()
        await page.goto(made["url"])
        shown.append(await page.locator("time[data-local]").inner_text())
        await context.close()
    hours = [int(each.split(":")[0]) for each in shown]
    assert (hours[0] - hours[1]) % 24 in (7, 8) and shown[0][3:] == shown[1][3:]


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
async def test_a_kiosk_shows_and_prints_it(house: House, browser: Browser, language: str) -> None:
    context = await browser.new_context(viewport={"width": 1080, "height": 1920}, locale=language, has_touch=True)
    page, cabinet = await context.new_page(), f"h-{language.lower()}"
    await page.goto(f"{house.url}/kiosk?cabinet={cabinet}")
    await page.goto(f"{house.url}/kiosk/do/recharge")
    await page.locator("form[action='/kiosk/f/topup'] button").click()
    await page.locator("form[action$='/handover'] button").click()
    await expect(page.locator(".qr svg")).to_be_visible(timeout=PATIENCE)
    await page.locator("button[value=print]").click()
    await expect(page.locator(".note")).to_be_visible(timeout=PATIENCE)
    await looks_right(page, f"kiosk-{language}")
    code = (await page.locator(".digits").inner_text()).strip()
    await page.goto(f"{house.url}/sim/cabinet/{cabinet}")
    await expect(page.locator("main")).to_contain_text(code)
    await expect(page.locator("main")).to_contain_text("/h/")
    await context.close()


async def test_a_clerk_sends_it_to_the_customers_phone(house: House, browser: Browser) -> None:
    app = App(house)
    begun = await app.begins()
    clerk = await clerk_comes(house, browser)
    await clerk.takes((await app.post(f"/api/journeys/{begun['id']}/handover"))["url"])
    phone = "13900007788"
    await clerk.page.get_by_label("The customer's phone").fill(phone)
    await clerk.page.get_by_role("button", name="Send to the customer's phone").click()
    await expect(clerk.page.get_by_text("Sent to 139****7788.")).to_be_visible(timeout=PATIENCE)
    await looks_right(clerk.page, "counter-sent-en")
    text = (await until(lambda: messages(house, phone)))[-1]
    found = re.fullmatch(r"Open a line goes on here: (\S+/h/\w{16}) or with the code \d{6}, until \d{2}:\d{2}\.", text)
    assert found, text
    customer = await browser.new_page(locale="en-GB")
    await customer.goto(found[1])
    await customer.get_by_role("button", name="Continue here").click()
    await expect(customer.get_by_role("heading", level=1)).to_have_text("Please show who you are.", timeout=PATIENCE)
    await clerk.page.reload()
    await expect(clerk.page.get_by_role("heading", level=1)).to_have_text("Continued at: Online hall", timeout=PATIENCE)
