"""Ways in through pages: the online hall and the counter, driven by the forms that they show and by nothing else.

What a person answers is the matrix's; where the answer goes is the page's. A question with no box for it fails here.
"""

import re
from typing import Any

import pyotp

from onehall.demo.people import PASSWORD, STAFF
from onehall.hall import Caller, View
from onehall.kernel.functions import FUNCTIONS, Proof
from onehall.kernel.visits import Visited
from tests.conformance.browsing import Browser
from tests.conformance.filling import takes
from tests.conformance.people import Person, code_on
from tests.conformance.reading import Form, Page
from tests.conformance.ways import Hall
from tests.ground.counter import Counter

JOURNEY = re.compile(r"/(?:j|desk/journeys)/([^/]+)")
HAND_OVER_CODE = re.compile(r"(?<!\d)(\d{3}) ?(\d{3})(?!\d)")
OFFSET = re.compile(r"\boffset=(\d+)")
CLERK = next(one for one in STAFF if one.username == "clerk-gz")


class Pages(Hall):
    """A browser in a room of the hall; `caller` is whom the house takes it for, to look behind the page."""

    room, for_staff = "", False

    def __init__(self, counter: Counter, person: Person, browser: Browser) -> None:
        self.browser = browser
        super().__init__(counter, person, Caller(self.room, browser_of(counter, browser, self.for_staff)))

    @property
    def page(self) -> Page:
        """What the browser shows."""
        return self.browser.page

    async def answer(self, view: View, value: Any) -> View:
        """This will put the answer into the form of the page that takes it, and send that."""
        question = view.question
        assert question is not None and self.page.says(question["text"]), f"{self.page.path} does not put the question: {self.page.words}"
        if question.get("search"):
            await self._searches(str(value))
        form, at = self._form_for(value), 0
        while form is None and (more := self._further(at)):
            at, link = more
            await self.browser.follow(link)
            form = self._form_for(value)
        assert form is not None, f"no form of {self.page.path} takes {value!r}: {[one.groups() for one in self._own_forms()]}"
        await self.browser.send(form, value)
        return await self.stands()

    async def is_refused(self, value: Any, reason: str) -> None:
        """This will give an answer that does not fit; the page says why, and asks again."""
        form = self._form_for(value)
        assert form is not None, self.page.words
        await self.browser.send(form, value, status=422)
        assert self.page.says(reason), self.page.words

    async def see(self, view: View) -> View:
        """This will look again, by the page's own link."""
        await self.browser.follow_to(self.page.path)
        return await self.stands()

    async def hands_over(self) -> str:
        """This will ask for the code by which the journey goes on elsewhere, and read it off the page."""
        await self.browser.send(self.page.form_to(f"{self.page.path}/handover"))
        found = HAND_OVER_CODE.search(self.page.words)
        assert found, self.page.words
        return found[1] + found[2]

    async def stands(self) -> View:
        """This will give the journey as the house has it, once the page is seen to show it."""
        found = JOURNEY.match(self.page.path)
        self.caller = Caller(self.room, browser_of(self.counter, self.browser, self.for_staff))
        journey = found[1] if found else await self.latest(self.page.path.rpartition("/")[2])
        if journey is None:
            return self._at_once()
        view = await self.counter.hall.see(self.caller, journey)
        if self.for_staff and view.party:
            self.caller = Caller(self.room, self.caller.who, self.caller.who.unit, party=view.party)
            view = await self.counter.hall.see(self.caller, view.id)
        shown = view.question or view.said
        assert shown and self.page.says(shown["text"]), (shown, self.page.words)
        return view

    def _at_once(self) -> View:
        """A function that asks nothing is answered where it was begun, and leaves a visit."""
        fact, origin = [(fact, origin) for _at, fact, origin in self.counter.hall.visits.waiting if isinstance(fact, Visited)][-1]
        function = self.page.path.rpartition("/")[2]
        assert (origin.function, origin.channel) == (function, self.room), self.page.words
        return View("", function, function, fact.outcome, None, {"text": self.page.words, "facts": [], "next": []}, [], [], self.room, "")

    async def _searches(self, words: str) -> None:
        found = [form for form in self.page.forms if form.method == "get" and form.path == self.page.path]
        assert found, f"{self.page.path} cannot be searched: {self.page.words}"
        await self.browser.send(found[0], words)

    def _further(self, at: int) -> tuple[int, str] | None:
        """The nearest page of options beyond a place."""
        places = [(int(found[1]), link) for link in self.page.links if (found := OFFSET.search(link))]
        return min((each for each in places if each[0] > at), default=None)

    def _form_for(self, value: Any) -> Form | None:
        return next((form for form in self._own_forms() if takes(form, value)), None)

    def _own_forms(self) -> list[Form]:
        return [form for form in self.page.posting if form.path == self.page.path]


