"""A stranger finds a plan and a number on the phone, has the line opened at a counter, then tops it up by SMS.

Read it aloud: each line is what somebody does or sees. All goes through the real pages and the real short-message door.
"""

import re
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.ground.house import House
from tests.scenarios.cast import PATIENCE, Clerk, clerk_comes, heading, log, messages, rows, sms, spaced, until

pytestmark = pytest.mark.browser
WEB = [
    "journey.opened", "journey.answered offer", "journey.asked number", "journey.answered number", "journey.held number_hold",
    "journey.asked prove",
]  # fmt: skip
DESK = [
    "journey.handed_over prove", "party.registered", "party.real_name_taken", "party.customer_changed", "journey.proven prove",
    "journey.held slot", "journey.asked sim", "journey.answered sim", "journey.asked agree", "journey.answered agree", "payment.asked",
    "journey.asked money", "payment.received", "journey.paid money", "order.placed", "journey.done_step order", "journey.asked done",
]  # fmt: skip
MACHINES = [
    "order.moved acknowledged -> inProgress", "billing.account_opened", "inventory.line_created", "fulfilment.step_done create_line",
    "fulfilment.step_done write_sim", "fulfilment.step_done activate", "inventory.line_activated", "billing.charged",
    "billing.allowance_granted", "fulfilment.step_done settle", "fulfilment.step_done welcome", "order.moved inProgress -> completed",
    "order.completed", "journey.answered done", "journey.ended done",
]  # fmt: skip
AT_ONCE = ["fulfilment.step_done allocate", "fulfilment.step_done keep_slot", "inventory.number_sold", "party.slot_kept"]
BY_SMS = [
    "journey.opened", "journey.answered amount", "payment.asked", "journey.asked pay", "payment.received", "journey.paid pay",
    "billing.topped_up", "journey.done_step credit", "journey.ended done",
]  # fmt: skip


async def test_a_line_is_sold_across_channels(house: House, page: Page, browser: Browser) -> None:
    number = await finds_a_number(page, house.url)
    code = await takes_the_code(page)
    clerk = await clerk_comes(house, browser)
    await clerk.takes(code)
    await clerk.sees("Read the customer's document and compare the face.")
    for chosen in ("Hall 59", spaced(number), "Online hall"):
        await expect(clerk.page.locator("aside")).to_contain_text(chosen)
    await heading(page, "Continued at: Counter")  # the phone says so by itself
    await sells_the_line(clerk)
    await expect(clerk.page.locator("main")).to_contain_text(f"Your line {spaced(number)} is active.")
    journey = clerk.page.url.rsplit("/", 1)[1]
    await the_world_agrees(house, browser, number)
    await the_log_tells_the_sale(house, journey)
    await it_is_topped_up(house, page, number)


async def finds_a_number(phone: Page, url: str) -> str:
    """A plan is found, then a number that ends in 8 and has no 4; it is held."""
    await phone.goto(url)
    await phone.get_by_role("link", name="See every tariff").click()
    await phone.get_by_role("link", name="Hall 59").click()
    await phone.get_by_role("button", name="Choose this plan").click()
    await heading(phone, "Which number would you like?")
    await phone.get_by_label("Search", exact=True).fill("ends 8, no 4")
    await expect(phone.locator("#options .digits").filter(has_text=re.compile(r"4|[^8]$"))).to_have_count(0, timeout=PATIENCE)
    ordinary = phone.locator("#options .num").filter(has_not=phone.locator(".badge")).first
    number = re.sub(r"\D", "", await ordinary.locator(".digits").inner_text())
    assert number.endswith("8") and "4" not in number
    await ordinary.click()
    await phone.get_by_role("button", name="Continue", exact=True).click()
    await heading(phone, "Please show who you are.")
    await expect(phone.locator(".hold")).to_contain_text(spaced(number))
    return number


async def takes_the_code(phone: Page) -> str:
    """Six digits and a QR code carry it all to the counter."""
    await phone.get_by_role("button", name="Continue somewhere else").click()
    await expect(phone.get_by_role("img", name="QR code with a link to continue").locator("svg")).to_be_visible(timeout=PATIENCE)
    code = (await phone.locator(".code").inner_text()).replace(" ", "")
    assert re.fullmatch(r"\d{6}", code)
    return code


