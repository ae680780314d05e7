"""The hall on a phone without a net: what was read last, with its time, one reader's alone, and gone when they log out."""

import json
import re
from typing import Any

import httpx
import pytest
from playwright.async_api import BrowserContext, Page, expect

from onehall.demo.customers import CUSTOMERS
from onehall.pages import installing
from tests.ground.house import House

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LIN, WANG, CHEN, MARIA, ZHAO = CUSTOMERS[:5]  # a code is sent to one phone once a minute: each story has its own people
PHONE = {"viewport": {"width": 360, "height": 740}, "locale": "en-GB"}
KEPT = "caches.open('hall-reads').then(s => s.keys()).then(k => k.map(r => new URL(r.url).pathname).filter(p => !p.startsWith('/.')))"
READY = "navigator.serviceWorker.ready.then(r => new Promise(done => navigator.serviceWorker.controller ? done(1) : \
navigator.serviceWorker.addEventListener('controllerchange', () => done(1))))"


async def logs_in(page: Page, house: House, phone: str) -> None:
    """A customer logs in with the code that comes to their phone."""
    await page.goto(f"{house.url}/login?to=/")
    await page.locator("input[name=phone]").fill(phone)
    await page.locator("main button").click()
    await expect(page.locator("input[name=code]")).to_be_visible()
    for _look in range(100):
        async with httpx.AsyncClient(base_url=house.url, trust_env=False) as client:
            found = [one["text"] for one in (await client.get(f"/sim/phones/{phone}/messages")).json() if one["way"] == "to"]
        codes = [match[0] for text in found if (match := re.search(r"(?<!\d)\d{6}(?!\d)", text))]
        if codes:
            break
        await page.wait_for_timeout(100)
    await page.locator("input[name=code]").fill(codes[-1])
    await page.locator("main button.btn").first.click()
    await expect(page.locator("article.line").first).to_be_visible(timeout=20_000)


@pytest.fixture
async def phone(browser: Any, house: House) -> Any:
    """A phone of its own, with the hall's worker in charge."""
    context: BrowserContext = await browser.new_context(**PHONE)
    page = await context.new_page()
    await page.goto(house.url)
    await page.evaluate(READY)
    yield page
    await context.close()


async def test_what_was_read_is_there_without_a_net(phone: Page, house: House) -> None:
    await logs_in(phone, house, LIN.number)
    balance = await phone.locator("article.line dd").first.inner_text()
    assert not await phone.locator("p.old").is_visible()
    await phone.context.set_offline(True)
    await phone.goto(house.url)
    await expect(phone.locator("p.old")).to_be_visible()
    assert "No connection. Nothing can be changed now." in await phone.locator("p.old").inner_text()
    assert re.search(r"\d{1,2}:\d\d", await phone.locator("#old-at").inner_text())
    assert await phone.locator("article.line dd").first.inner_text() == balance
    assert await phone.locator("main form:visible").count() == 0, "nothing can be begun"
    await phone.goto(f"{house.url}/search")
    await expect(phone.get_by_role("heading", name="No connection")).to_be_visible()
    await phone.context.set_offline(False)
    await phone.goto(house.url)
    await expect(phone.locator("p.old")).to_be_hidden()


async def test_what_was_kept_goes_when_they_log_out(phone: Page, house: House) -> None:
    await logs_in(phone, house, WANG.number)
    await phone.goto(f"{house.url}/me")
    assert {"/", "/me"} <= set(await phone.evaluate(KEPT))
    await phone.locator("form[action='/logout'] button").click()
    await expect(phone.locator("a[href='/login']").first).to_be_visible()
    assert "/me" not in await phone.evaluate(KEPT)
    await phone.context.set_offline(True)
    await phone.goto(f"{house.url}/me")
    await expect(phone.get_by_role("heading", name="No connection")).to_be_visible()
    assert WANG.number[-4:] not in await phone.content()


