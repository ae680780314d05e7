"""The way in through a kit: everything is a capture that is sent, looked at, and sent again with the next answer."""

import itertools
from typing import Any

import httpx
import msgspec

from onehall.hall import Caller, View
from onehall.kernel.identity.gate import STAFF_SESSION
from onehall.kernel.journeys import Ask
from tests.conformance.browsing import Browser
from tests.conformance.pages import browser_of
from tests.conformance.people import Person
from tests.conformance.ways import Hall
from tests.ground.counter import Counter
from tests.scenarios.kits import SIGNED

_names = itertools.count(1)


class Field(Hall):
    """A kit in the hands of the clerk who has logged in."""

    def __init__(self, counter: Counter, person: Person, client: httpx.AsyncClient, clerk: Browser) -> None:
        super().__init__(counter, person, Caller("field", browser_of(counter, clerk, True)))
        self.client, self.headers = client, {"cookie": f"{STAFF_SESSION}={clerk.client.cookies[STAFF_SESSION]}"}
        self.item: dict[str, Any] = {}

    async def start(self, function: str, given: dict[str, Any] | None = None) -> View:
        """This will take the function down, and bring it in."""
        await self.counter.settle()  # whose document it is, is told to the document's home by a job
        at = self.counter.store.clock.now().isoformat()
        self.item = {"name": f"matrix-capture-{next(_names)}", "function": function, "at": at, "given": given or {}}
        return await self._send()

    async def see(self, view: View) -> View:
        """This will look what became of it."""
        return await self._send()

    async def answer(self, view: View, value: Any) -> View:
        """This will send it with the answer to this turn."""
        assert view.question is not None
        drawn = SIGNED if view.question["kind"] == Ask.SIGN else value
        return await self._send({"key": view.question["key"], "turn": view.question["turn"], "value": drawn})

    async def _send(self, *answers: dict[str, Any]) -> View:
        body = {"clock": self.counter.store.clock.now().isoformat(), "item": self.item | {"answers": list(answers)}}
        said = await self.client.post("/field/items", json=body, headers=self.headers)
        assert said.status_code == 200, said.text
        return msgspec.convert(said.json()["view"], View)
