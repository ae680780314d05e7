"""Ways in: one class for each way by which the matrix drives a function, through the channel's real entry where that is cheap."""

from typing import Any

import httpx
import msgspec

from onehall.channels.sms import segments
from onehall.hall import Caller, View
from onehall.kernel.functions import FUNCTIONS, Proof
from onehall.kernel.identity import Who
from onehall.kernel.identity.names import name_party
from onehall.kernel.ids import home_for
from tests.conformance.people import CODE, Person
from tests.ground.counter import Counter


class Hall:
    """Through the hall itself, as a caller of a channel."""

    def __init__(self, counter: Counter, person: Person, caller: Caller) -> None:
        self.counter, self.person, self.caller = counter, person, caller

    async def start(self, function: str, given: dict[str, Any] | None = None) -> View:
        """This will begin."""
        return await self.counter.hall.start(self.caller, function, given)

    async def see(self, view: View) -> View:
        """This will look again."""
        return await self.counter.hall.see(self.caller, view.id)

    async def answer(self, view: View, value: Any) -> View:
        """This will answer the open question."""
        return await self.counter.answer(self.caller, view, value)

    async def take(self, code: str) -> View:
        """This will bring a journey here by its hand-over code."""
        return await self.counter.hall.take(self.caller, code)

    async def pay(self, view: View) -> View:
        """This will have the money arrive, and look again."""
        await self.counter.bank_pays(view)
        await self.counter.settle()
        return await self.see(view)

    async def latest(self, function: str) -> str | None:
        """This will give the person's last journey through a function: one that never asks leaves a row if it did something."""
        latest = "SELECT id FROM journey WHERE function = $1 AND party = $2 ORDER BY id DESC LIMIT 1"
        found: str | None = await self.counter.one(latest, function, self.person.party)
        return found


class Api(Hall):
    """Over HTTP, as JSON: with a token, or as a guest who is known by the journey's id alone."""

    def __init__(self, counter: Counter, person: Person, client: httpx.AsyncClient, token: str = "") -> None:
        super().__init__(counter, person, Caller("api", Who(address="127.0.0.1")))
        self.client = client
        self.headers = {"authorization": f"Bearer {token}"} if token else {}

    async def start(self, function: str, given: dict[str, Any] | None = None) -> View:
        """This will begin."""
        return self._view(await self.client.post("/api/journeys", json={"function": function, "given": given or {}}, headers=self.headers))

    async def see(self, view: View) -> View:
        """This will look again."""
        return self._view(await self.client.get(f"/api/journeys/{view.id}", headers=self.headers))

    async def answer(self, view: View, value: Any) -> View:
        """This will answer the open question."""
        assert view.question is not None
        body = {"key": view.question["key"], "turn": view.question["turn"], "value": value}
        return self._view(await self.client.post(f"/api/journeys/{view.id}/answers", json=body, headers=self.headers))

    async def code(self, view: View) -> str:
        """This will ask for the code by which the journey goes on elsewhere."""
        return str((await self.client.post(f"/api/journeys/{view.id}/handover", headers=self.headers)).json()["code"])

    @staticmethod
    def _view(answer: httpx.Response) -> View:
        assert answer.status_code in (200, 201), answer.text
        return msgspec.json.decode(answer.content, type=View)


