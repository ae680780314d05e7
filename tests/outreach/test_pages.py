"""The pages of codes in a real browser: made in the console, scanned on a phone, a number called at the counter."""

import os

import pytest
from playwright.async_api import Browser, Page, expect

from tests.ground.house import House
from tests.scenarios.cast import clerk_comes

pytestmark = pytest.mark.browser
PATIENCE = 40_000
SHOTS = os.environ.get("SHOTS")


async def staff_page(house: House, browser: Browser, username: str) -> Page:
    """A member of staff who has logged in, in a browser of their own."""
    return (await clerk_comes(house, browser, username)).page


async def shot(page: Page, name: str) -> None:
    """A picture of the page, when somebody wants to look."""
    if SHOTS:
        await page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


async def make(page: Page, house: House, kind: str, **chosen: str) -> str:
    """Codes made in the console; gives the letters of the first."""
    await page.goto(f"{house.url}/console/codes")
    await page.locator("#kind").select_option(kind)
    for label, value in chosen.items():
        box = page.locator(f"#{label}")
        await (box.select_option(value) if label in ("store", "offering", "clerk") else box.fill(value))
    await page.get_by_role("button", name="Make and show the sheet").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("ready to print", timeout=PATIENCE)
    return str(await page.locator(".codes .mono").first.inner_text()).replace(" ", "").lower()


async def test_codes_are_made_printed_and_passed_on(house: House, browser: Browser) -> None:
    page = await staff_page(house, browser, "supervisor")
    code = await make(page, house, "shelf", store="onehall.gd.gz.s1", offering="hall-59")
    await shot(page, "sheet-one")
    await make(page, house, "store", copies="2")
    await expect(page.get_by_role("heading", level=1)).to_have_text("8 codes, ready to print")  # four stores of Guangdong, two each
    await shot(page, "sheet")
    link = await page.get_by_role("link", name="Sheet as PDF").get_attribute("href")
    answer = await page.request.get(f"{house.url}{link}")
    body = await answer.body()
    assert answer.headers["content-type"].startswith("application/pdf") and body.startswith(b"%PDF-")
    assert (await (await page.request.get(f"{house.url}{link}")).body()) == body
    await page.goto(f"{house.url}/console/codes")
    await shot(page, "codes")
    await page.goto(f"{house.url}/console/codes/{code}")
    await page.locator("#store").select_option("onehall.gd.sz.s1")
    await page.get_by_role("button", name="Pass it on").click()
    await expect(page.get_by_role("row").filter(has_text="Futian store, Shenzhen")).to_have_count(1, timeout=PATIENCE)
    await shot(page, "code")
    assert await house.value("SELECT unit FROM outreach_code WHERE code = $1", code) == "onehall.gd.sz.s1"
    assert await house.value("SELECT count(*) FROM outreach_owner WHERE code = $1", code) == 2


async def test_a_wrong_form_makes_nothing(house: House, browser: Browser) -> None:
    page = await staff_page(house, browser, "supervisor")
    before = await house.value("SELECT count(*) FROM outreach_code")
    await page.goto(f"{house.url}/console/codes")
    await page.locator("#kind").select_option("campaign")
    await page.get_by_role("button", name="Make and show the sheet").click()
    await expect(page.get_by_role("alert")).to_contain_text("A campaign's code needs a name", timeout=PATIENCE)
    assert await house.value("SELECT count(*) FROM outreach_code") == before


async def test_a_clerk_of_another_province_makes_none_and_sees_none(house: House, browser: Browser) -> None:
    page = await staff_page(house, browser, "supervisor")
    code = await make(page, house, "store", store="onehall.gd.gz.s1")
    clerk = await staff_page(house, browser, "clerk-hz")
    for path in ("/console/codes", f"/console/codes/{code}"):
        assert (await clerk.request.get(f"{house.url}{path}")).status == 403


async def test_a_shelf_code_leads_to_a_tariff_and_its_parts(house: House, page: Page, browser: Browser) -> None:
    keeper = await staff_page(house, browser, "supervisor")
    code = await make(keeper, house, "shelf", store="onehall.gd.gz.s1", offering="hall-59")
    await page.goto(f"{house.url}/q/{code}")
    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Hall 59")
    await expect(page.get_by_text("Tianhe store, Guangzhou")).to_be_visible()
    await expect(page.get_by_role("heading", name="By itself")).to_be_visible()
    await shot(page, "landing-shelf")
    await page.get_by_role("link", name="The rule").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Whose sale it is")
    await shot(page, "rule")
    await page.goto(f"{house.url}/q/{code}")
    await page.get_by_role("button", name="Buy this now").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Which number would you like?", timeout=PATIENCE)
    journey = page.url.rsplit("/", 1)[1]
    assert await house.value("SELECT source FROM journey WHERE id = $1", journey) == code


async def test_a_number_is_taken_without_an_app_and_called(house: House, page: Page, browser: Browser) -> None:
    keeper = await staff_page(house, browser, "supervisor")
    code = await make(keeper, house, "store", store="onehall.gd.gz.s1")
    await page.goto(f"{house.url}/q/{code}")
    await shot(page, "landing-store")
    await page.get_by_role("button", name="Take a queue number").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Your number is A001. You are next.", timeout=PATIENCE)
    await shot(page, "ticket")
    clerk = await staff_page(house, browser, "clerk-gz")
    await clerk.get_by_role("link", name="Waiting: 1").click()
    await expect(clerk.get_by_role("row").filter(has_text="A001")).to_have_count(1, timeout=PATIENCE)
    await clerk.get_by_role("button", name="Give a number").click()
    await expect(clerk.get_by_text("The number is A002.")).to_be_visible(timeout=PATIENCE)
    await shot(clerk, "queue")
    await clerk.get_by_role("button", name="Call next").click()
    await expect(clerk.locator(".baton")).to_have_text("A001", timeout=PATIENCE)
    await shot(clerk, "queue-called")
    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_have_text("A001, please come to the counter.")
    await clerk.get_by_role("button", name="Did not come").click()
    await expect(clerk.get_by_role("row").filter(has_text="called once in vain")).to_have_count(1, timeout=PATIENCE)
    await clerk.get_by_role("button", name="Call next").click()
    await expect(clerk.locator(".baton")).to_have_text("A002", timeout=PATIENCE)


async def test_what_is_no_code_leads_nowhere(house: House, page: Page) -> None:
    answer = await page.goto(f"{house.url}/q/22222222")
    assert answer and answer.status == 404
    answer = await page.goto(f"{house.url}/queue/onehall.gd.gz.s1/A999")
    assert answer and answer.status == 404
    answer = await page.goto(f"{house.url}/queue/nowhere/A001")
    assert answer and answer.status == 404
