"""A journey in the browser: with script, and the same without."""

import re

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from tests.channels.web.small_house import SmallHouse


async def _plan_a_party(page: Page, url: str) -> None:
    await page.goto(url + "/f/party.plan")
    await page.get_by_role("button", name="Begin").click()
    await page.get_by_role("button", name="Cup With a spoon").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Which flavour?")
    await page.get_by_text("Plum").click()
    await page.get_by_role("button", name="Continue", exact=True).click()
    await page.get_by_label("How old are you?").fill("ten")
    await page.get_by_role("button", name="Continue", exact=True).click()
    await expect(page.get_by_role("alert")).to_have_text("That is not a number.")
    await expect(page.get_by_label("How old are you?")).to_have_value("ten")
    await page.get_by_label("How old are you?").fill("10")
    await page.get_by_role("button", name="Continue", exact=True).click()
    await page.get_by_label("Show your coupon").set_input_files({"name": "c.pdf", "mimeType": "application/pdf", "buffer": b"abc"})
    await page.get_by_role("button", name="Continue", exact=True).click()
    await page.get_by_text("10:00").click()
    await page.get_by_role("button", name="Continue", exact=True).click()
    await page.get_by_label("Your full name, as your signature").fill("Lin")
    await page.get_by_role("button", name="Sign", exact=True).click()
    await expect(page.get_by_text("100.50")).to_be_visible()
    await page.get_by_role("button", name="Agree and continue").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("See you at 10:00.")
    await expect(page.get_by_text("c.pdf:4")).to_be_visible()  # base64 of 3 bytes
    await expect(page.get_by_text("Lin:4")).to_be_visible()


@pytest.mark.parametrize("page", [{}, {"java_script_enabled": False}], indirect=True, ids=["htmx", "no script"])
async def test_every_question_is_answered(small_house: SmallHouse, page: Page) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" and "422" not in said.text else None)
    await _plan_a_party(page, small_house.url)
    assert faults == []


async def test_the_keyboard_is_enough(small_house: SmallHouse, page: Page) -> None:
    await page.goto(small_house.url + "/f/party.plan")
    await page.keyboard.press("Tab")
    await expect(page.get_by_text("Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    for key in ("Tab", "Enter"):
        await page.keyboard.press(key)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Cone or cup?")
    await page.get_by_role("button", name="Cone").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Which flavour?")
    for key in ("Tab", "Tab", "Tab", "ArrowDown", "Enter"):
        await page.keyboard.press(key)
    await expect(page.get_by_role("heading", level=1)).to_have_text("How old are you?")


async def test_options_are_searched_while_typing(small_house: SmallHouse, page: Page) -> None:
    await page.goto(small_house.url + "/f/party.plan")
    await page.get_by_role("button", name="Begin").click()
    await page.get_by_role("button", name="Cone").click()
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    await page.get_by_label("Search", exact=True).fill("pe")
    await expect(page.locator("#options label")).to_have_count(1)
    await expect(page.locator("#options label")).to_contain_text("Pear")


async def test_a_code_carries_the_journey_to_another_browser_once(small_house: SmallHouse, page: Page, browser: Browser) -> None:
    await page.goto(small_house.url + "/f/party.plan")
    await page.get_by_role("button", name="Begin").click()
    await page.get_by_role("button", name="Cone").click()
    await page.get_by_role("button", name="Continue somewhere else").click()
    code = (await page.locator(".code").inner_text()).replace(" ", "")
    assert re.fullmatch(r"\d{6}", code)
    other, third = await browser.new_page(), await browser.new_page()
    await other.goto(f"{small_house.url}/c/{code}")
    await other.get_by_role("button", name="Continue here").click()
    await expect(other.get_by_role("heading", level=1)).to_have_text("Which flavour?")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Online hall", timeout=9000)
    await third.goto(f"{small_house.url}/c/{code}")
    await third.get_by_role("button", name="Continue here").click()
    await expect(third.get_by_role("alert")).to_have_text("This code has been used already.")


def test_headers_keep_pages_safe(small_house: SmallHouse) -> None:
    answer = httpx.get(small_house.url + "/")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "private, no-store"
    style = re.search(r'href="(/static/hall\.css\?v=\w+)"', answer.text)
    assert style and httpx.get(small_house.url + style[1]).headers["cache-control"] == "public, max-age=31536000, immutable"
    assert httpx.get(small_house.url + "/static/hall.css").headers["cache-control"] == "no-cache"


FILES = ("none.css", "a%00b", "%2e%2e/render.py")
ABSENT = ["/nothing", "/j/nothing", "/plans/none", "/f/none", "/j/x/options", *(f"/static/{name}" for name in FILES)]


@pytest.mark.parametrize("path", ABSENT)
def test_what_is_not_there_is_404_in_words(small_house: SmallHouse, path: str) -> None:
    answer = httpx.get(small_house.url + path, headers={"accept": "text/html", "accept-language": "zh-CN"})
    assert answer.status_code == 404


def test_a_form_without_its_token_is_refused(small_house: SmallHouse) -> None:
    with httpx.Client(base_url=small_house.url) as browser:
        browser.get("/", headers={"accept": "text/html"})
        answer = browser.post("/f/party.plan", data={"given.cup": "cone"})
    assert answer.status_code == 403
    assert "Please reload it and try again." in answer.text


def test_the_language_is_kept_and_leads_nowhere_else(small_house: SmallHouse) -> None:
    with httpx.Client(base_url=small_house.url) as browser:
        answer = browser.get("/lang/zh-CN?to=//evil.example/")
        assert answer.headers["location"] == "/"
        assert '<html lang="zh-CN">' in browser.get("/", headers={"accept-language": "en"}).text
    assert '<html lang="en">' in httpx.get(small_house.url + "/lang/en", follow_redirects=True).text


def test_another_browser_does_not_see_the_journey(small_house: SmallHouse) -> None:
    with httpx.Client(base_url=small_house.url) as browser:
        page = browser.get("/f/party.plan", headers={"accept": "text/html"})
        token = re.search(r'name="csrf" value="(\w+)"', page.text)
        assert token
        place = browser.post("/f/party.plan", data={"csrf": token[1]}).headers["location"]
        assert browser.get(place).status_code == 200
    assert httpx.get(small_house.url + place).status_code == 404
