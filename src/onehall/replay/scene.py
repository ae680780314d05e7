"""The stage of a day: the house, its people with their phones and browsers, its clerks, and the diary of what they got."""

import re
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

import msgspec
import pyotp

from onehall.demo.people import PASSWORD, STAFF
from onehall.replay.clock import DayClock
from onehall.replay.day import Day, Event, Person
from onehall.replay.door import Door
from onehall.replay.post import Post
from onehall.replay.screens import AppTalk, BrowserTalk
from onehall.replay.street import Street
from onehall.replay.town import CLERKS

DEVICES: Final = {"smart": "Hall/5.2 (phone)", "tablet": "Hall/5.2 (tablet)", "plain": ""}
LOGIN_LASTS: Final = timedelta(minutes=50)
STEP_SECONDS: Final = 30
CODE: Final = re.compile(r"(?<!\d)\d{6}(?!\d)")


class Served(msgspec.Struct, frozen=True):
    """A line of the diary: who was served with what, how it ended, and why not if it did not."""

    at: datetime
    who: str
    by: str
    does: str
    outcome: str
    why: str = ""
    seconds: int = 0


class Clerk:
    """A clerk at a counter; `busy` while a customer stands there."""

    def __init__(self, door: Door, username: str) -> None:
        self.door = door
        self.person = next(one for one in STAFF if one.username == username)
        self.busy = False
        self.seen: datetime | None = None


class Scene:
    """Everything that a script needs."""

    def __init__(self, app: Any, day: Day, street: Street, post: Post) -> None:
        self.app = app
        self.day = day
        self.street = street
        self.post = post
        self.diary: list[Served] = []
        self.sent = 0
        self.network_token, self.network_until = "", day.start
        self.people = {person.id: person for person in day.people}
        self.clerks = {unit: Clerk(self.door(person.username, "en"), person.username) for unit, person in CLERKS.items()}
        self._doors: dict[tuple[str, str], Door] = {}
        self._tokens: dict[str, str] = {}
        self._logged_in: dict[str, datetime] = {}

    @property
    def clock(self) -> DayClock:
        """This will give the clock of the day."""
        return self.street.clock

    def door(self, who: str, language: str = "zh-CN", device: str = "") -> Door:
        """This will give a way into the house, from an address of one's own."""
        place = sum(ord(sign) * (31**at) for at, sign in enumerate(who)) % 65_000
        seed = f"{self.day.heading.seed}-{who}"
        return Door(self.app, seed, f"10.{ord(who[0]) % 200}.{place // 256}.{place % 256}", language, device)

    def way_of(self, event: Event, channel: str) -> Door:
        """This will give somebody's way in by a channel, the same all day: their cookies stay in it."""
        key = (event.who, channel)
        if key not in self._doors:
            person = self.people.get(event.who)
            self._doors[key] = self.door(event.who, person.language if person else "zh-CN", DEVICES[person.device if person else "smart"])
        return self._doors[key]

    async def app_of(self, event: Event) -> AppTalk:
        """This will open somebody's app, and log them in if they have a line and did not yet today."""
        door, person = self.way_of(event, "app"), self.people.get(event.who)
        if person and event.who not in self._tokens:
            await self._send(door, "/api/login", {"phone": person.number})
            given = await self._send(door, "/api/login/code", {"phone": person.number, "code": await self.texted(door, person.number)})
            self._tokens[event.who] = given.get("token", "")
        return AppTalk(door, self._tokens.get(event.who, ""))

    async def browser_of(self, event: Event) -> BrowserTalk:
        """This will open somebody's browser, and log them in if they have a line and their login has run out."""
        talk, person = BrowserTalk(self.way_of(event, "web")), self.people.get(event.who)
        if person and self.clock.at - self._logged_in.get(event.who, self.day.start - LOGIN_LASTS) >= LOGIN_LASTS:
            await talk.page("/login")
            await talk.door.post("/login", {"csrf": talk.csrf, "phone": person.number, "to": "/me"})
            code = await self.texted(talk.door, person.number)
            await talk.door.post("/login/code", {"csrf": talk.csrf, "phone": person.number, "code": code, "to": "/me"})
            self._logged_in[event.who] = self.clock.at
        return talk

    async def at_counter(self, clerk: Clerk, person: Person | None) -> BrowserTalk | None:
        """This will have a clerk find a customer, or begin with a stranger; None when the clerk finds nobody."""
        if person is None:
            return BrowserTalk(clerk.door, "/desk/journeys")
        found = await clerk.door.see(f"/desk/find?q={quote(person.number)}")
        party = found.path.rpartition("/desk/customers/")[2]
        return BrowserTalk(clerk.door, "/desk/journeys", party) if "/desk/customers/" in found.path else None

    async def at_post(self, clerk: Clerk) -> bool:
        """This will have a clerk ready to serve: logged in, again after an idle hour, with a code of the authenticator that is new."""
        idle = clerk.seen is None or self.clock.at - clerk.seen >= LOGIN_LASTS
        clerk.seen = self.clock.at
        return not idle or await self._log_in(clerk)

    def leaves(self, clerk: Clerk) -> None:
        """This will end a customer's time at the counter."""
        clerk.busy, clerk.seen = False, self.clock.at

    async def _log_in(self, clerk: Clerk) -> bool:
        await self.street.rest(STEP_SECONDS + 1)
        talk = BrowserTalk(clerk.door, "/desk/journeys")
        clerk.door.cookies.clear()
        await talk.page("/desk/login")
        code = pyotp.TOTP(clerk.person.totp).at(self.clock.at)
        fields = {"csrf": talk.csrf, "to": "/desk", "username": clerk.person.username, "password": PASSWORD, "code": code}
        page = await clerk.door.post("/desk/login", fields)
        return page.path == "/desk"

    async def texted(self, door: Door, phone: str) -> str:
        """This will wait a moment and read the latest code on a phone."""
        await self.street.rest(9)
        told = (await door.send("GET", f"/sim/phones/{phone}/messages")).json()
        codes = [found for one in told if one["way"] == "to" for found in CODE.findall(one["text"])]
        return codes[-1] if codes else "000000"

    async def _send(self, door: Door, path: str, body: dict[str, str]) -> dict[str, Any]:
        answer = (await door.send("POST", path, msgspec.json.encode(body))).json()
        return dict(answer)
