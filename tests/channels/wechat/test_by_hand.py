"""The simulated chat, used by hand on a phone in both languages: written, pressed, scanned; the whole house behind it."""

import os

import pytest
from playwright.async_api import Page, expect

pytestmark = pytest.mark.browser
ENGLISH, CHINESE = {"locale": "en-GB"}, {"locale": "zh-CN"}


@pytest.mark.parametrize("page", [ENGLISH, CHINESE], indirect=True, ids=["en", "zh"])
async def test_a_chat_on_a_phone(app_url: str, page: Page, request: pytest.FixtureRequest) -> None:
    language = request.node.callspec.id
    await page.goto(f"{app_url}/sim/wechat/o{language}")
    await page.locator("button[name=subscribe]").click()
    messages = page.locator("#messages li")
    await expect(messages).to_have_count(2)
    await page.fill("#text", "0000")
    await page.locator("form:has(#text) button:not([type=button])").click()
    await expect(messages).to_have_count(4)
    await expect(messages.last).to_contain_text("1. ")
    await page.locator("button[name=click][value='store.list']").click()
    await expect(messages).to_have_count(6)
    await page.fill("#scan", "000000")
    await page.locator("form:has(#scan) button").click()
    await expect(messages).to_have_count(8)
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if folder := os.environ.get("PICTURES"):
        await page.screenshot(path=f"{folder}/wechat-{language}.png", full_page=True)
