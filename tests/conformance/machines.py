"""Ways in through machines: the kiosk's screen with its cabinet, and a call to the hotline, key by key."""

import re
from typing import Any

import httpx

from onehall.channels.hotline.calls import home_of_call
from onehall.channels.kiosk import session as sessions
from onehall.hall import Caller, View
from onehall.kernel.functions import FUNCTIONS, Proof
from onehall.kernel.identity import Who
from tests.conformance.browsing import Browser
from tests.conformance.pages import Pages
from tests.conformance.people import Person, code_on
from tests.conformance.ways import Hall
from tests.ground.counter import Counter

NOTES = (10_000, 5_000, 2_000, 1_000, 500, 100)
SPOKEN = "zero one two three four five six seven eight nine".split()
SIX = re.compile(rf"(?:(?:{'|'.join(SPOKEN)}) ?){{6}}")
TURNS_MAX = 40


class Kiosk(Pages):
    """The screen, touched; notes, cards and faces go to the cabinet below it."""

    room = "kiosk"

    def __init__(self, counter: Counter, person: Person, browser: Browser, cabinet: str) -> None:
        super().__init__(counter, person, browser)
        self.name = cabinet
        self.cabinet = counter.world.cabinets.get(cabinet)

    async def start(self, function: str, given: dict[str, Any] | None = None) -> View:
        """This will find the function among the tiles of its family and touch it."""
        await self.browser.go(f"/kiosk?cabinet={self.name}")
        await self.browser.follow_to(f"/kiosk/do/{FUNCTIONS[function].family}")
        while not [form for form in self.page.posting if form.path == f"/kiosk/f/{function}"]:
            more = [link for link in self.page.links if "offset=" in link]
            assert more, f"{function} is not among the tiles"
            await self.browser.follow(more[-1])
        await self.browser.send(self.page.form_to(f"/kiosk/f/{function}"))
        if self.page.path == "/kiosk/who":
            await self.browser.send(self.page.form_to("/kiosk/who"), self.person.number)
            await self.browser.send(self.page.form_to("/kiosk/who"), await code_on(self.counter, self.person.number))
        return await self.stands()

    async def take(self, code: str) -> View:
        """This will bring a journey to the screen by its code."""
        await self.browser.go("/kiosk")
        await self.browser.follow_to("/kiosk/code")
        await self.browser.send(self.page.form_to("/kiosk/code"), {"code": code})
        return await self.stands()

    async def answer(self, view: View, value: Any) -> View:
        """This will touch the answer; a document and a face are shown to the devices."""
        if isinstance(value, dict) and "face" in value:
            card = {name: part for name, part in value.items() if name != "face"}
            self.cabinet.put(id_card=card, face=value["face"])
            value = {"device": "identity"}
        return await super().answer(view, value)

    async def pay(self, view: View) -> View:
        """This will pay with notes, and have them kept; with a card where notes cannot pay exactly."""
        assert view.question is not None
        rest = view.question["amount_minor"]
        if rest % NOTES[-1]:
            return await self._pays_by_card()
        await self.browser.send(self.page.form_to(f"{self.page.path}/cash"))
        for note in NOTES:
            while rest >= note:
                assert self.cabinet.insert(note)
                rest -= note
        await self.browser.go("/kiosk/cash")
        await self.browser.send([form for form in self.page.posting if form.path == "/kiosk/cash"][-1], {"do": "keep"})
        await self.counter.settle()
        await self.browser.go(self.page.path)
        return await self.stands()

    async def _pays_by_card(self) -> View:
        self.cabinet.put(bank_card={"number": "6222000000000001"})
        await self.browser.send(self.page.form_to(f"{self.page.path}/card"))
        await self.counter.settle()
        await self.browser.go(self.page.path)
        return await self.stands()

    async def stands(self) -> View:
        """This will give the journey as the house has it, once the screen is seen to show it."""
        found = re.match(r"/kiosk/j/([^/]+)", self.page.path)
        session = sessions.read(self.browser.client.cookies.get(sessions.COOKIE), self.counter.store.clock.now())
        who = Who(visitor=session.id, party=session.party or None, proof=Proof(session.level), expires=session.expires)
        self.caller = Caller("kiosk", who)
        journey = found[1] if found else await self.latest(self.page.path.rpartition("/")[2])
        if journey is None:
            return self._at_once()
        view = await self.counter.hall.see(self.caller, journey)
        shown = view.question or view.said
        assert shown and self.page.says(shown["text"]), (shown, self.page.words)
        return view


