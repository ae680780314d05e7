"""The story of the phone and the counter again, and a top-up paid at the bank, without a mouse; axe looks at every page passed.

The first is lived in English, narrow and light in the hall, wide and dark at the counter; the second in Chinese. The pages of
bank and payment are looked at both ways; of all others the other half is seen by the tests of looks of each channel.
"""

import re
from datetime import timedelta

import pyotp
import pytest
from playwright.async_api import Browser, Page, expect

from onehall.demo.people import PASSWORD, STAFF
from tests.ground.counter import DOCUMENT
from tests.ground.house import House
from tests.ground.keyboard import AXE, NARROW, PATIENCE, WIDE, Keyboard, sound
from tests.scenarios.cast import NAME, messages, spaced, until

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not AXE.exists(), reason="the page assets were not fetched")]
LIN = "18600010001"
SKIP = "跳到正文"


async def test_a_line_is_sold_by_keys_alone(house: House, page: Page, browser: Browser) -> None:
    number = await finds_a_number(Keyboard(page), house.url)
    code = await takes_the_code(page)
    clerk = Keyboard(await (await browser.new_context(locale="en-GB")).new_page())
    await logs_in(clerk, house)
    await clerk.types(code)  # the sixth digit sends it
    await shows_the_document(clerk)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Continued at: Counter", timeout=PATIENCE)
    await sound(page, NARROW)
    await sells(clerk)
    await expect(clerk.page.locator("main")).to_contain_text(f"Your line {spaced(number)} is active.")
    await sound(clerk.page, WIDE)


async def finds_a_number(phone: Keyboard, url: str) -> str:
    """A plan, then a number out of a search; it is held."""
    await phone.page.goto(url)
    await sound(phone.page, NARROW)
    await phone.arrives("A new line in five minutes.")
    await phone.chooses("See every tariff")
    await phone.arrives("Every plan, every price.")
    await phone.chooses("Hall 59")
    await phone.arrives("Hall 59")
    await sound(phone.page, NARROW)
    await phone.chooses("Choose this plan")
    await phone.arrives("Which number would you like?")
    await phone.goes_to("Search")
    await phone.types("ends 8, no 4")
    await expect(phone.page.locator("#options .digits").filter(has_text=re.compile(r"4|[^8]$"))).to_have_count(0, timeout=PATIENCE)
    await sound(phone.page, NARROW)
    await phone.goes_to(re.compile(r"^186 \d{4} \d{4}"))
    chosen = await phone.goes_to(re.compile(r"^186 \d{4} \d{4}$"), "ArrowDown")  # the next that is not a nice one
    await expect(phone.page.locator("#options :checked")).to_have_count(1)
    await phone.goes_to("Show others")
    await phone.chooses("Continue")
    await phone.arrives("Please show who you are.", skips=False)  # no new page: the question has changed, and it has the focus
    await expect(phone.page.locator(".hold")).to_contain_text(chosen)
    return chosen.replace(" ", "")


async def takes_the_code(page: Page) -> str:
    """The way to the counter."""
    phone = Keyboard(page)
    await sound(page, NARROW)
    await phone.chooses("Continue somewhere else")
    await phone.arrives("Continue somewhere else", skips=False)
    await sound(page, NARROW)
    code = (await page.locator(".code").inner_text()).replace(" ", "")
    assert re.fullmatch(r"\d{6}", code)
    return code


async def logs_in(clerk: Keyboard, house: House) -> None:
    """Name, password, authenticator: each field is ready or one Tab away."""
    house.clock.move(timedelta(seconds=31))  # an authenticator's code opens once: the next one is due
    person = next(one for one in STAFF if one.username == "clerk-gz")
    await clerk.page.goto(f"{house.url}/desk")
    await sound(clerk.page, WIDE)
    await clerk.arrives("Staff login", skips=False)
    await clerk.types(person.username)
    await clerk.press("Tab", "Password")
    await clerk.types(PASSWORD)
    await clerk.press("Tab", "Code of your authenticator")
    await clerk.types(pyotp.TOTP(person.totp).at(house.clock.now()))
    await clerk.page.keyboard.press("Enter")
    await expect(clerk.page.get_by_label("Customer's code")).to_be_focused(timeout=PATIENCE)


