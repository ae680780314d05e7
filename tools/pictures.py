"""This will take the pictures of the README again, in docs/pictures: a house of its own, the story of the scenarios, real pages.

Run it with `.venv/bin/python tools/pictures.py` after `make test` has made all ready; `tools/pictures.py bills` takes only those of
bills, `tools/pictures.py stores` those of a company's store, `tools/pictures.py channels` those of kiosk,
hotline and WeChat. The runs of bills and the revenue are those of the real users of ../shared/data, and are left as they are
where it is absent.
"""

import asyncio
import base64
import re
import struct
import sys
import zlib
from collections import Counter
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from playwright.async_api import Browser, Page, async_playwright  # noqa: E402
from tests import conftest  # noqa: E402
from tests.billing import history  # noqa: E402
from tests.ground import browser as browsers  # noqa: E402
from tests.ground import database as databases  # noqa: E402
from tests.ground.house import House  # noqa: E402
from tests.scenarios import cast  # noqa: E402
from tests.scenarios import test_phone_to_counter as story  # noqa: E402
from tools.pictured_channels import the_channels  # noqa: E402
from tools.pictured_stores import the_store  # noqa: E402

from onehall.domains import billing  # noqa: E402
from onehall.kernel.store import Store  # noqa: E402
from onehall.launch import bills as runs  # noqa: E402
from onehall.loaders.megaline import load_megaline  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
BYTES_MAX = 150_000
POINTS = """async (taken) => {
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${taken}`)).blob());
  const paper = new OffscreenCanvas(image.width, image.height).getContext("2d");
  paper.drawImage(image, 0, 0);
  const points = new Blob([paper.getImageData(0, 0, image.width, image.height).data]), reader = new FileReader();
  await new Promise((done) => { reader.onload = done; reader.readAsDataURL(points); });
  return [image.width, image.height, reader.result.split(",")[1]];
}"""
REAL = ROOT.parent / "shared" / "data" / "usage_billing"
CUSTOMER = "18600010001"
DECEMBER = date(2018, 12, 1)
LONG = {"width": 1280, "height": 900}


def main() -> None:
    """This will open a house over a throwaway PostgreSQL, take every picture, and end both."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    databases.begin()
    try:
        plain = databases.template(databases.PLAIN)
        demo = databases.template("demo", conftest._open_demo, source=plain)
        house = House(databases.clone(demo, "pictures")).open()
        asyncio.run(pictures(house, "".join(sys.argv[1:2])))
        house.close()
    finally:
        databases.finish()
    for picture in sorted(PICTURES.glob("*.png")):
        size = picture.stat().st_size
        print(f"{picture.relative_to(ROOT)}  {size // 1000} KB{'  TOO LARGE' if size > BYTES_MAX else ''}")


async def pictures(house: House, only: str) -> None:
    """This will live the stories once, with a camera; with `only` one of them."""
    path = await asyncio.to_thread(browsers.executable)
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=path, args=list(browsers.ARGUMENTS))
        if not only:
            await the_tour(house, browser)
        if only in ("", "channels"):
            await the_channels(house, browser, take)
        if only in ("", "stores"):
            await the_store(house, browser, take)
        if only in ("", "bills"):
            await the_bill_runs(house, browser)
            await the_bills(house, browser)
        await browser.close()


async def the_tour(house: House, browser: Browser) -> None:
    """A line from the phone to the counter, and what is seen of it."""
    phone = await a_phone(browser)
    await the_hall(house, phone)
    number = await story.finds_a_number(phone, house.url)
    await take(phone, "question-phone-en-light")
    code = await story.takes_the_code(phone)
    await take(phone, "code-phone-en-dark", dark=True)
    journey = await the_counter(house, browser, phone, code)
    await the_messages(house, phone, number)
    await the_console(house, browser, journey)


async def a_phone(browser: Browser) -> Page:
    """A page as narrow as a phone."""
    return await (await browser.new_context(viewport=cast.PHONE_SIZE, locale="en-GB", reduced_motion="reduce")).new_page()


async def the_hall(house: House, phone: Page) -> None:
    """The hall and the number search, on a phone and on a desk."""
    await phone.goto(house.url)
    await take(phone, "hall-phone-en-light")
    await phone.goto(f"{house.url}/lang/zh-CN?to=/numbers?q=尾号8，不含4")
    await take(phone, "numbers-phone-zh-dark", dark=True)
    await phone.set_viewport_size(LONG)
    await phone.goto(f"{house.url}/lang/zh-CN?to=/")
    await take(phone, "hall-desk-zh-dark", dark=True)
    await phone.set_viewport_size(cast.PHONE_SIZE)
    await phone.goto(f"{house.url}/lang/en?to=/")


async def the_counter(house: House, browser: Browser, phone: Page, code: str) -> str:
    """The clerk's page when the journey comes over, at the payment, and the customer with the whole story."""
    clerk = await cast.clerk_comes(house, browser)
    await clerk.takes(code)
    await clerk.sees("Read the customer's document and compare the face.")
    await phone.goto(f"{house.url}/lang/zh-CN?to={phone.url.removeprefix(house.url).removesuffix('/handover')}")
    await take(phone, "moved-phone-zh-light")
    await take(clerk.page, "counter-journey-en-light")
    journey = clerk.page.url.rsplit("/", 1)[1]
    await clerk.reads_the_document()
    await clerk.chooses_a_card()
    await clerk.hears_yes()
    await clerk.page.goto(f"{house.url}/desk/lang/zh-CN?to=/desk/journeys/{journey}")
    await take(clerk.page, "counter-payment-zh-dark", dark=True)
    await clerk.page.goto(f"{house.url}/desk/lang/en?to=/desk/journeys/{journey}")
    await clerk.cash.click()
    await clerk.sees("This is what we tell the customer")
    party = str(await house.value("SELECT party FROM journey WHERE id = $1", journey))
    await clerk.page.goto(f"{house.url}/desk/customers/{party}")
    await take(clerk.page, "counter-customer-en-dark", dark=True)
    return journey