async def sells_the_line(clerk: Clerk) -> None:
    """Document, SIM, agreement, cash."""
    await clerk.reads_the_document()
    await clerk.chooses_a_card()
    await clerk.hears_yes()
    await clerk.cash.click()
    await heading(clerk.page, "This is what we tell the customer")


async def the_world_agrees(house: House, browser: Browser, number: str) -> None:
    """The SIM is written, the line is active in the network, and the new phone has its welcome."""
    world = await browser.new_page(locale="en-GB")
    await world.goto(f"{house.url}/sim/sim_writer")
    await expect(world.get_by_role("row").filter(has_text=spaced(number))).to_have_count(1)
    await world.goto(f"{house.url}/sim/network")
    await expect(world.get_by_role("row").filter(has_text=spaced(number))).to_contain_text("Active")
    assert await until(lambda: messages(house, number)) == [f"Welcome to Hall 59. Your number {number} is active."]


async def the_log_tells_the_sale(house: House, journey: str) -> None:
    """Every step, in its order, with journey, channel and staff."""

    async def whole() -> list[dict[str, Any]] | None:
        found = await log(house, journey)
        return found if {"journey.ended done", "fulfilment.step_done welcome"} <= set(map(step, found)) else None

    facts = await until(whole)
    in_order = [step(fact) for fact in facts if step(fact) not in AT_ONCE]
    assert in_order[: len(WEB + DESK)] == WEB + DESK
    assert sorted(map(step, facts)) == sorted(WEB + DESK + MACHINES + AT_ONCE)
    assert [one for one in in_order if one.startswith(("fulfilment", "inventory", "billing", "order"))] == [
        one for one in ["order.placed", *MACHINES] if not one.startswith("journey")
    ]
    staff = (await rows(house, "SELECT id FROM staff WHERE username = 'clerk-gz'"))[0]["id"]
    who = [(fact["channel"], fact["staff"]) for fact in facts]
    assert who == [("web", None)] * len(WEB) + [("desk", staff)] * (len(facts) - len(WEB))


async def it_is_topped_up(house: House, page: Page, number: str) -> None:
    """By SMS: a link comes, the bank's page is paid in the browser, and the balance is up."""
    assert await says(house, number, "CXYE", "story-1") == "Your balance is ¥0.00."
    asked = await sms(house, number, "CZ 50", "story-2")
    assert asked[0].startswith(f"Top-up of {number}\nPay ¥50.00 here: http")
    await page.goto(re.findall(r"http\S+", "".join(asked))[0])
    await page.get_by_role("button", name="Pay now").click(timeout=PATIENCE)
    await expect(page.get_by_role("status")).to_have_text("Paid. Thank you; you can go on where you were.", timeout=PATIENCE)
    told = await until(lambda: message_with(house, number, "added"))
    assert told == "¥50.00 has been added. Your balance is now ¥50.00."
    assert await says(house, number, "CXYE", "story-3") == "Your balance is ¥50.00."
    topup = (await rows(house, "SELECT journey FROM event WHERE type = 'billing.topped_up'"))[0]["journey"]
    facts = await log(house, topup)
    assert list(map(step, facts)) == BY_SMS
    assert [fact["channel"] for fact in facts] == ["notice" if fact["type"] == "payment.received" else "sms" for fact in facts]
    assert {fact["party"] for fact in facts} == {await house.value("SELECT party FROM product WHERE number = $1", number)}
    assert {fact["staff"] for fact in facts} == {None}


async def says(house: House, phone: str, text: str, id_: str) -> str:
    """What the first line of the answer to a message says."""
    return (await sms(house, phone, text, id_))[0].split("\n")[0]


async def message_with(house: House, phone: str, words: str) -> str | None:
    """The first message of a phone with these words, once it is there."""
    return next((text for text in await messages(house, phone) if words in text), None)


def step(fact: dict[str, Any]) -> str:
    """A fact in short: what happened, and to what."""
    body = fact["body"]
    ended = body.get("why") if fact["type"] == "journey.ended" else ""
    moved = f"{body['source']} -> {body['target']}" if fact["type"] == "order.moved" else ""
    asked = body.get("question", "") if fact["type"] != "journey.ended" else ""
    return f"{fact['type']} {ended or moved or asked or body.get('step', '')}".strip()
