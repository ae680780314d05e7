"""What a person sees of a journey, in the app, in a browser or over a clerk's shoulder: the same few things, each read its own way."""

import re
from base64 import b64decode
from html import unescape
from typing import Any, Final, Protocol
from urllib.parse import quote, urlencode

import msgspec

from onehall.replay.door import Door, Page
from onehall.traffic.kinds import FACE

OPEN: Final = ("asking", "waiting")


class Screen(msgspec.Struct, frozen=True):
    """A journey as it stands. `pay` is the payment that is asked for, `why` the reason of a refusal, as far as the channel says it."""

    state: str
    journey: str = ""
    key: str = ""
    turn: int = 0
    fields: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    pay: str = ""
    why: str = ""

    @property
    def open(self) -> bool:
        """This will tell whether the journey goes on."""
        return self.state in OPEN


class Talk(Protocol):
    """How one speaks with the house in a channel."""

    door: Door

    async def begin(self, function: str, given: dict[str, Any]) -> Screen:
        """This will begin a journey."""
        ...

    async def answer(self, screen: Screen, value: Any) -> Screen:
        """This will answer the open question; several boxes are a dict."""
        ...

    async def look(self, screen: Screen) -> Screen:
        """This will look at the journey again."""
        ...

    async def find(self, screen: Screen, words: str) -> tuple[str, ...]:
        """This will search the options of the open question, and give their values in order."""
        ...

    async def code(self, screen: Screen) -> str:
        """This will ask for the code with which the journey goes on elsewhere."""
        ...


class AppTalk:
    """The JSON channel, as an app speaks it."""

    def __init__(self, door: Door, token: str = "") -> None:
        self.door = door
        self.token = token
        self.count = 0

    async def begin(self, function: str, given: dict[str, Any]) -> Screen:
        self.count += 1
        key = f"{self.door.seed}:{function}:{self.count}"
        return await self._said("POST", "/api/journeys", {"function": function, "given": given}, key)

    async def answer(self, screen: Screen, value: Any) -> Screen:
        body = {"key": screen.key, "turn": screen.turn, "value": value}
        return await self._said("POST", f"/api/journeys/{screen.journey}/answers", body)

    async def look(self, screen: Screen) -> Screen:
        return await self._said("GET", f"/api/journeys/{screen.journey}")

    async def find(self, screen: Screen, words: str) -> tuple[str, ...]:
        answer = await self.door.send("GET", f"/api/journeys/{screen.journey}/options?q={quote(words)}", token=self.token)
        return tuple(sorted(str(one["value"]) for one in answer.json() if not one.get("badge"))) if answer.status == 200 else ()

    async def code(self, screen: Screen) -> str:
        answer = await self.door.send("POST", f"/api/journeys/{screen.journey}/handover", token=self.token)
        return str(answer.json()["code"])

    async def _said(self, method: str, path: str, body: Any = None, key: str = "") -> Screen:
        sent = msgspec.json.encode(body) if body is not None else b""
        answer = await self.door.send(method, path, sent, token=self.token, key=key)
        return _of_view(answer.json(), answer.status)


def _of_view(view: dict[str, Any], status: int) -> Screen:
    if "state" not in view:
        return Screen("refused", why=str(view.get("code") or status))
    asked = view["question"] or {}
    pay = str(asked.get("url") or "").rsplit("/", 1)[-1] if asked.get("kind") == "pay" else ""
    said = str((view["said"] or {}).get("text", "")) if view["state"] != "done" else ""
    return Screen(
        view["state"], view["id"], asked.get("key", ""), asked.get("turn", 0), tuple(one["name"] for one in asked.get("fields") or ()),
        tuple(str(one["value"]) for one in asked.get("options") or ()), pay, view.get("code") or said,
    )  # fmt: skip


