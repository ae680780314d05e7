"""The web hall of the demo operator, in a real browser: what a guest finds, and what a customer sees of their own."""

import re

import httpx
from playwright.async_api import Page, expect

PHONE = "18600010001"  # 李一鸣 of the demo operator, on hall-59 with 86.50 on the account


def code_sent(url: str, phone: str) -> str:
    """This will read the newest code on a simulated phone."""
    found: list[str] = []
    for _try in range(100):
        messages = httpx.get(f"{url}/sim/phones/{phone}/messages").json()
        texts = [message["text"] for message in messages] if isinstance(messages, list) else [str(messages)]
        found = [code for text in texts for code in re.findall(r"(?<!\d)\d{6}(?!\d)", text)]
        if found:
            break
    return found[-1]


async def _log_in(page: Page, url: str) -> None:
    await page.goto(url + "/login")
    await page.get_by_label("Your phone number").fill(PHONE)
    await page.get_by_role("button", name="Send me a code").click()
    await page.get_by_label("Code", exact=True).fill(code_sent(url, PHONE))
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Mine")


async def test_a_guest_finds_a_plan_and_a_number_and_holds_it(app_url: str, page: Page) -> None:
    await page.goto(app_url)
    await page.get_by_role("link", name="See every tariff").click()
    await page.get_by_role("link", name="Hall 59").click()
    await expect(page.get_by_text("Monthly fee")).to_be_visible()
    await page.get_by_role("button", name="Choose this plan").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Which number would you like?")
    number = (await page.locator(".num .digits").first.inner_text()).strip()
    await page.locator(".num").first.click()
    await page.get_by_role("button", name="Continue", exact=True).click()
    await expect(page.locator(".hold")).to_contain_text(number)


async def test_a_customer_sees_their_line_and_what_is_left(app_url: str, page: Page) -> None:
    await _log_in(page, app_url)
    await page.goto(app_url)
    line = page.locator(".line")
    await expect(line.locator(".digits")).to_have_text("186 0001 0001")
    await expect(line).to_contain_text("¥86.50")
    await page.goto(app_url + "/f/balance.check")
    await page.get_by_role("button", name="Begin").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Your balance is ¥86.50.")
    await page.goto(app_url + "/me")
    await page.get_by_role("button", name="Log out").click()
    await page.goto(app_url + "/me")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Log in with your number")


def test_numbers_are_searched_by_words_of_both_languages(app_url: str) -> None:
    for words, language in (("no 4", "en"), ("不含4", "zh-CN")):
        page = httpx.get(f"{app_url}/numbers", params={"q": words}, headers={"accept-language": language}).text
        found = re.findall(r'name="given.number" value="(\d+)"', page)
        assert found and not any("4" in number for number in found)
    refused = httpx.get(f"{app_url}/numbers", params={"q": "purple"})
    assert refused.status_code == 200 and "purple" in refused.text


def test_an_address_nobody_serves_is_a_page(app_url: str) -> None:
    answer = httpx.get(f"{app_url}/no/such/page", headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert "Back to the hall" in answer.text