class Web(Pages):
    """The online hall: who must log in is led there, and comes back."""

    room = "web"

    async def start(self, function: str, given: dict[str, Any] | None = None) -> View:
        """This will find the function among the services and begin it; who will show a document has logged in before."""
        if FUNCTIONS[function].proof is Proof.REAL_NAME:
            await self.logs_in()
        await self.browser.go("/search")
        await self._begins(function)
        if self.page.path == "/login":
            await self._proves()
            await self._begins(function)
        return await self.stands()

    async def logs_in(self) -> None:
        """This will log in with the code that comes to the phone."""
        await self.browser.go("/search")
        await self.browser.follow_to("/login")
        await self._proves()

    async def take(self, code: str) -> View:
        """This will bring a journey to this browser by its code."""
        await self.browser.go("/search")
        await self.browser.follow_to("/c")
        await self.browser.send(self.page.form_to("/c"), code)
        return await self.stands()

    async def pay(self, view: View) -> View:
        """This will pay on the bank's page and come back the way that the pages lead."""
        assert view.question is not None
        back = self.page.path
        await self.browser.follow(next(link for link in self.page.links if link == view.question["url"]))
        await self.counter.settle()
        if self.page.again:
            await self.browser.refresh()
        await self.browser.send(self.page.posting[0], "pay")
        await self.counter.world.payment.notices.settle()
        await self.counter.settle()
        while self.page.again:
            await self.browser.refresh()
        await self.browser.follow_to(back)
        return await self.stands()

    async def _begins(self, function: str) -> None:
        await self.browser.send(self.page.form_to(f"/f/{function}"))

    async def _proves(self) -> None:
        await self.browser.send(self.page.form_to("/login"), self.person.number)
        await self.browser.send(self.page.form_to("/login/code"), await code_on(self.counter, self.person.number))


class Desk(Pages):
    """The counter: a clerk who has logged in finds the customer and serves them."""

    room, for_staff = "desk", True

    async def start(self, function: str, given: dict[str, Any] | None = None) -> View:
        """This will find the customer by their number, and the function on their page."""
        await self.browser.go("/desk")
        search = next(form for form in self.page.forms if form.path == "/desk/find")
        await self.browser.send(search, self.person.number)
        found = [form for form in self.page.posting if form.path.endswith(f"/serve/{function}")]
        assert found, f"the counter does not offer it: {self.page.words}"
        await self.browser.send(found[0])
        return await self.stands()

    async def take(self, code: str) -> View:
        """This will bring a customer's journey to the counter by its code."""
        await self.browser.go("/desk")
        await self.browser.send(self.page.form_to("/desk/take"), code)
        return await self.stands()

    async def pay(self, view: View) -> View:
        """This will take cash."""
        return await self.answer(view, {"method": "cash"})


async def clerk_comes(counter: Counter, browser: Browser) -> None:
    """This will log a clerk in: name, password and authenticator."""
    code = pyotp.TOTP(CLERK.totp).at(counter.store.clock.now())
    await browser.go("/desk")
    await browser.send(browser.page.form_to("/desk/login"), {"username": CLERK.username, "password": PASSWORD, "code": code})
    assert browser.page.path == "/desk", browser.page.words


def browser_of(counter: Counter, browser: Browser, for_staff: bool) -> Any:
    """This will give whom the house takes a browser for."""
    return counter.house.front.gate.see(browser.headers, dict(browser.client.cookies), browser.address, for_staff).who
