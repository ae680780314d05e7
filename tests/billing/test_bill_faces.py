"""What a customer sees of bills and use: in words, as pages, PDF and CSV; and that nobody else's are there."""

import asyncio
import csv
import io
import os
import re
import zlib
from base64 import a85decode

import httpx
import pytest
from playwright.async_api import Page, expect

from onehall.pages.bills.document import document
from onehall.pages.bills.sheet import safe
from onehall.pages.bills.shown import Paper, Row
from tests.billing import history
from tests.channels.desk.staff import Clerk, words
from tests.channels.web.test_hall import PHONE, code_sent
from tests.channels.web.test_looks import AXE, RUN
from tests.ground.house import House

STRANGER = "18600020001"


@pytest.fixture(scope="module")
def lived(house: House) -> str:
    """A customer of the demo operator with half a year of bills; gives the account."""

    async def live() -> str:
        return await history.lived(house.dsn, await party_of(house, PHONE))

    return asyncio.run(live())


async def party_of(house: House, phone: str) -> str:
    """The customer with a phone."""
    party: str = await house.value("SELECT party FROM billing_account WHERE number = $1", phone)
    return party


def customer(house: House, phone: str = PHONE, lang: str = "en") -> httpx.Client:
    """A browser that is logged in."""
    client = httpx.Client(base_url=house.url, follow_redirects=True, headers={"accept-language": lang, "accept": "text/html"}, timeout=30)
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/login").text)
    assert token
    client.post("/login", data={"csrf": token[1], "phone": phone, "to": "/me"})
    page = client.post("/login/code", data={"csrf": token[1], "phone": phone, "code": code_sent(house.url, phone), "to": "/me"})
    assert page.status_code == 200, page.text
    return client


@pytest.fixture(scope="module")
def me(house: House, lived: str) -> httpx.Client:
    """The browser of the customer whose bills they are."""
    return customer(house)


@pytest.fixture(scope="module")
def other(house: House, lived: str) -> httpx.Client:
    """The browser of another customer."""
    return customer(house, STRANGER)


def bill_ids(client: httpx.Client) -> list[str]:
    """The bills of the list, the latest first."""
    return re.findall(r'href="/bills/(\w+)"', client.get("/bills").text)


def written(pdf: bytes) -> str:
    """The words of a PDF of ours: a string is UTF-16 in the Chinese font, else Latin."""
    chinese = re.findall(rb"/Encoding /UniGB-UCS2-H /Name /(\w+)", pdf)
    found = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.S):
        plain, font = zlib.decompress(a85decode(stream.strip().removesuffix(b"~>"))), b""
        for named, word in re.findall(rb"/(\w+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj", plain, re.S):
            font = named or font
            found.append(re.sub(rb"\\(\d{3}|.)", _letter, word, flags=re.S).decode("utf-16-be" if font in chinese else "cp1252"))
    return "".join(found)


def _letter(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 8)]) if len(found[1]) == 3 else ESCAPES.get(found[1], found[1])


ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def test_bills_are_pages_files_and_nobody_elses(house: House, me: httpx.Client, other: httpx.Client) -> None:
    ids = bill_ids(me)
    assert len(ids) == history.MONTHS and bill_ids(other) == []
    page = me.get(f"/bills/{ids[0]}")
    assert page.status_code == 200
    # 89 + 160 MB at 0.01 + 14 minutes at 0.10
    assert f"¥92.00 {history.last_state(house.clock.now())}" in page.text
    assert "Monthly fee of Hall 89" in page.text and "¥7.35 (9 %)" in page.text
    assert "160 MB over at ¥0.01 a MB" in page.text and "14 minutes over at ¥0.10 a minute" in page.text
    assert "no-store" in page.headers["cache-control"]
    for place in ("", "/pdf", "/csv"):
        assert me.get(f"/bills/{ids[0]}{place}").status_code == 200
        assert other.get(f"/bills/{ids[0]}{place}").status_code == 404, place
        assert me.get(f"/bills/nothing{place}").status_code == 404
        guest = httpx.get(f"{house.url}/bills/{ids[0]}{place}", headers={"accept": "text/html"})
        assert (guest.status_code, guest.headers["location"]) == (303, f"/login?to=/bills/{ids[0]}{place}")
    assert httpx.get(f"{house.url}/bills").headers["location"] == "/login?to=/bills"


def test_the_page_leads_to_paying_to_why_and_to_an_invoice(me: httpx.Client) -> None:
    one = bill_ids(me)[0]
    token = re.search(r'name="csrf" value="([^"]+)"', me.get(f"/bills/{one}").text)
    assert token
    why = me.post("/f/bill.compare", data={"csrf": token[1], "given.bill": one}).text
    assert re.search(r"Your bill of \w+ \d{4} \(¥92.00\) is ¥16.70 higher than that of \w+ \d{4} \(¥75.30\).", why)
    for cause in ("Hall 89 instead of Hall 59", "+¥30.00", "Not again: New SIM", "-¥20.00", "Discount ended: Spring, 10 % less", "+¥5.90"):
        assert cause in why, cause
    assert "To be paid" in me.get(f"/bills/{one}").text
    pay = me.post("/f/bill.pay", data={"csrf": token[1], "given.bill": one}).text
    assert '<span class="price "><small>¥</small>92</span>' in pay and "/pay/" in pay


