"""Staff at their browsers, over real HTTP."""

import asyncio
import re
from typing import Any

import httpx
import pyotp

from onehall.demo import people
from onehall.kernel.identity.scope import CARRIERS
from tests.ground.house import House

STEP_SECONDS = 30
LOOKS_MAX = 120
_used: dict[tuple[str, str], int] = {}


def token(page: str) -> str:
    """The token that every form of a page carries."""
    found = re.search(r'name="csrf" value="(\w+)"', page)
    assert found, "the page has no form"
    return found[1]


def words(page: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split("<main", 1)[-1]))


class Clerk:
    """A member of staff at a browser; a code of the authenticator opens once, so the clock moves on for the next."""

    def __init__(self, house: House, username: str, language: str = "en") -> None:
        self.house = house
        self.person = next(one for one in people.STAFF if one.username == username)
        self.browser = httpx.AsyncClient(
            base_url=house.url, follow_redirects=True, timeout=30, headers={"accept-language": language, "accept": "text/html"},
            verify=False,
        )
        self.home = "/console/centre" if self.person.role in CARRIERS else "/desk"
        self.at = httpx.Response(0)

    async def __aenter__(self) -> "Clerk":
        page = await self.browser.get("/desk/login")
        self.at = await self.browser.post("/desk/login", data={"csrf": token(page.text), "to": self.home, **self.login()})
        assert self.at.url.path == self.home, words(self.at.text)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.browser.aclose()

    def login(self) -> dict[str, str]:
        """Name, password and a code that was not used yet."""
        used = _used.get((self.house.dsn, self.person.username), -1)
        while (step := int(self.house.clock.now().timestamp()) // STEP_SECONDS) <= used:
            from datetime import timedelta

            self.house.clock.move(timedelta(seconds=STEP_SECONDS))
        _used[self.house.dsn, self.person.username] = step
        code = pyotp.TOTP(self.person.totp).at(step * STEP_SECONDS)
        return {"username": self.person.username, "password": people.PASSWORD, "code": code}

    async def see(self, path: str) -> str:
        """Goes to a page and gives what stands there."""
        self.at = await self.browser.get(path)
        return words(self.at.text)

    async def post(self, path: str, **fields: str) -> str:
        """Sends a form with its token and gives what stands on the page that follows."""
        page = self.at if self.at.status_code and 'name="csrf"' in self.at.text else await self.browser.get(self.home)
        self.at = await self.browser.post(path, data={"csrf": token(page.text), **fields})
        return words(self.at.text)

    async def answer(self, **fields: str) -> str:
        """Answers the question on the page; dots in names are written as two underscores."""
        key, turn = (re.search(rf'name="{name}" value="([^"]+)"', self.at.text) for name in ("key", "turn"))
        assert key and turn, words(self.at.text)
        value = {name.replace("__", "."): one for name, one in fields.items()}
        return await self.post(self.at.url.path, key=key[1], turn=turn[1], **value)

    async def wait(self) -> str:
        """Looks again until the page no longer waits."""
        for _look in range(LOOKS_MAX):
            if "data-poll" not in self.at.text:
                return words(self.at.text)
            await asyncio.sleep(0.1)
            await self.see(self.at.url.path)
        raise AssertionError(words(self.at.text))


class App:
    """A stranger with the app: the plain JSON channel."""

    def __init__(self, url: str) -> None:
        self.web = httpx.AsyncClient(base_url=url, timeout=30, verify=False)
        self.view: dict[str, Any] = {}

    async def __aenter__(self) -> "App":
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.web.aclose()

    async def begin(self, function: str, **given: Any) -> dict[str, Any]:
        """Begins a journey."""
        self.view = (await self.web.post("/api/journeys", json={"function": function, "given": given})).json()
        return self.view

    async def answer(self, value: Any) -> dict[str, Any]:
        """Answers the open question."""
        asked = self.view["question"]
        body = {"key": asked["key"], "turn": asked["turn"], "value": value}
        self.view = (await self.web.post(f"/api/journeys/{self.view['id']}/answers", json=body)).json()
        return self.view

    async def code(self) -> str:
        """A code by which the journey goes on elsewhere."""
        return str((await self.web.post(f"/api/journeys/{self.view['id']}/handover")).json()["code"])

    async def held_at(self, url: str = "") -> str:
        """Opens a line as far as the question who it is, and gives the code to go on."""
        await self.begin("line.open")
        await self.answer("hall-59")
        await self.answer(self.view["question"]["options"][0]["value"])
        assert self.view["question"]["kind"] == "prove"
        return await self.code()
