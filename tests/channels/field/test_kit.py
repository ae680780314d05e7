"""The kit in a real browser: taken along, used without a net, closed and opened again there, and brought in once when the net is back."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pyotp
import pytest
from playwright.async_api import Browser, Page, expect

from onehall.demo.people import PASSWORD, STAFF
from tests.ground.counter import DOCUMENT, FACE
from tests.ground.house import House

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE = 30_000
IN_CHARGE = "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller ? 1 : \
new Promise(done => navigator.serviceWorker.addEventListener('controllerchange', done)).then(() => 1))"
SEALED = """async () => {
  const wish = (r) => new Promise((good) => { r.onsuccess = () => good(r.result); });
  const shelf = await wish(indexedDB.open('field-' + localStorage.getItem('field.staff')));
  const all = await wish(shelf.transaction('sealed').objectStore('sealed').getAll());
  shelf.close();
  return all.map((one) => new TextDecoder().decode(one.data)).join('|') + all.length;
}"""
PAGES = {"en": ("en-GB", "No net", "With net"), "zh-CN": ("zh-CN", "无网络", "网络正常")}


async def comes(house: House, page: Page, username: str = "clerk-gz") -> None:
    """Somebody of the staff opens the kit on their phone and logs in."""
    house.clock.move(timedelta(seconds=31))  # an authenticator's code opens once: the next one is due
    await page.goto(f"{house.url}/field")
    person = next(one for one in STAFF if one.username == username)
    await page.locator("input[name=username]").fill(username)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.locator("input[name=code]").fill(pyotp.TOTP(person.totp).at(house.clock.now()))
    await page.locator("form button").first.click()
    await expect(page.locator("#net")).to_have_class("pill", timeout=PATIENCE)
    await expect(page.locator("#v-results input").first).to_be_visible(timeout=PATIENCE)


async def go(page: Page, where: str) -> None:
    """A touch on a way below."""
    await page.locator(f"[data-go={where}]").click()


@pytest.fixture
async def kit(browser: Browser, house: House) -> AsyncIterator[Page]:
    """A phone that took numbers along and has the kit's page with it."""
    context = await browser.new_context(viewport={"width": 360, "height": 740}, locale="en-GB")
    page = await context.new_page()
    await comes(house, page)
    await page.evaluate(IN_CHARGE)
    await page.reload()
    await go(page, "open")
    await page.locator("#fetch").click()
    await expect(page.locator("#o-numbers input").first).to_be_visible(timeout=PATIENCE)
    yield page
    await context.close()


async def takes_an_opening_down(page: Page, document: str) -> str:
    """An opening is taken down; gives its number."""
    await go(page, "open")
    await page.locator("input[name=plan][value=hall-59]").check()
    number = await page.locator("input[name=number]:checked").input_value()
    await page.locator("#o-name").fill("李雷")
    await page.locator("#o-number").fill(document)
    await page.evaluate("""async (face) => {
      const kept = new DataTransfer(), field = document.getElementById('o-face');
      const canvas = Object.assign(document.createElement('canvas'), { width: 40, height: 40 });
      kept.items.add(new File([await new Promise((done) => canvas.toBlob(done, 'image/jpeg'))], 'face.jpg', { type: 'image/jpeg' }));
      field.files = kept.files; field.dispatchEvent(new Event('change', { bubbles: true }));
    }""", FACE)  # fmt: skip
    await expect(page.locator("#o-seen")).to_be_visible()
    await page.locator("input[name=agree]").check()
    await page.locator("#o-sign").scroll_into_view_if_needed()
    box = await page.locator("#o-sign").bounding_box()
    assert box
    await page.mouse.move(box["x"] + 20, box["y"] + 40)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 120, box["y"] + 90, steps=4)
    await page.mouse.up()
    await page.locator("input[name=cash]").check()
    await page.locator("#opening button.wide").click()
    await expect(page.locator("#items li").first).to_be_visible()
    return number