class Sms(Hall):
    """Text by text, as a phone writes to the hall."""

    def __init__(self, counter: Counter, person: Person, client: httpx.AsyncClient) -> None:
        stranger = Caller("sms", Who(visitor=f"sms:{person.number}"))
        super().__init__(counter, person, person.logged_in(counter, "sms") if person.party else stranger)
        self.client, self.sent, self.replies = client, 0, list[str]()

    async def start(self, function: str, given: dict[str, Any] | None = None) -> View:
        """This will write the function's word, or call for it by the menu."""
        words = FUNCTIONS[function].words
        view = await self.say(words[0] if words else f"0000 {function}")
        return view or await self._ended(function)

    async def answer(self, view: View, value: Any) -> View:
        """This will write the answer."""
        assert view.question is not None
        after = await self.say(self._text(view.question, value))
        return after or await self.counter.hall.see(self.caller, view.id)

    async def say(self, text: str) -> View | None:
        """This will send one message; gives the journey in which the phone then stands."""
        self.sent += 1
        message = {"id": f"{self.person.number}-{self.sent}", "from": f"+86{self.person.number}", "to": "10016", "text": text}
        answer = await self.client.post("/sms/inbound", json=message)
        assert answer.status_code == 200, answer.text
        self.replies = answer.json()["replies"]
        assert self.replies and all(segments.fits(reply) for reply in self.replies), self.replies
        return await self.stands("sms", self.person.number)

    async def stands(self, channel: str, speaker: str) -> View | None:
        """This will give the journey in which a conversation stands."""
        journey = await self.counter.one("SELECT journey FROM dialogue WHERE channel = $1 AND speaker = $2", channel, speaker)
        return await self.counter.hall.see(self.caller, journey) if journey else None

    @property
    def code(self) -> str:
        """The hand-over code in the last replies."""
        found = CODE.search("\n".join(self.replies))
        assert found, self.replies
        return found[0]

    def _text(self, question: dict[str, Any], value: Any) -> str:
        """What a person writes who reads the question as plain text."""
        if question["kind"] == "confirm":
            return "Y"
        if question["kind"] == "choose":
            first = [option["value"] for option in question["options"]][:3]  # what is further down may be on the next page
            return str(first.index(value) + 1) if value in first else str(value)
        return str(next(iter(value.values()))) if isinstance(value, dict) else str(value)

    async def _ended(self, function: str) -> View:
        """A function that never asks leaves a row if it did something, else a visit."""
        if row := await self.latest(function):
            return await self.counter.hall.see(self.caller, row)
        fact = next(fact for _at, fact, origin in reversed(self.counter.hall.visits.waiting) if origin.function == function)
        said = {"text": "\n".join(self.replies), "facts": [], "next": []}
        return View("", function, function, fact.outcome, None, said, [], [], "sms", "")


class Wechat(Sms):
    """Message by message, as a follower of the official account writes; one who was linked before, or somebody whom nobody knows."""

    def __init__(self, counter: Counter, person: Person, client: httpx.AsyncClient) -> None:
        super().__init__(counter, person, client)
        self.openid = f"o{person.number}"
        who = self.caller.who
        self.caller = Caller("wechat", msgspec.structs.replace(who, visitor=f"wechat:{self.openid}", proof=min(who.proof, Proof.LINE)))

    async def start(self, function: str, given: dict[str, Any] | None = None) -> View:
        """This will press the function's button."""
        if self.person.party:
            async with self.counter.store.edge(home_for(self.openid)) as tx:
                await name_party(tx, "wechat", self.openid, self.person.party)
        view = await self._call(f"<MsgType>event</MsgType><Event>CLICK</Event><EventKey>{function}</EventKey>")
        return view or await self._ended(function)

    async def say(self, text: str) -> View | None:
        """This will send one message; gives the journey in which the follower then stands."""
        return await self._call(f"<MsgType>text</MsgType><Content><![CDATA[{text}]]></Content><MsgId>{self.sent}</MsgId>")

    async def _call(self, parts: str) -> View | None:
        self.sent += 1
        now, platform = self.counter.store.clock.now(), self.counter.world.wechat
        head = f"<ToUserName>hall</ToUserName><FromUserName>{self.openid}</FromUserName><CreateTime>{int(now.timestamp())}</CreateTime>"
        params, body = platform.call(f"<xml>{head}{parts}</xml>", now)
        answer = await self.client.post("/wechat", params=params, content=body)
        assert answer.status_code == 200, answer.text
        self.replies = [platform.opened(answer.content)]
        assert "<Content><![CDATA[" in self.replies[0], self.replies
        return await self.stands("wechat", self.openid)
