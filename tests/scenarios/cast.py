"""The people of the stories: a stranger with a phone in the hand, a clerk at a counter, and what the log says of both."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pyotp
from playwright.async_api import Browser, Locator, Page, expect

from onehall.demo.people import PASSWORD, STAFF
from onehall.kernel.store import Store
from tests.ground.counter import DOCUMENT, FACE
from tests.ground.house import House

PATIENCE_SECONDS = 40
PATIENCE = PATIENCE_SECONDS * 1000.0
NAME = "李雷"
PHONE_SIZE = {"width": 390, "height": 844}
DESK_SIZE = {"width": 1280, "height": 900}
LOG = "SELECT type, channel, staff, journey, party, body FROM event WHERE journey = $1 AND type <> 'resource.changed' ORDER BY at, id"


@dataclass
class Clerk:
    """A clerk who has logged in, with a page open."""

    page: Page
    username: str

    async def takes(self, code: str) -> None:
        """This will type a customer's code; the sixth digit sends it."""
        await self.page.get_by_label("Customer's code").fill(code)

    async def sees(self, question: str) -> None:
        """This will wait until the page puts a question, or says something."""
        await heading(self.page, question)

    async def reads_the_document(self, document: str = DOCUMENT) -> None:
        """This will type what the document says, and vouch for the face."""
        await self.sees("Read the customer's document and compare the face.")
        await self.page.get_by_label("Name", exact=True).fill(NAME)
        await self.page.get_by_label("Document number").fill(document)
        await self.page.get_by_label("The face is that of the document").check()
        await self.page.get_by_role("button", name="Confirm identity").click()

    async def chooses_a_card(self) -> None:
        """This will choose the plastic card."""
        await self.sees("Which SIM would you like?")
        await self.page.get_by_text("Written at the counter").click()
        await self.page.get_by_role("button", name="Continue", exact=True).click()

    async def hears_yes(self) -> None:
        """This will write down that the customer agrees."""
        await self.sees("Do you want to open this line?")
        await self.page.get_by_role("button", name="The customer agrees").click()
        await expect(self.cash).to_be_visible(timeout=PATIENCE)

    @property
    def cash(self) -> Locator:
        """The button that takes cash."""
        return self.page.get_by_role("button", name="Cash received")


async def heading(page: Page, words: str | re.Pattern[str]) -> None:
    """This will wait until the page's heading says the words."""
    await expect(page.get_by_role("heading", level=1)).to_have_text(words, timeout=PATIENCE)


async def clerk_comes(house: House, browser: Browser, username: str = "clerk-gz") -> Clerk:
    """This will have a clerk log in with name, password and authenticator, in a browser of their own."""
    house.clock.move(timedelta(seconds=31))  # an authenticator's code opens once: the next one is due
    context = await browser.new_context(viewport=DESK_SIZE, locale="en-GB")
    page = await context.new_page()
    await page.goto(f"{house.url}/desk")
    person = next(one for one in STAFF if one.username == username)
    await page.get_by_label("Name").fill(username)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_label("Code of your authenticator").fill(pyotp.TOTP(person.totp).at(house.clock.now()))
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_label("Customer's code")).to_be_visible(timeout=PATIENCE)
    return Clerk(page, username)