async def shows_the_document(clerk: Keyboard) -> None:
    """What stands on the document, and that the face is theirs."""
    await clerk.arrives("Read the customer's document and compare the face.", skips=False)
    await sound(clerk.page, WIDE)
    await clerk.types(NAME)
    await clerk.goes_to("Document number")
    await clerk.types(DOCUMENT)
    await clerk.goes_to("Document", "Shift+Tab")  # back to see that it is the right kind, and on
    await clerk.goes_to("Document number")
    await clerk.chooses("The face is that of the document", "Space")
    await clerk.chooses("Confirm identity")


async def sells(clerk: Keyboard) -> None:
    """SIM, agreement, cash."""
    await clerk.arrives("Which SIM would you like?")
    await sound(clerk.page, WIDE)
    await clerk.goes_to(re.compile("^eSIM"))
    await clerk.press("Space")
    await clerk.goes_to(re.compile("Written at the counter"), "ArrowDown")
    await clerk.chooses("Continue")
    await clerk.arrives("Do you want to open this line?")
    await sound(clerk.page, WIDE)
    await clerk.chooses("The customer agrees")
    await expect(clerk.page.get_by_role("button", name="Cash received")).to_be_visible(timeout=PATIENCE)
    await sound(clerk.page, WIDE)
    await clerk.chooses("Cash received")
    await clerk.arrives("This is what we tell the customer")


@pytest.mark.parametrize("page", [{"locale": "zh-CN"}], indirect=True)
async def test_a_top_up_is_paid_at_the_bank_by_keys_alone(house: House, page: Page) -> None:
    phone = Keyboard(page, SKIP)
    await enters(phone, house)
    await phone.chooses("Onehall")
    await phone.page.wait_for_url(f"{house.url}/")
    await sound(page, NARROW)
    await phone.chooses(re.compile("^充值"))
    await phone.arrives("请输入充值金额（元）")
    await phone.goes_to("请输入充值金额（元）")
    await phone.types("50")
    await sound(page, NARROW)
    await phone.page.keyboard.press("Enter")
    await pays(phone)
    await expect(page.get_by_role("heading", level=1)).to_contain_text("¥50.00", timeout=PATIENCE)
    await sound(page, NARROW)


async def enters(phone: Keyboard, house: House) -> None:
    """A customer logs in by the code that comes to the phone."""
    before = len(await messages(house, LIN))
    await phone.page.goto(f"{house.url}/login")
    await sound(phone.page, NARROW)
    await phone.types(LIN)
    await phone.page.keyboard.press("Enter")
    await expect(phone.page.locator("#code")).to_be_focused(timeout=PATIENCE)
    await sound(phone.page, NARROW)
    text = (await until(lambda: later(house, before)))[-1]
    await phone.types(re.findall(r"(?<!\d)\d{6}(?!\d)", text)[0])
    await phone.page.keyboard.press("Enter")
    await phone.page.wait_for_url(lambda url: "login" not in url)
    await sound(phone.page, NARROW)


async def later(house: House, before: int) -> list[str]:
    """The messages of the customer's phone that came since."""
    return (await messages(house, LIN))[before:]


async def pays(phone: Keyboard) -> None:
    """To the bank's page and back."""
    await expect(phone.page.get_by_role("link", name="立即支付")).to_be_visible(timeout=PATIENCE)
    await sound(phone.page)
    await phone.chooses("立即支付")
    await phone.arrives("模拟银行", skips=False)
    await sound(phone.page)
    await phone.chooses("立即支付")
    await phone.page.wait_for_url(re.compile("/pay/"))
    await expect(phone.page.get_by_role("status")).to_contain_text("支付成功", timeout=PATIENCE)
    await phone.arrives("支付", skips=False)
    await sound(phone.page)
    await phone.chooses("返回首页")


async def test_the_pages_of_the_bank_and_for_programs_are_sound(house: House, page: Page) -> None:
    await page.goto(f"{house.url}/sim/bank")
    await expect(page.get_by_label("The notice comes twice")).to_have_value("")
    await sound(page)
    await page.goto(f"{house.url}/sim")
    await sound(page)
    await page.goto(f"{house.url}/openapi")
    await expect(page.get_by_role("row").filter(has_text="/api/handovers/{code}")).to_have_count(1)
    await sound(page)
