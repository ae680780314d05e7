"""What is seen of a company's store: the page of a member, a sheet of orders, the split bill, and the way in from the company's pages."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pyotp
from msgspec import structs
from playwright.async_api import Browser, Page
from tests.ground.counter import FACE, Counter
from tests.ground.house import House
from tests.scenarios import cast

from onehall import app
from onehall.demo import customers, people, shops
from onehall.hall import Caller, View
from onehall.kernel.settings import current

Take = Callable[..., Awaitable[None]]
SHEET = (
    "reference,kind,key,offering,number,phone\nPO-1,plan,1001,hall-29,,\nPO-2,pack,1001,pack-data-10,,\nPO-3,open,1003,hall-59,,18600020002\n"
    "PO-4,open,1002,hall-99,,\nPO-5,open,1009,hall-29,,\nPO-6,open,1003,hall-29,18600048001,\n"
)
LEE, MARIA = customers.CUSTOMERS[0], customers.CUSTOMERS[3]


class Beside(Counter):
    """The counter of a house that works by itself: to settle is to wait until it does not wait any more."""

    async def settle(self, caller: Caller | None = None, view: View | None = None) -> Any:
        """This will wait until a journey has something to say or to ask."""
        if caller is None or view is None:
            await asyncio.sleep(1)
            return None
        while (now := await self.hall.see(caller, view.id)).state == "waiting" or (now.question or {}).get("kind") == "wait":
            await asyncio.sleep(0.2)
        return now


async def the_store(house: House, browser: Browser, take: Take) -> None:
    """Two join, one opens a line, the company orders more by a sheet; the approver sees who pays what."""
    inside = app.House(structs.replace(current(), database_url=house.dsn, database_pool=4), house.clock, works=False)
    await inside.store.open()
    try:
        counter = Beside(inside)
        lee, maria = await joined(counter, LEE, "1001"), await joined(counter, MARIA, "1002")
        await opens(counter, lee, LEE, "18600048001")
        await opens(counter, maria, MARIA, "18600048002")
    finally:
        await inside.store.close()
    manager = await the_desk(house, browser)
    await the_sheet(house, manager, take)
    await the_members(house, browser, take)


async def joined(counter: Counter, one: customers.Customer, number: str) -> Caller:
    """A customer of the demo who has shown that they work there."""
    known = await counter.hall.whose_phone(one.number)
    assert known is not None
    caller = counter.customer(known.party, "web")
    view = await counter.hall.start(caller, "estore.join", {"store": shops.SLUG})
    view = await counter.answer(caller, view, number)
    view = await counter.answer(caller, view, one.name)
    assert view.state == "done", view
    return caller


async def opens(counter: Counter, caller: Caller, one: customers.Customer, number: str) -> None:
    """A member opens a line of the store with a document and their own part of the money."""
    view = await counter.hall.start(caller, "estore.buy", {"store": shops.SLUG, "offer": "hall-59", "number": number})
    view = await counter.answer(caller, view, "esim")
    view = await counter.settle(caller, await counter.answer(caller, view, True))
    shown = {"name": one.name, "document_type": one.document_type, "document_number": one.document, "face": FACE}
    if view.question and view.question["key"] == "prove":
        view = await counter.settle(caller, await counter.answer(caller, view, shown))
    await counter.bank_pays(view)
    while (view := await counter.settle(caller, view)).state == "asking":
        await asyncio.sleep(0.2)
    assert view.state == "done", view


async def the_desk(house: House, browser: Browser) -> Page:
    """The account manager at a desk, where their work is."""
    house.clock.move(timedelta(seconds=31))
    person = next(one for one in people.STAFF if one.role == "account_manager")
    page = await (await browser.new_context(viewport=cast.DESK_SIZE, locale="en-GB", reduced_motion="reduce")).new_page()
    await page.goto(f"{house.url}/desk/login")
    await page.get_by_label("Name").fill(person.username)
    await page.get_by_label("Password").fill(people.PASSWORD)
    await page.get_by_label("Code of your authenticator").fill(pyotp.TOTP(person.totp).at(house.clock.now()))
    await page.get_by_role("button", name="Log in").click()
    await page.wait_for_url("**/console/stores")
    return page


async def the_sheet(house: House, manager: Page, take: Take) -> None:
    """A sheet is sent and followed; then the company's pages get a new secret."""
    await manager.get_by_role("link", name=shops.NAME).click()
    shop = manager.url
    file: Any = {"name": "staff-november.csv", "mimeType": "text/csv", "buffer": SHEET.encode()}
    await manager.locator("#orders-f").set_input_files(file)
    await manager.get_by_role("button", name="Order them").click()
    await manager.get_by_role("heading", name="staff-november.csv").wait_for()
    await manager.get_by_text("a link was sent").first.wait_for()
    await manager.locator("#sheet:not([data-poll])").wait_for()
    await take(manager, "store-sheet-en-light")
    await manager.goto(shop)
    await manager.get_by_role("button", name="Make a new secret").click()
    await manager.get_by_text("The secret of the company's pages").wait_for()
    await take(manager, "store-embedded-en-light")


async def the_members(house: House, browser: Browser, take: Take) -> None:
    """The store on an approver's phone, and the bill, in Chinese and dark."""
    page = await (await browser.new_context(viewport=cast.PHONE_SIZE, locale="en-GB", reduced_motion="reduce")).new_page()
    await page.goto(f"{house.url}/login?to=/s/{shops.SLUG}")
    await page.locator("[name=phone]").fill(MARIA.number)
    await page.locator("[name=phone]").press("Enter")
    code = re.compile(r"(?<!\d)\d{6}(?!\d)")
    texts = await cast.until(lambda: _codes(house, code))
    await page.locator("[name=code]").fill(texts[-1])
    await page.get_by_role("button", name="Log in").click()
    await page.wait_for_url(f"**/s/{shops.SLUG}")
    await take(page, "store-phone-en-light")
    await page.goto(f"{house.url}/lang/zh-CN?to=/s/{shops.SLUG}/bill")
    await take(page, "store-bill-zh-dark", dark=True)


async def _codes(house: House, code: re.Pattern[str]) -> list[str]:
    found = [code.findall(text) for text in await cast.messages(house, MARIA.number)]
    return [one[0] for one in found if one]