class BrowserTalk:
    """Pages and forms: the hall in the customer's own browser (`at` is /j), or the counter's in a clerk's (/desk/journeys)."""

    def __init__(self, door: Door, at: str = "/j", party: str = "") -> None:
        self.door = door
        self.base = at
        self.party = party
        self.csrf = ""

    async def begin(self, function: str, given: dict[str, Any]) -> Screen:
        fields = {f"given.{name}": value for name, value in given.items()}
        if self.base == "/j":
            await self.page(f"/f/{function}")
            return self._read(await self.door.post(f"/f/{function}", fields | {"csrf": self.csrf}))
        await self.page(f"/desk/customers/{self.party}" if self.party else "/desk")
        whose = f"/desk/customers/{self.party}" if self.party else "/desk"
        return self._read(await self.door.post(f"{whose}/serve/{function}", fields | {"csrf": self.csrf}))

    async def take(self, code: str) -> Screen:
        """This will take a journey over by its code."""
        await self.page("/desk")
        return self._read(await self.door.post("/desk/take", {"csrf": self.csrf, "code": code}))

    async def page(self, path: str) -> Page:
        """This will go to a page, and keep what proves that a form is from it."""
        seen = await self.door.see(path)
        self.csrf = _one(r'name="csrf" value="(\w+)"', seen.text) or self.csrf
        return seen

    async def answer(self, screen: Screen, value: Any) -> Screen:
        boxes = {f"value.{name}": _file(name, one) for name, one in value.items()} if isinstance(value, dict) else {"value": value}
        if value is True:
            boxes = {"value": "yes"}
        fields = {"csrf": self.csrf, "key": screen.key, "turn": screen.turn, **boxes}
        return self._read(await self.door.post(f"{self.base}/{screen.journey}", fields))

    async def look(self, screen: Screen) -> Screen:
        return self._read(await self.page(f"{self.base}/{screen.journey}"))

    async def find(self, screen: Screen, words: str) -> tuple[str, ...]:
        page = await self.page(f"{self.base}/{screen.journey}/options?{urlencode({'q': words})}")
        return tuple(sorted(_options(page.text)))

    async def code(self, screen: Screen) -> str:
        page = await self.door.post(f"{self.base}/{screen.journey}/handover", {"csrf": self.csrf})
        return "".join(re.findall(r"\d", _one(r'class="code"[^>]*>([\d\s]+)<', page.text)))[:6]

    def _read(self, page: Page) -> Screen:
        """A page with a form for an answer asks; one that looks again by itself waits; one that tells of the end has neither."""
        text = page.text.split("<main", 1)[-1]
        self.csrf = _one(r'name="csrf" value="(\w+)"', text) or self.csrf
        journey = _one(rf"{self.base}/(\w{{24}})", page.path) or _one(rf"{self.base}/(\w{{24}})", text)
        key, turn = _one(r'name="key" value="([^"]+)"', text), _one(r'name="turn" value="(\d+)"', text)
        pay = _one(r'href="[^"]*/pay/(\w{24})"', text)
        fields = tuple(dict.fromkeys(re.findall(r'name="value\.(\w+)"', text)))
        if key or pay:
            return Screen("asking", journey, key, int(turn or 0), fields, tuple(_options(text)), pay, _alert(text))
        if "seen=waiting" in text or "seen=asking" in text:
            return Screen("waiting", journey)
        if page.status >= 400 or "mark bad" in text or _one(r'class="head">.*?class="chip (\w*)"', text) == "bad":
            return Screen("refused", journey, why=_alert(text) or _said(text) or str(page.status))
        return Screen("done", journey)


def _file(name: str, value: Any) -> Any:
    return b64decode(FACE) if name == "face" else value


def _options(text: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'type="radio" name="value" value="([^"]*)"', text)]


def _alert(text: str) -> str:
    return _words(_one(r'role="alert"[^>]*>(.*?)</(?:p|div)>', text))


def _said(text: str) -> str:
    return _words(_one(r'<p class="said">(.*?)</p>', text) or _one(r"<h1[^>]*>(.*?)</h1>", text))


def _words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def _one(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.DOTALL)
    return found[1] if found else ""