class Hotline(Hall):
    """A call, key by key, as the voice platform carries it."""

    def __init__(self, counter: Counter, person: Person, client: httpx.AsyncClient) -> None:
        super().__init__(counter, person, person.logged_in(counter, "hotline"))
        self.client, self.call, self.spoken = client, f"call-{person.number}", dict[str, Any]()

    async def start(self, function: str, given: dict[str, Any] | None = None) -> View:
        """This will call, and find the function in the menus."""
        rung = await self.client.post("/hotline/calls", json={"id": self.call, "from": self.person.number, "language": "en"})
        assert rung.status_code == 200, rung.text
        self.spoken = rung.json()
        await self.presses(await self._key(FUNCTIONS[function].family))
        for _page in range(TURNS_MAX):
            if key := await self._key(function):
                return await self._ended(function, await self.presses(key))
            await self.presses("9")
        raise AssertionError(f"{function} is in no menu")

    async def answer(self, view: View, value: Any) -> View:
        """This will press what answers the question, as the prompts say."""
        question = view.question
        assert question is not None
        match question["kind"]:
            case "confirm":
                keys = "1"
            case "choose" | "pick_time":
                keys = await self._key(str(value)) or await self._search(str(value))
            case "prove":
                keys = "1" if "phone" in value else f"{value['code']}#"
            case _:
                keys = ""
        after = await self.presses(keys) if keys else await self.says(str(value))
        return after or await self.counter.hall.see(self.caller, view.id)

    async def presses(self, keys: str) -> View | None:
        """This will press keys."""
        return await self._turn(keys=keys)

    async def says(self, words: str) -> View | None:
        """This will say words, or type them where they are digits."""
        return await self._turn(**({"keys": f"{words}#"} if words.isdigit() else {"words": words}))

    @property
    def code(self) -> str:
        """The hand-over code, as it was said."""
        found = SIX.search(" ".join(self.spoken["says"]))
        assert found, self.spoken
        return "".join(str(SPOKEN.index(word)) for word in found[0].split())

    async def _turn(self, **heard: Any) -> View | None:
        answer = await self.client.post(f"/hotline/calls/{self.call}", json={"turn": self.spoken["turn"], **heard})
        assert answer.status_code == 200, answer.text
        self.spoken = answer.json()
        assert self.spoken["says"] and not re.search(r"[{}¥]|\d{3}", " ".join(self.spoken["says"]).split("http")[0]), self.spoken
        journey = (await self._stands())["journey"]
        return await self.counter.hall.see(self.caller, journey) if journey else None

    async def _stands(self) -> Any:
        async with self.counter.store.edge(home_of_call(self.call)) as tx:
            row = await tx.read_one("SELECT stands FROM hotline_call WHERE home = $1 AND id = $2", tx.home, self.call)
        assert row is not None
        return row["stands"]

    async def _key(self, value: str) -> str:
        shown = (await self._stands())["shown"]
        return str(shown.index(value) + 1) if value in shown else ""

    async def _search(self, value: str) -> str:
        for _page in range(TURNS_MAX):
            await self.presses("9")
            if key := await self._key(value):
                return key
        raise AssertionError(f"{value} is not offered: {self.spoken}")

    async def _ended(self, function: str, view: View | None) -> View:
        if view is not None:
            return view
        if row := await self.latest(function):
            return await self.counter.hall.see(self.caller, row)
        visits = (fact for _at, fact, origin in reversed(self.counter.hall.visits.waiting) if origin.function == function)
        fact = next(fact for fact in visits if hasattr(fact, "outcome"))  # others of it may tell what was suggested
        said = {"text": " ".join(self.spoken["says"]), "facts": [], "next": []}
        return View("", function, function, fact.outcome, None, said, [], [], "hotline", "")
