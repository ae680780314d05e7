"""The same story, each time with one thing going wrong. Nothing is paid twice, nothing is lost, and everybody is told."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, expect

from onehall.demo.customers import CUSTOMERS
from onehall.domains.party.rules import check_digit
from tests.ground.house import House
from tests.scenarios.cast import PATIENCE, App, Clerk, clerk_comes, log, messages, rows, sms, turn, until

pytestmark = pytest.mark.browser
UNBALANCED = "SELECT count(*) FROM (SELECT entry FROM posting GROUP BY entry, currency HAVING sum(minor) <> 0) AS unbalanced"
RECEIPTS = """SELECT e.journey, p.method, -sum(g.minor) AS minor FROM entry e JOIN posting g ON g.entry = e.id AND g.book <> 'advance'
              JOIN payment p ON p.id = e.payment
              WHERE e.kind = 'payment' AND p.to_journey LIKE $1 || '/%' GROUP BY e.id, e.journey, p.method"""


@pytest.fixture(autouse=True)
async def faultless(house: House) -> AsyncIterator[None]:
    """After each test the world works again."""
    yield
    for port, name in (("payment", "down"), ("payment", "doubled"), ("sim_writer", "fail")):
        await turn(house, port, name, None)


def document(serial: int) -> str:
    """The document of a person of this test alone."""
    first = f"11010119700512{serial:03}"
    return first + check_digit(first)


async def money_came(house: House, journey: str) -> list[tuple[str, int]]:
    """All money that came for a journey: how, and how much in fen."""
    assert await house.value(UNBALANCED) == 0
    return [(row["method"], row["minor"]) for row in await rows(house, RECEIPTS, journey)]


async def comes_to_the_counter(house: House, browser: Browser, person: str) -> tuple[Clerk, str, str]:
    """A journey begun in the app, up to the cash at the counter."""
    app = App(house)
    begun = await app.begins()
    clerk = await clerk_comes(house, browser)
    await clerk.takes(await app.code(begun))
    await clerk.reads_the_document(person)
    await clerk.chooses_a_card()
    await clerk.hears_yes()
    return clerk, begun["id"], app.number


async def lost_answer(clerk: Clerk) -> None:
    """The clerk presses Cash received; the house hears it, the page dies before the answer comes."""
    heard = asyncio.Event()

    async def cut(route: Route) -> None:
        if route.request.method == "POST":
            await route.fetch(max_redirects=0)
            heard.set()
        await route.abort()

    await clerk.page.route("**/desk/journeys/*", cut)
    await clerk.cash.click(no_wait_after=True)
    await asyncio.wait_for(heard.wait(), PATIENCE / 1000)
    await clerk.page.context.close()


async def test_the_clerks_page_dies_at_payment(house: House, browser: Browser) -> None:
    clerk, journey, _number = await comes_to_the_counter(house, browser, document(101))
    turn_asked = await clerk.page.locator("form:has([value=cash]) [name=turn]").input_value()
    due = await clerk.page.locator(".due").inner_text()
    await clerk.page.context.close()
    again = await clerk_comes(house, browser)
    await again.page.get_by_role("link", name="Open a line").first.click()  # it is still in the clerk's hands
    await expect(again.page.locator(".due")).to_have_text(due)
    await lost_answer(again)
    third = await clerk_comes(house, browser)
    await third.page.goto(f"{house.url}/desk/journeys/{journey}")
    await third.sees("This is what we tell the customer")
    csrf = await third.page.locator("[name=csrf]").first.input_value()
    stale = {"csrf": csrf, "key": "money", "turn": turn_asked, "value.method": "cash"}
    resent = await third.page.request.post(f"{house.url}/desk/journeys/{journey}", form=stale)
    assert resent.ok and "This is what we tell the customer" in await resent.text()
    assert await money_came(house, journey) == [("cash", round(float(due.strip("¥")) * 100))]
    assert [fact["type"] for fact in await log(house, journey)].count("payment.received") == 1


async def test_a_second_clerk_enters_the_same_code(house: House, browser: Browser) -> None:
    app = App(house)
    begun = await app.begins()
    code = await app.code(begun)
    clerk = await clerk_comes(house, browser)
    await clerk.takes(code)
    await clerk.sees("Read the customer's document and compare the face.")
    before = await log(house, begun["id"]), await rows(house, "SELECT * FROM journey WHERE id = $1", begun["id"])
    second = await clerk_comes(house, browser, "clerk-sz")
    await second.takes(code)
    await expect(second.page.get_by_role("alert")).to_have_text("This code has been used already.", timeout=PATIENCE)
    nothing = await second.page.request.get(f"{house.url}/desk/journeys/{begun['id']}")
    assert nothing.status == 404
    assert (await log(house, begun["id"]), await rows(house, "SELECT * FROM journey WHERE id = $1", begun["id"])) == before
    await clerk.reads_the_document(document(102))
    await clerk.sees("Which SIM would you like?")


async def test_the_notice_of_the_payment_comes_twice(house: House, page: Page) -> None:
    app = App(house)
    view = await app.comes_to_pay(document(103))
    await turn(house, "payment", "doubled", 1)
    await page.goto(view["question"]["url"])
    await page.get_by_role("button", name="Pay now").click(timeout=PATIENCE)
    done = await app.stands(view, state="done")
    assert done["said"]["text"].endswith("is active.")
    assert await money_came(house, view["id"]) == [("online", view["question"]["amount_minor"])]
    assert [fact["type"] for fact in await log(house, view["id"])].count("payment.received") == 1
    assert await house.value("SELECT count(*) FROM refund") == 0


async def test_the_money_comes_after_the_time_is_over(house: House, page: Page) -> None:
    app, phone = App(house), "13900001040"
    await app.logs_in(phone)
    view = await app.comes_to_pay(document(104))
    url, amount = view["question"]["url"], view["question"]["amount"]
    await page.goto(url)
    pay = page.get_by_role("button", name="Pay now")
    await expect(pay).to_be_visible(timeout=PATIENCE)
    await turn(house, "payment", "down", 1)  # nobody can ask the bank, nor tell it that the time is over
    payment = url.rsplit("/", 1)[1]
    house.clock.move(timedelta(minutes=16))
    await until(lambda: time_passes(house, "payment.look", "SELECT status = 'expired' FROM payment WHERE id = $1", payment))
    asked_again = await app.stands(view, key=view["question"]["key"], after=view["question"]["turn"])
    assert asked_again["question"]["url"] != url
    await pay.click()
    await expect(page.get_by_role("status")).to_contain_text("on its way back", timeout=PATIENCE)
    assert await house.value("SELECT status FROM payment WHERE id = $1", payment) == "late"
    await turn(house, "payment", "down", None)
    await until(lambda: time_passes(house, "payment.refund", "SELECT status = 'done' FROM refund WHERE payment = $1", payment))
    await until(lambda: told(house, phone, f"{amount} is on its way back to you. It came after the payment was over."))
    await house.bank_pays(asked_again["question"]["url"])
    assert (await app.stands(view, state="done"))["said"]["text"].endswith("is active.")
    assert await house.value(UNBALANCED) == 0
    assert await house.value("SELECT count(*) FROM sim_refund WHERE payment = $1", payment) == 1


async def test_the_writing_of_the_sim_fails_once(house: House, browser: Browser) -> None:
    clerk, journey, number = await comes_to_the_counter(house, browser, document(105))
    await turn(house, "sim_writer", "fail", 1)
    await clerk.cash.click()
    await clerk.sees("This is what we tell the customer")
    written = await rows(house, "SELECT iccid, done FROM sim_card_written WHERE number = $1 ORDER BY at, done", number)
    assert [one["done"] for one in written] == [False, True]
    spoilt, good = (one["iccid"] for one in written)
    assert await house.value("SELECT iccid FROM product WHERE number = $1 AND status = 'active'", number) == good
    assert await house.value("SELECT state FROM sim WHERE iccid = $1", spoilt) == "spoilt"
    assert await house.value("SELECT state FROM sim_subscriber WHERE number = $1", number) == "active"
    assert len(await money_came(house, journey)) == 1


async def test_the_message_is_delivered_twice(house: House) -> None:
    number = CUSTOMERS[3].number  # Maria Santos, ¥158.00 on the account
    both = await asyncio.gather(sms(house, number, "CZ 50", "twice"), sms(house, number, "CZ 50", "twice"))
    assert both[0] == both[1]
    url = next(word for word in "".join(both[0]).split() if word.startswith("http"))
    await house.bank_pays(url)
    await until(lambda: told(house, number, "¥50.00 has been added. Your balance is now ¥208.00."))
    assert await sms(house, number, "CZ 50", "twice") == both[0]
    assert await sms(house, number, "CXYE", "after") == ["Your balance is ¥208.00.\nBalance: ¥208.00"]
    assert await house.value("SELECT count(*) FROM event WHERE type = 'billing.topped_up' AND channel = 'sms'") == 1
    assert await house.value("SELECT count(*) FROM payment WHERE channel = 'sms'") == 1


async def time_passes(house: House, kind: str, sql: str, *values: Any) -> bool:
    """The clock goes on to when a kind of work is due; whether it has come so far."""
    due = await house.value("SELECT min(due) FROM job WHERE kind = $1 AND lease IS NULL AND state = 'ready'", kind)
    if due and due > house.clock.now():
        house.clock.move(due - house.clock.now())
    return bool(await house.value(sql, *values))


async def told(house: House, phone: str, text: str) -> bool:
    """Whether the phone was told."""
    return text in await messages(house, phone)