async def test_what_was_taken_down_without_a_net_is_brought_in_when_it_is_back(kit: Page, house: House) -> None:
    before = await house.value("SELECT count(*) FROM product WHERE status = 'active'")
    await kit.context.set_offline(True)
    await kit.reload()
    await expect(kit.locator("#net")).to_have_text("No net")
    number = await takes_an_opening_down(kit, DOCUMENT)
    await expect(kit.locator("#items li")).to_have_attribute("data-state", "kept")
    await go(kit, "route")
    await kit.locator("#v-name").fill("Zhujiang Building")
    await kit.locator("#v-address").fill("Zhujiang Road 1")
    await kit.locator("input[name=result][value=interested]").check()
    await kit.locator("#visit button").click()
    await expect(kit.locator("#waiting")).to_have_text("2")
    sealed = await kit.evaluate(SEALED)
    assert sealed.endswith("3") and "李雷" not in sealed and DOCUMENT not in sealed
    await kit.reload()  # the phone was put away
    await expect(kit.locator("#waiting")).to_have_text("2")
    assert await house.value("SELECT state FROM number WHERE number = $1", number) == "held"
    await kit.context.set_offline(False)
    await go(kit, "out")
    await kit.locator("#send").click()
    await expect(kit.locator("#items li[data-state=done]")).to_have_count(2, timeout=PATIENCE)
    assert await house.value("SELECT count(*) FROM product WHERE status = 'active'") == before + 1
    assert await house.value("SELECT state FROM number WHERE number = $1", number) == "sold"
    assert await house.value("SELECT count(*) FROM kit_capture") == 2
    assert await house.value("SELECT result FROM visit") == "interested"
    await kit.locator("#send").click()
    await go(kit, "route")
    await expect(kit.locator("#places li")).to_have_count(1, timeout=PATIENCE)
    assert await house.value("SELECT count(*) FROM visit") == 1
    await kit.evaluate(WIPED)


WIPED = """async () => {
  for (const name of await kept.names('item:')) {
    const item = await kept.get(name);
    if (item.answers || item.given) throw new Error('what came in is still here: ' + JSON.stringify(item).slice(0, 200));
  }
}"""


async def test_what_lacks_is_named_and_nothing_is_kept(kit: Page, house: House) -> None:
    await go(kit, "open")
    await kit.locator("#opening button.wide").click()
    await expect(kit.locator("#say")).to_have_text("Something is missing: Name")
    await go(kit, "route")
    await kit.locator("#visit button").click()
    await expect(kit.locator("#say")).to_have_text("Something is missing: How did it end?")
    assert await kit.evaluate("kept.names('item:')") == [] or await kit.locator("#waiting").is_hidden()


@pytest.mark.parametrize("large", [100, 200])
@pytest.mark.parametrize("lang", PAGES)
async def test_nothing_of_the_kit_is_cut_off(browser: Browser, house: House, lang: str, large: int) -> None:
    locale, _off, on = PAGES[lang]
    context = await browser.new_context(viewport={"width": 360, "height": 740}, locale=locale)
    page = await context.new_page()
    await comes(house, page, "clerk-sz")
    await expect(page.locator("#net")).to_have_text(on)
    await page.evaluate(f"document.documentElement.style.fontSize = '{large}%'")
    for where in ("route", "open", "out"):
        await go(page, where)
        if where == "open":
            await page.locator("#fetch").click()
            await expect(page.locator("#o-numbers input").first).to_be_visible(timeout=PATIENCE)
        wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, (where, wide)
        cut = await page.evaluate("[...document.querySelectorAll('main *, nav *')].filter(e => e.offsetParent && e.tagName !== 'SELECT' && "
                                  "e.tagName !== 'INPUT' && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline')"
                                  ".map(e => e.outerHTML.slice(0, 90))")  # fmt: skip
        assert cut == [], where
    assert not re.search(r"\{\w+\}", await page.locator("main").inner_text())
    await context.close()
