"""A company shows its store inside its own OA: a member sees the shelf there and has a line, all within the company's page.

The OA stands on another site than the house, and the browser lets no third party keep cookies.
"""

import base64
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import BrowserContext, FilePayload, FrameLocator, Page, async_playwright, expect

from tests.channels.desk.staff import Clerk
from tests.conformance.people import Person
from tests.estore.fronts import joins, shown_in, way_in
from tests.ground import browser as browsers
from tests.ground.counter import FACE
from tests.ground.house import House
from tests.scenarios.cast import NAME, PATIENCE, until

pytestmark = pytest.mark.browser
NO_THIRD_PARTY_COOKIES = "--test-third-party-cookie-phaseout"
FREE = "SELECT string_agg(number, ' ') FROM (SELECT number FROM number WHERE state = 'free' AND pool IS NULL AND tier = 0 LIMIT 3)"


class Office(BaseHTTPRequestHandler):
    """The page of a company that shows another in a frame: `/?shows=<address>`."""

    def do_GET(self) -> None:  # noqa: N802 (the library's name)
        """This will send the page."""
        shows = parse_qs(urlsplit(self.path).query).get("shows", [""])[0]
        frame = f'<iframe title="Store" src="{escape(shows)}" width="380" height="760"></iframe>'
        body = f"<!doctype html><title>OA</title><h1>Our OA</h1>{frame}"
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *said: object) -> None:
        """This will say nothing."""


def opened() -> Iterator[str]:
    """A company's web server; gives its address, of another site than that of the house."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Office)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


oa = pytest.fixture(opened)
stranger = pytest.fixture(opened)


@pytest.fixture
async def visitor(chromium: str) -> AsyncIterator[BrowserContext]:
    """A browser in which no site but the one in the address bar keeps cookies as it likes."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium, args=[*browsers.ARGUMENTS, NO_THIRD_PARTY_COOKIES])
        yield await browser.new_context(viewport={"width": 420, "height": 900}, locale="en-GB")
        await browser.close()


@asynccontextmanager
async def store_of(house: House, slug: str, oa: str, phone: str) -> AsyncIterator[str]:
    """A store that the company's OA may show, with numbers of its own and one member; gives the company's secret."""
    async with Clerk(house, "accounts") as manager:
        secret = await shown_in(manager, slug, oa)
        await manager.post(f"{manager.at.url.path.removesuffix('/secret')}/numbers", sheet=await house.value(FREE))
        member = await joins(house, slug, phone)
        yield secret
        await member.aclose()


async def shows(page: Page, oa: str, address: str) -> FrameLocator:
    """The OA is opened with an address in its frame."""
    await page.goto(f"{oa}/?shows={address}")
    return page.frame_locator("iframe")


async def test_a_member_sees_the_shelf_and_a_token_opens_once(house: House, oa: str, stranger: str, visitor: BrowserContext) -> None:
    page = await visitor.new_page()
    async with store_of(house, "in-oa", oa, "13900000331") as secret:
        address = house.url + way_in(house, secret, "in-oa")
        frame = await shows(page, oa, address)
        await expect(frame.get_by_text("Hello, Lan Wei")).to_be_visible(timeout=PATIENCE)
        await expect(frame.get_by_role("heading", name="Plans for you")).to_be_visible()
        cookies = {one["name"]: one for one in await visitor.cookies()}
        assert cookies["__Host-framed-hall_session"]["sameSite"] == "None" and cookies["__Host-framed-hall_session"]["secure"]
        assert set(cookies) == {"__Host-framed-hall_session", "__Host-framed-hall_visitor", "__Host-hall_frame"}
        await frame.get_by_role("link", name="中文").click()
        await expect(frame.get_by_text("Lan Wei，您好")).to_be_visible(timeout=PATIENCE)
        await page.goto(f"{house.url}/s/in-oa")  # in a window of its own nobody is logged in by that
        await expect(page.get_by_role("heading", name="For the staff of Acme")).to_be_visible()
        frame = await shows(page, oa, address)
        await expect(frame.get_by_text("此入口无效或已被使用")).to_be_visible(timeout=PATIENCE)
        await expect(frame.get_by_text("Lan Wei")).to_have_count(0)
        fresh = house.url + way_in(house, secret, "in-oa")
        frame = await shows(page, stranger, fresh)  # whoever has got hold of a token shows nothing with it
        assert await until(lambda: went(page)) == "chrome-error://chromewebdata/"
        await expect(frame.get_by_text("Lan Wei")).to_have_count(0)


async def test_a_member_has_a_line_without_leaving_the_oa(house: House, oa: str, visitor: BrowserContext) -> None:
    page = await visitor.new_page()
    async with store_of(house, "buys-in-oa", oa, "13900000332") as secret:
        frame = await shows(page, oa, house.url + way_in(house, secret, "buys-in-oa"))
        await frame.get_by_role("button", name=re.compile("^Choose ")).first.click(timeout=PATIENCE)
        await heads(frame, "Which number would you like?")
        ordinary = frame.locator("#options .num").filter(has_not=frame.locator(".badge")).first
        number = re.sub(r"\D", "", await ordinary.locator(".digits").inner_text())
        await ordinary.click()
        await frame.get_by_role("button", name="Continue", exact=True).click()
        await heads(frame, "Which SIM would you like?")
        await frame.get_by_text("eSIM").first.click()
        await heads(frame, "Do you want to open this line?")
        await frame.get_by_role("button", name="Agree and continue").click()
        await shows_a_document(frame)
        async with visitor.expect_page() as coming:  # the bank's page is not for frames
            await frame.get_by_role("link", name="Pay now").click(timeout=PATIENCE)
        bank = await coming.value
        await bank.get_by_role("button", name="Pay now").click(timeout=PATIENCE)
        await expect(bank.get_by_role("status")).to_have_text("Paid. Thank you; you can go on where you were.", timeout=PATIENCE)
        await heads(frame, f"Your line {number[:3]} {number[3:7]} {number[7:]} is active.")  # the frame went on by itself
        await frame.get_by_role("link", name="Back to the store").click()
        await expect(frame.get_by_text("in use")).to_be_visible(timeout=PATIENCE)
        assert page.url.startswith(oa)


async def went(page: Page) -> str:
    """Where the frame of the page is now; nothing while it is nowhere yet."""
    (inner,) = [one.url for one in page.frames if one.parent_frame]
    return inner


async def heads(frame: FrameLocator, words: str) -> None:
    """The page in the frame says the words."""
    await expect(frame.get_by_role("heading", level=1)).to_have_text(words, timeout=PATIENCE)


async def shows_a_document(frame: FrameLocator) -> None:
    """A member shows who they are."""
    await heads(frame, "Please show who you are.")
    await frame.get_by_label("Name", exact=True).fill(NAME)
    await frame.get_by_label("Document number").fill(Person().document)
    picture = FilePayload(name="face.jpg", mimeType="image/jpeg", buffer=base64.b64decode(FACE))
    await frame.locator("input[type=file]").set_input_files(picture)
    await frame.get_by_role("button", name="Confirm").click()