async def test_another_customer_finds_nothing_of_the_one_before(phone: Page, house: House) -> None:
    await logs_in(phone, house, CHEN.number)
    await phone.goto(f"{house.url}/me")
    await phone.context.clear_cookies()  # their session ended without a word
    await logs_in(phone, house, MARIA.number)
    assert await phone.evaluate(KEPT) == ["/"]
    await phone.context.set_offline(True)
    await phone.goto(house.url)
    assert MARIA.number[-4:] in await phone.locator("article.line .digits").first.inner_text()
    await phone.goto(f"{house.url}/me")
    await expect(phone.get_by_role("heading", name="No connection")).to_be_visible()


async def test_it_is_installable(phone: Page, house: House) -> None:
    link = await phone.locator("link[rel=manifest]").get_attribute("href")
    manifest = json.loads(await phone.evaluate(f"fetch('{link}').then(r => r.text())"))
    assert (manifest["start_url"], manifest["display"]) == ("/", "standalone")
    assert {icon["sizes"] for icon in manifest["icons"]} == {f"{size}x{size}" for size in installing.SIZES}
    drawn = "s => fetch(`/icon/${s}`).then(r => r.blob()).then(createImageBitmap).then(b => [b.width, b.height])"
    sizes = await phone.evaluate(f"Promise.all([180, 192, 512].map({drawn}))")
    assert sizes == [[180, 180], [192, 192], [512, 512]]
    client = await phone.context.new_cdp_session(phone)
    wrong = await client.send("Page.getInstallabilityErrors")
    assert [one["errorId"] for one in wrong["installabilityErrors"]] in ([], ["in-incognito"])


async def test_a_code_is_read_by_the_camera_where_the_browser_can(browser: Any, house: House) -> None:
    context = await browser.new_context(**PHONE)
    page = await context.new_page()
    await page.goto(f"{house.url}/c")
    await expect(page.locator("[data-scan]")).to_be_hidden()  # this browser reads no codes: the box is there all the same
    await expect(page.locator("#code")).to_be_visible()
    found = f"[{{ rawValue: '{house.url}/c/123456' }}]"
    await page.add_init_script(f"window.BarcodeDetector = class {{ async detect() {{ return {found}; }} }}")
    await page.goto(f"{house.url}/c")
    await page.locator("#photo").set_input_files({"name": "code.png", "mimeType": "image/png", "buffer": installing.icon(180)})
    await expect(page.get_by_role("alert")).to_be_visible()  # the code was sent: there is no such journey
    assert await page.locator("#code").input_value() == "123456"
    await context.close()


async def test_words_come_to_the_browser_that_asked(phone: Page, house: House) -> None:
    await logs_in(phone, house, ZHAO.number)
    await phone.goto(f"{house.url}/me")
    await phone.get_by_role("button", name="Turn on").click()
    await expect(phone.get_by_text("This phone is told.")).to_be_visible()
    assert await house.value("SELECT count(*) FROM push_device") == 1
    await phone.get_by_role("button", name="Turn off").click()
    await expect(phone.get_by_role("button", name="Turn on")).to_be_visible()
    assert await house.value("SELECT count(*) FROM push_device") == 0


async def test_large_type_is_one_touch_and_stays(phone: Page, house: House) -> None:
    ordinary = float(await phone.evaluate("parseFloat(getComputedStyle(document.body).fontSize)"))
    await phone.get_by_role("link", name="Large type").click()
    large = float(await phone.evaluate("parseFloat(getComputedStyle(document.body).fontSize)"))
    assert large == pytest.approx(1.5 * ordinary)
    await phone.goto(f"{house.url}/plans")
    assert await phone.evaluate("document.documentElement.className") == "large"
    await phone.get_by_role("link", name="Ordinary type").click()
    await phone.goto(f"{house.url}/plans")
    assert await phone.evaluate("document.documentElement.className") == ""


def test_an_icon_is_a_picture_of_ours() -> None:
    made = installing.icon(180)
    assert made.startswith(b"\x89PNG\r\n\x1a\n") and installing.icon(180) == made