async def the_messages(house: House, phone: Page, number: str) -> None:
    """A top-up by SMS, at the bank and on the simulated phone."""
    await phone.goto(f"{house.url}/sim/phones/{number}")
    await phone.goto(f"{house.url}/sim/lang/en?to=/sim/phones/{number}")
    await phone.locator("[name=text]").fill("CZ 50")
    await phone.locator("[name=text]").press("Enter")
    asked = phone.get_by_text("Pay ¥50.00 here")
    await asked.wait_for()
    await house.bank_pays(re.findall(r"http\S+", await asked.inner_text())[0])
    await cast.until(lambda: story.message_with(house, number, "added"))
    await phone.locator("[name=text]").fill("CXYE")
    await phone.locator("[name=text]").press("Enter")
    await phone.get_by_text("Your balance is ¥50.00.").wait_for()
    await take(phone, "messages-phone-en-light")


async def the_console(house: House, browser: Browser, journey: str) -> None:
    """The order and the log, as operations see them."""
    keeper = await cast.clerk_comes(house, browser, "operations")
    order = await house.value("SELECT id FROM product_order WHERE journey = $1", journey)
    await keeper.page.goto(f"{house.url}/console/orders/{order}")
    await take(keeper.page, "console-order-en-light")
    await keeper.page.goto(f"{house.url}/console/lang/zh-CN?to=/console/log")
    await take(keeper.page, "console-log-zh-dark", dark=True)


async def the_bill_runs(house: House, browser: Browser) -> None:
    """A run of bills and the revenue, of real users and their real use."""
    if not REAL.is_dir():
        print(f"{REAL} is not there: the pictures of bill runs and revenue stay as they are")
        return
    store = await Store(house.dsn, pool_size=4).open()
    await load_megaline(store, REAL, lambda line: None)
    await runs.bill_all(store, lambda line: None)
    await store.close()
    keeper = await cast.clerk_comes(house, browser, "operations")
    run = billing.queries.bills.run_of(DECEMBER)
    await cast.until(lambda: house.value("SELECT count(*) FROM bill_report WHERE run = $1", run))
    await keeper.page.goto(f"{house.url}/console/runs/{run}")
    await take(keeper.page, "console-run-en-light")
    await keeper.page.goto(f"{house.url}/console/revenue?year=2018")
    await take(keeper.page, "console-revenue-en-light")


async def the_bills(house: House, browser: Browser) -> None:
    """Half a year of bills on a phone: the list, a bill, and why it is higher."""
    party = str(await house.value("SELECT party FROM product WHERE number = $1", CUSTOMER))
    await history.lived(house.dsn, party)
    phone = await a_phone(browser)
    await phone.goto(f"{house.url}/login?to=/bills")
    await phone.locator("[name=phone]").fill(CUSTOMER)
    await phone.locator("[name=phone]").press("Enter")
    text = (await cast.until(lambda: cast.messages(house, CUSTOMER)))[-1]
    await phone.locator("[name=code]").fill(re.findall(r"(?<!\d)\d{6}(?!\d)", text)[0])
    await phone.get_by_role("button", name="Log in").click()
    await phone.wait_for_url("**/bills")
    await take(phone, "bills-phone-en-light")
    await phone.locator("main a[href^='/bills/']").first.click()
    bill = phone.url.removeprefix(house.url)
    await phone.goto(f"{house.url}/lang/zh-CN?to={bill}")
    await take(phone, "bill-phone-zh-dark", dark=True)
    await phone.goto(f"{house.url}/lang/en?to={bill}")
    await phone.get_by_role("button", name="Why this much?").click()
    await phone.get_by_text("Biggest cause").wait_for()
    await take(phone, "why-phone-en-light")


async def take(page: Page, name: str, *, dark: bool = False) -> None:
    """This will take one picture and keep it with 256 colours, which a page of ours hardly exceeds."""
    await page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
    await page.wait_for_load_state("networkidle")
    taken = base64.b64encode(await page.screenshot()).decode()
    other = await page.context.new_page()
    width, height, points = await other.evaluate(POINTS, taken)
    await other.close()
    (PICTURES / f"{name}.png").write_bytes(drawn(width, height, base64.b64decode(points)))


def drawn(width: int, height: int, points: bytes) -> bytes:
    """This will write RGBA points as a PNG with a palette; a rare colour becomes the nearest of those kept."""
    pixels = memoryview(points).cast("I").tolist()
    counted = Counter(pixels)
    kept = [colour for colour, _times in counted.most_common(256)]
    places = {colour: place for place, colour in enumerate(kept)}
    split = [colour.to_bytes(4, sys.byteorder)[:3] for colour in kept]
    for colour in counted.keys() - places.keys():
        parts = colour.to_bytes(4, sys.byteorder)
        places[colour] = min(range(256), key=lambda place: sum((a - b) ** 2 for a, b in zip(parts, split[place], strict=False)))
    row = [places[pixel] for pixel in pixels]
    lines = b"".join(b"\0" + bytes(row[start : start + width]) for start in range(0, width * height, width))
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    pieces = ((b"IHDR", head), (b"PLTE", b"".join(split)), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in pieces
    )


if __name__ == "__main__":
    main()
