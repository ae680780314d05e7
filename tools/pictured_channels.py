"""What is seen of other ways in: a kiosk's first screen, a call to the hotline as it is spoken, a chat in WeChat."""

from collections.abc import Awaitable, Callable

from playwright.async_api import Browser, Page
from tests.ground.house import House

Take = Callable[..., Awaitable[None]]
PHONE = {"width": 390, "height": 844}
KIOSK = {"width": 1080, "height": 1920}
CALLER = "18600010001"


async def the_channels(house: House, browser: Browser, take: Take) -> None:
    """Each is asked for a balance, as far as it goes without a proof."""
    await the_kiosk(house, await a_page(browser, KIOSK, "zh-CN"), take)
    await the_hotline(house, await a_page(browser, PHONE, "en-GB"), take)
    await the_chat(house, await a_page(browser, PHONE, "en-GB"), take)


async def a_page(browser: Browser, size: dict[str, int], locale: str) -> Page:
    """A screen of a size, in a language."""
    context = await browser.new_context(viewport={"width": size["width"], "height": size["height"]}, locale=locale, reduced_motion="reduce")
    return await context.new_page()


async def the_kiosk(house: House, screen: Page, take: Take) -> None:
    """The screen that invites."""
    await screen.goto(f"{house.url}/kiosk?cabinet=pictured")
    await take(screen, "kiosk-home-zh-light")


async def the_hotline(house: House, phone: Page, take: Take) -> None:
    """A call that has come to the first menu."""
    await phone.goto(f"{house.url}/sim/hotline")
    await phone.locator("main input:not([type=hidden])").fill(CALLER)
    await phone.locator("main form button").click()
    await phone.get_by_text("Welcome to Onehall.").wait_for()
    await take(phone, "hotline-call-en-light")


async def the_chat(house: House, phone: Page, take: Take) -> None:
    """A follower who asks for the menu."""
    await phone.goto(f"{house.url}/sim/wechat/li-lei")
    await phone.locator("[name=subscribe]").click()
    await phone.locator("#messages li.to").first.wait_for()
    await phone.locator("[name=text]").fill("0000")
    await phone.locator("[name=text]").press("Enter")
    await phone.locator("#messages li.to").nth(1).wait_for()
    await phone.locator("#messages").evaluate("list => list.scrollTop = list.scrollHeight")
    await take(phone, "wechat-chat-en-light")
