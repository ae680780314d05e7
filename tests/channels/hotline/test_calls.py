"""A call, key by key: menus, repeat, back, silence, an agent who joins with the caller's say and gives the call back."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.conformance.browsing import Browser
from tests.conformance.pages import clerk_comes
from tests.conformance.people import Person
from tests.ground.counter import Counter, served


@pytest.fixture
async def house(demo_database: str) -> AsyncIterator[tuple[Counter, httpx.AsyncClient]]:
    """A house and the voice platform that speaks to it."""
    async with served(demo_database) as found:
        yield found


class Line:
    """One call on the platform's side."""

    def __init__(self, client: httpx.AsyncClient, phone: str, language: str = "en") -> None:
        self.client, self.phone, self.language, self.now = client, phone, language, dict[str, Any]()

    async def ring(self) -> dict[str, Any]:
        """This will call."""
        body = {"id": f"c-{self.phone}", "from": self.phone, "language": self.language}
        return self._kept(await self.client.post("/hotline/calls", json=body))

    async def do(self, **heard: Any) -> dict[str, Any]:
        """This will press, say, or keep silent."""
        return self._kept(await self.client.post(f"/hotline/calls/{self.now['call']}", json={"turn": self.now["turn"], **heard}))

    async def look(self) -> dict[str, Any]:
        """This will look where the call stands."""
        return self._kept(await self.client.get(f"/hotline/calls/{self.now['call']}"))

    def _kept(self, answer: httpx.Response) -> dict[str, Any]:
        assert answer.status_code == 200, answer.text
        self.now = answer.json()
        return self.now


async def test_a_balance_is_asked_for_by_two_keys(house: tuple[Counter, httpx.AsyncClient]) -> None:
    counter, client = house
    person = await Person().settle(counter)
    await counter.settle()
    line = Line(client, person.number)
    first = await line.ring()
    assert first["says"][:2] == ["Welcome to Onehall.", "To look up balance, data and bills, press one."] and first["then"] == "listen"
    menu = await line.do(keys="1")
    key = next(place for place, said in enumerate(menu["says"], 1) if "Check balance" in said)
    said = await line.do(keys=str(key))
    assert said["says"][0] == "Your balance is four hundred and forty-one yuan."  # 500 - 59
    again = await line.do(keys="*")
    assert again["says"] == said["says"]
    assert (await line.do(keys="#"))["says"][0].startswith("To look up")


async def test_three_silences_end_the_call_politely(house: tuple[Counter, httpx.AsyncClient]) -> None:
    _counter, client = house
    line = Line(client, "13912340001")
    first = await line.ring()
    second = await line.do(silence=True)
    assert second["says"] == ["We heard nothing.", *first["says"]]
    assert (await line.do(silence=True))["says"] == second["says"]
    last = await line.do(silence=True)
    assert last["then"] == "hang_up" and last["says"] == ["We still hear nothing. Thank you for calling. Goodbye."]
    assert (await line.do(keys="1"))["says"] == last["says"]


async def test_the_same_turn_twice_is_heard_once(house: tuple[Counter, httpx.AsyncClient]) -> None:
    _counter, client = house
    line = Line(client, "13912340002")
    await line.ring()
    turn = line.now["turn"]
    once = dict(await line.do(keys="2"))
    line.now["turn"] = turn
    assert await line.do(keys="1") == once


async def test_chinese_is_spoken_to_who_presses_nine(house: tuple[Counter, httpx.AsyncClient]) -> None:
    _counter, client = house
    line = Line(client, "13912340003")
    await line.ring()
    assert (await line.do(keys="9"))["says"][0] == "查询余额、流量和账单，请按一。"


async def test_a_stranger_may_not_bring_calls(house: tuple[Counter, httpx.AsyncClient]) -> None:
    counter, client = house
    far = httpx.AsyncClient(transport=httpx.ASGITransport(client._transport.app, client=("10.9.9.9", 1)), base_url="http://hall")  # type: ignore[attr-defined]
    answer = await far.post("/hotline/calls", json={"id": "x", "from": "13912340004"})
    assert answer.status_code == 403 and await counter.one("SELECT count(*) FROM hotline_call") == 0


async def test_an_agent_joins_with_the_callers_say_and_gives_back(house: tuple[Counter, httpx.AsyncClient]) -> None:
    counter, client = house
    person = await Person().settle(counter)
    agent = Browser(client._transport.app)  # type: ignore[attr-defined]
    await clerk_comes(counter, agent)
    line = Line(client, person.number)
    await line.ring()
    await line.do(keys="2")
    asked = await line.do(keys=str(next(i for i, said in enumerate(line.now["says"], 1) if "Top up" in said)))
    assert "How much" in asked["says"][0]
    await line.do(keys="0")
    assert (await line.do(keys="1"))["then"] == "agent"
    await agent.go("/hotline/desk")
    await agent.follow_to(f"/hotline/desk/c-{person.number}")
    assert agent.page.says("The caller said yes")
    await agent.send(agent.page.form_to(f"/hotline/desk/c-{person.number}/join"))
    assert agent.page.path.startswith("/desk/journeys/") and agent.page.says("How much, in yuan?")
    await agent.send(next(form for form in agent.page.posting if form.path == agent.page.path), "50")
    journey = agent.page.path.rpartition("/")[2]
    await agent.go(f"/hotline/desk/c-{person.number}")
    await agent.send(agent.page.form_to(f"/hotline/desk/c-{person.number}/back"))
    back = await line.look()
    assert back["then"] == "listen" and any("fifty yuan" in said for said in back["says"]), back
    row = await counter.hall.engine.see(journey)
    assert [entry.staff is not None for entry in row.entries if entry.key == "amount"] == [True] and row.channel == "hotline"
    told = "SELECT count(*) FROM event WHERE type = 'hotline.agent_joined' AND staff IS NOT NULL"
    assert await counter.one(told) == 1


async def test_who_only_wants_to_talk_keeps_the_journey(house: tuple[Counter, httpx.AsyncClient]) -> None:
    counter, client = house
    person = await Person().settle(counter)
    agent = Browser(client._transport.app)  # type: ignore[attr-defined]
    await clerk_comes(counter, agent)
    line = Line(client, person.number)
    await line.ring()
    await line.do(keys="2")
    await line.do(keys="1")
    await line.do(keys="0")
    await line.do(keys="2")
    await agent.go(f"/hotline/desk/c-{person.number}")
    await agent.send(agent.page.form_to(f"/hotline/desk/c-{person.number}/join"))
    assert agent.page.path == f"/hotline/desk/c-{person.number}" and agent.page.says("only wants to talk")
    assert await counter.one("SELECT count(*) FROM event WHERE type = 'journey.handed_over'") == 0
