"""The way in of a program that a customer lets act for them: the SDK's own client over real HTTP, and their yes at a page."""

from typing import Any

from onehall.hall import View, policy
from onehall.hall.agents import Agents
from onehall.kernel.functions import FUNCTIONS, Ask, Proof
from onehall.kernel.identity.who import GUEST
from onehall.kernel.journeys import CHANNELS
from tests.channels.agent.programs import allowed, answer_of, program, shown
from tests.conformance.people import Person
from tests.conformance.place import Place
from tests.conformance.ways import Hall


class Program(Hall):
    """Tool by tool, for a customer who said yes to that beforehand. What is theirs alone, they do at a page."""

    def __init__(self, place: Place, person: Person, token: str, caller: Any) -> None:
        super().__init__(place.counter, person, caller)
        self.token, self.code = token, ""

    async def start(self, function: str, given: dict[str, Any] | None = None) -> View:
        """This will call the function's tool."""
        return await self._call(function, given or {})

    async def answer(self, view: View, value: Any) -> View:
        """This will answer by the tool `answer`; the yes is the person's."""
        assert view.question is not None
        after = await self._call("answer", answer_of({"journey": view.id, "question": view.question}, value))
        if view.question["kind"] != Ask.CONFIRM:
            return after
        assert after.state == "asking" and after.question and after.question["key"] == view.question["key"], "a program said yes by itself"
        customer = self.person.logged_in(self.counter, "web")
        await self.counter.answer(customer, await self.counter.hall.see(customer, view.id), value)
        seen = await self.see(view)
        if seen.question and seen.question["kind"] not in (*CHANNELS["agent"].asks, Ask.WAIT):  # the rest is the person's too
            self.code = (await self.counter.hall.hand_over(customer, view.id)).code
            seen.question["hand_over"] = True
        return seen

    async def _call(self, tool: str, arguments: dict[str, Any]) -> View:
        async with program(self.token) as client:
            told = shown(await client.call_tool(tool, arguments))
        self.code = told.get("person", {}).get("code", "")
        try:
            view = await self.counter.hall.see(self.caller, told["journey"])
        except Exception:  # it never became a row
            return View("", told["function"], told["title"], told["state"], None, told.get("said"), [], [], "agent", "")
        if self.code and view.question:
            view.question["hand_over"] = True
        return view


async def its_program(place: Place, person: Person) -> Program:
    """This will have a person let a program act for them."""
    token = await allowed(place, person)
    agents = Agents(place.counter.store)
    return Program(place, person, token, agents.caller(await agents.of_token(token), GUEST, Proof.CODE))


async def admits(place: Place, function: str) -> str:
    """This will give what the policy says of a function: yes, person, no."""
    return (await policy.read(place.counter.store)).of(FUNCTIONS[function]).admits


def beyond(asked: set[Ask]) -> bool:
    """This will tell whether something was asked that no program can be asked."""
    return not asked <= CHANNELS["agent"].asks