def test_a_csv_has_every_line_and_no_formula(me: httpx.Client) -> None:
    got = me.get(f"/bills/{bill_ids(me)[1]}/csv")
    assert got.headers["content-type"].startswith("text/csv") and got.headers["content-disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(got.content.decode("utf-8-sig"))))
    assert [(row["Item"], row["Amount"], row["Tax rate, %"]) for row in rows] == [
        ("New SIM", "20.00", "9"), ("Monthly fee of Hall 59", "59.00", "9"), ("Discount: Spring, 10 % less", "-5.90", "9"),
        ("Data: 120 MB beyond the allowance, of 220 MB", "1.20", "9"),
        ("Calls: 10 minutes beyond the allowance, of 20 minutes", "1.00", "9"),
    ]  # fmt: skip
    chinese = me.get(f"/bills/{bill_ids(me)[1]}/csv", params={"lang": "zh-CN"}).content.decode("utf-8-sig")
    assert chinese.splitlines()[0] == "账单,月份,号码,项目,计费依据,税率（%）,含税,金额,币种" and "畅享59" in chinese


@pytest.mark.parametrize(
    ("word", "cell"),
    [("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"), (" =1", "' =1"), ("A 5", "A 5")],
)  # fmt: skip
def test_no_cell_is_a_formula(word: str, cell: str) -> None:
    assert safe([word]) == [cell]


@pytest.mark.parametrize(("lang", "words"), [("en", ["Bill of ", "Hall 89", "Still to be paid"]), ("zh-CN", ["月账单", "畅享89", "待缴"])])
def test_a_pdf_says_what_the_page_says(me: httpx.Client, lang: str, words: list[str]) -> None:
    got = me.get(f"/bills/{bill_ids(me)[0]}/pdf", params={"lang": lang})
    assert got.headers["content-type"] == "application/pdf" and got.content.startswith(b"%PDF-")
    said = written(got.content)
    for word in [*words, "¥92.00", "¥89.00", "¥1.60", "¥1.40", "¥7.60"]:
        assert word in said, (word, said)


def test_a_long_bill_with_any_words_is_a_pdf_of_several_pages() -> None:
    row = Row(what="<b>&超长 пример" * 30, number="18600019001", why="x", tax="¥0.01", rate="9", tax_major="0.01", amount="¥1.00",
              major="1.00", month="2026-01", free=False)  # fmt: skip
    long = Paper(id="b", lang="en", title="Bill", no="B1", number="1", period="p", issued="d", state="s", total="¥1", tax="¥0", open="¥0",
                 owed=False, rows=[row] * 200, sums=[("Total", "¥1")], currency="CNY", cycle="2026-01")  # fmt: skip
    made = document(long)
    assert made.count(b"/Type /Page\n") > 5 or len(re.findall(rb"/Type\s*/Page\b", made)) > 5
    assert document(long) == made


@pytest.mark.parametrize("page", [
    {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "reduced_motion": "reduce"},
    {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark", "reduced_motion": "reduce"},
], indirect=True)  # fmt: skip
@pytest.mark.skipif(not AXE.exists(), reason="the page assets were not fetched")
async def test_axe_finds_nothing_on_the_pages_of_bills(house: House, me: httpx.Client, page: Page) -> None:
    await page.context.add_cookies([{"name": one.name, "value": one.value or "", "url": house.url} for one in me.cookies.jar])
    one = (await asyncio.to_thread(bill_ids, me))[0]
    for lang in ("en", "zh-CN"):
        for path in ("/bills", f"/bills/{one}"):
            await page.goto(f"{house.url}/lang/{lang}?to={path}")
            await expect(page.locator("svg.months")).to_be_visible()
            await page.locator("summary").click()
            if os.environ.get("PICTURES"):
                name = f"{'list' if path == '/bills' else 'bill'}-{lang}-{(page.viewport_size or {})['width']}.png"
                await page.screenshot(path=f"{os.environ['PICTURES']}/{name}", full_page=True)
            await page.evaluate(AXE.read_text())
            checked, found = await page.evaluate(RUN)
            assert checked > 10 and found == [], (path, lang, found)
            assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (path, lang)
        month = history.month_back(house.clock.now(), 1)
        await page.goto(f"{house.url}/f/usage.month?month={month:%Y-%m}")
        await page.locator("main form button").first.click()
        await expect(page.locator("svg.bars")).to_be_visible()
        if os.environ.get("PICTURES"):
            await page.screenshot(path=f"{os.environ['PICTURES']}/use-{lang}-{(page.viewport_size or {})['width']}.png", full_page=True)
        await page.evaluate(AXE.read_text())
        assert (await page.evaluate(RUN))[1] == [], lang


async def test_a_clerk_sees_the_last_bills_and_their_state(house: House, lived: str) -> None:
    party = await party_of(house, PHONE)
    async with Clerk(house, "clerk-gz") as clerk:
        page = words((await clerk.browser.get(f"/desk/customers/{party}")).text)
    bills = page.partition("Bills ")[2]
    assert bills and len(re.findall(r"186 0001 9001 · \d{6}-\w{10}", page.replace("\xa0", " "))) == 4
    assert f"¥92.00 ¥92.00 {history.last_state(house.clock.now())}" in page


async def test_days_of_use_are_drawn_without_a_script(house: House, me: httpx.Client) -> None:
    found = re.search(r'name="csrf" value="([^"]+)"', me.get("/me").text)
    assert found
    month = history.month_back(house.clock.now(), 1)
    page = me.post("/f/usage.month", data={"csrf": found[1], "given.month": f"{month:%Y-%m}"}).text
    assert "you used 260 MB, 24 minutes. Charged beyond your allowances: ¥3.00." in page
    drawing = re.search(r'<svg class="bars" role="img" aria-label="([^"]+)">', page)
    # half of 260 MB on the first day and half on the tenth, the last of which there is data
    assert drawing and drawing[1] == "1: 130, " + ", ".join(f"{day}: 0" for day in range(2, 10)) + ", 10: 130"
    assert "260 MB, in 2 records" in page
