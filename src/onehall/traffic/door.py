"""The one thing that a script needs: somewhere to send to."""

import asyncio
from typing import Any, Protocol

import msgspec

LOOKS_MAX = 200
OPEN = ("asking", "waiting")
LOOK_SECONDS = 0.1


class Unexpected(Exception):
    """The house answered something that a person at this point would not understand."""


class Answer(msgspec.Struct, frozen=True):
    """What came back: HTTP status and body."""

    status: int
    body: bytes

    def json(self) -> Any:
        """This will read the body as JSON."""
        return msgspec.json.decode(self.body)


class Customer(msgspec.Struct, frozen=True):
    """A customer as a script knows them: their number, and the bearer token of their app."""

    number: str
    token: str = ""


class Door(Protocol):
    """Where a script sends to; `seed` names the person in words that are nobody else's (keys, message ids)."""

    seed: str

    async def send(self, method: str, path: str, body: bytes = b"", *, token: str = "", key: str = "", kind: str = "json") -> Answer:
        """This will send a request and wait for its answer, whatever its status; `kind`: json or form."""
        ...


class App:
    """The JSON channel as an app on a phone speaks it."""

    def __init__(self, door: Door, who: Customer | None = None) -> None:
        self.door = door
        self.token = who.token if who else ""

    async def begin(self, function: str, **given: Any) -> dict[str, Any]:
        """This will begin a journey and give what it shows."""
        body = msgspec.json.encode({"function": function, "given": given})
        return _view(await self.door.send("POST", "/api/journeys", body, token=self.token, key=f"{self.door.seed}:{function}"), function)

    async def answer(self, view: dict[str, Any], value: Any) -> dict[str, Any]:
        """This will answer the open question."""
        question = view["question"]
        body = msgspec.json.encode({"key": question["key"], "turn": question["turn"], "value": value})
        return _view(await self.door.send("POST", f"/api/journeys/{view['id']}/answers", body, token=self.token), view["function"])

    async def options(self, view: dict[str, Any], words: str) -> list[dict[str, Any]]:
        """This will search the options of the open question."""
        answer = await self.door.send("GET", f"/api/journeys/{view['id']}/options?q={words}", token=self.token)
        found: list[dict[str, Any]] = _view(answer, view["function"])  # type: ignore[assignment]
        return found

    async def until(self, view: dict[str, Any], *, key: str = "", kind: str = "") -> dict[str, Any]:
        """This will look again, each time a little later, until the journey is over or asks for a key or a kind of answer.

        :raises Unexpected: it does not come to it.
        """
        for look in range(LOOKS_MAX):
            question = view["question"] or {}
            if view["state"] not in OPEN or (key and question.get("key") == key) or (kind and question.get("kind") == kind):
                return view
            await asyncio.sleep(min(LOOK_SECONDS * (1 + look), 1.0))
            view = _view(await self.door.send("GET", f"/api/journeys/{view['id']}", token=self.token), view["function"])
        raise Unexpected(f"{view['function']} stands still at {view['question']}")

    async def pay(self, view: dict[str, Any]) -> dict[str, Any]:
        """This will pay at the bank and wait until the journey is over."""
        view = await self.until(view, kind="pay")
        payment = str(view["question"]["url"]).rsplit("/", 1)[-1]
        for look in range(LOOKS_MAX):
            paid = await self.door.send("POST", f"/sim/bank/{payment}", b"do=pay", kind="form")
            if paid.status != 404:  # the bank hears of a payment a moment after it is wished for
                break
            await asyncio.sleep(min(LOOK_SECONDS * (1 + look), 1.0))
        if paid.status not in (302, 303):
            raise Unexpected(f"the bank answers {paid.status}: {paid.body[:200]!r}")
        return await self.until(view)


def _view(answer: Answer, what: str) -> dict[str, Any]:
    if answer.status >= 300:
        raise Unexpected(f"{what}: {answer.status} {answer.body[:300]!r}")
    found: dict[str, Any] = answer.json()
    return found