async def until(look: Callable[[], Awaitable[Any]]) -> Any:
    """This will look again and again until there is something to see.

    :raises AssertionError: it did not come.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE_SECONDS
    while True:
        found = await look()
        if found:
            return found
        assert loop.time() < deadline, "it did not come"
        await asyncio.sleep(0.1)


class App:
    """A customer's app: the JSON channel; spoken by somebody whom nobody knows, until they log in."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.client = httpx.AsyncClient(base_url=house.url, timeout=PATIENCE_SECONDS, trust_env=False, verify=False)
        self.number = ""

    async def logs_in(self, phone: str) -> None:
        """This will prove that a phone is theirs by the code that comes to it."""
        before = len(await codes(self.house, phone))
        await self.post("/api/login", {"phone": phone})
        code = (await until(lambda: codes(self.house, phone, before)))[-1]
        token = (await self.post("/api/login/code", {"phone": phone, "code": code}))["token"]
        self.client.headers["authorization"] = f"Bearer {token}"

    async def begins(self, words: str = "no 4") -> dict[str, Any]:
        """This will choose a plan and the first ordinary number that fits the words."""
        begun = await self.post("/api/journeys", {"function": "line.open", "given": {"offer": "hall-59"}})
        found = (await self.client.get(f"/api/journeys/{begun['id']}/options", params={"q": words})).json()
        self.number = next(one["value"] for one in found if not one.get("badge"))
        return await self.answers(begun, self.number)

    async def comes_to_pay(self, document: str) -> dict[str, Any]:
        """This will go on alone, with document and face, up to the payment."""
        begun = await self.begins()
        shown = {"name": NAME, "document_type": "resident_id", "document_number": document, "face": FACE}
        await self.answers(begun, shown)
        view = await self.answers(await self.stands(begun, key="sim"), "esim")
        return await self.answers(view, True)

    async def answers(self, view: dict[str, Any], value: Any) -> dict[str, Any]:
        """This will answer the open question."""
        question = view["question"]
        return await self.post(f"/api/journeys/{view['id']}/answers", {"key": question["key"], "turn": question["turn"], "value": value})

    async def code(self, view: dict[str, Any]) -> str:
        """This will ask for the code by which the journey goes on elsewhere."""
        return str((await self.post(f"/api/journeys/{view['id']}/handover"))["code"])

    async def stands(self, view: dict[str, Any], state: str | None = None, key: str | None = None, after: int = 0) -> dict[str, Any]:
        """This will wait until the journey is in a state, or asks for a key, or asks again after a turn."""

        async def look() -> dict[str, Any] | None:
            now = (await self.client.get(f"/api/journeys/{view['id']}")).json()
            question = now["question"] or {}
            here = state in (None, now["state"]) and key in (None, question.get("key")) and question.get("turn", after + 1) > after
            return now if here else None

        return await until(look)

    async def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """This will send JSON and give what comes back."""
        answer = await self.client.post(path, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()


def spaced(number: str) -> str:
    """This will write a number as people read it: 186 0001 2345."""
    return f"{number[:3]} {number[3:7]} {number[7:]}"


async def log(house: House, journey: str) -> list[dict[str, Any]]:
    """This will read all that the log tells of a journey, in order."""
    return await rows(house, LOG, journey)


async def rows(house: House, sql: str, *values: Any) -> list[dict[str, Any]]:
    """This will read rows out of the tables behind the house."""
    store = await Store(house.dsn, pool_size=1).open()
    try:
        async with store.edge(0) as tx:
            return [dict(row) for row in await tx.read(sql, *values)]
    finally:
        await store.close()


async def turn(house: House, port: str, name: str, value: Any) -> None:
    """This will tell something of the simulated world to do badly."""
    async with httpx.AsyncClient(base_url=house.url, trust_env=False, verify=False) as client:
        (await client.post(f"/sim/{port}/switches", json={"name": name, "value": value})).raise_for_status()


async def messages(house: House, phone: str) -> list[str]:
    """This will read the messages that a phone got, oldest first."""
    async with httpx.AsyncClient(base_url=house.url, trust_env=False, verify=False) as client:
        found = (await client.get(f"/sim/phones/{phone}/messages")).json()
    return [one["text"] for one in found if one["way"] == "to"]


async def codes(house: House, phone: str, after: int = 0) -> list[str]:
    """This will give the one-time codes that came to a phone, after so many."""
    return [code for text in await messages(house, phone) for code in re.findall(r"(?<!\d)\d{6}(?!\d)", text)][after:]


async def sms(house: House, phone: str, text: str, id_: str) -> list[str]:
    """This will deliver a message from a phone to the hall and give the replies."""
    async with httpx.AsyncClient(base_url=house.url, timeout=PATIENCE_SECONDS, trust_env=False, verify=False) as client:
        answer = await client.post("/sms/inbound", json={"id": id_, "from": phone, "to": "10016", "text": text})
        answer.raise_for_status()
        return list(answer.json()["replies"])
