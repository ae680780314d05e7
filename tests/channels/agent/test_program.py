"""What a program can do for a customer, as the SDK's own client does it over real HTTP."""

import pytest
from mcp_types import ElicitResult

from onehall.channels.agent.tools import VERBS
from onehall.kernel.functions import FUNCTIONS
from onehall.kernel.journeys import CHANNELS
from tests.channels.agent.programs import allowed, answer_of, code, code_of, program, shown
from tests.conformance.people import Person
from tests.conformance.place import Place

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_every_tool_is_a_function_or_a_verb(place: Place) -> None:
    async with program() as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    functions = {name for name, one in FUNCTIONS.items() if CHANNELS["agent"].fits(one)}
    assert tools.keys() == (functions - {"sim.puk"}) | VERBS.keys()
    assert tools["plan.change"].title == "Change plan"
    assert tools["plan.change"].input_schema["properties"].keys() == {"offer"}
    assert "agent.allow" not in tools and "refund.hand_over" not in tools


async def test_a_stranger_looks_up_what_all_may_know(place: Place) -> None:
    async with program() as client:
        view = shown(await client.call_tool("tariff.list", {}))
        assert view["state"] == "done" and view["said"]["facts"]
        begun = shown(await client.call_tool("balance.check", {}))
    assert begun["person"]["code"] and begun["question"]["kind"] == "prove"


async def test_a_customers_program_looks_up_what_is_theirs(place: Place) -> None:
    person = await Person(balance=12_300).settle(place.counter)
    async with program(await allowed(place, person, "look")) as client:
        view = shown(await client.call_tool("balance.check", {}))
        assert view["state"] == "done" and "123" in view["said"]["text"]
        assert code(await client.call_tool("plan.change", {})) == "agent.scope"
        names = {tool.name for tool in (await client.list_tools()).tools}
    assert "plan.change" not in names and "data.left" in names


async def test_a_plan_is_changed_with_the_persons_yes_in_their_program(place: Place) -> None:
    person = await Person().settle(place.counter)
    asked: list[str] = []

    def says(params) -> ElicitResult:
        asked.append(params.message)
        box = params.requested_schema["properties"]["value"]
        value = True if box["type"] == "boolean" else box["oneOf"][0]["const"]
        return ElicitResult(action="accept", content={"value": value})

    async with program(await allowed(place, person), says) as client:
        view = shown(await client.call_tool("plan.change", {}))
    assert view["state"] == "done" and len(asked) == 2 and "Do you agree?" in asked[1]
    row = await place.counter.one("SELECT count(*) FROM agent_yes WHERE journey = $1 AND way = 'elicited'", view["journey"])
    assert row == 1


async def test_a_person_who_declines_changes_nothing(place: Place) -> None:
    person = await Person().settle(place.counter)

    def says(params) -> ElicitResult:
        box = params.requested_schema["properties"]["value"]
        return ElicitResult(action="decline") if box["type"] == "boolean" else ElicitResult(
            action="accept", content={"value": box["oneOf"][0]["const"]}
        )

    async with program(await allowed(place, person), says) as client:
        view = shown(await client.call_tool("plan.change", {}))
    assert view["state"] == "cancelled"
    assert await place.counter.one("SELECT count(*) FROM product_order WHERE party = $1", person.party) == 0


async def test_without_forms_the_yes_is_said_at_a_link(place: Place) -> None:
    counter, person = place.counter, await Person().settle(place.counter)
    async with program(await allowed(place, person)) as client:
        view = shown(await client.call_tool("plan.change", {}))
        assert view["question"]["answered_by"] == "agent" and view["question"]["answer_schema"]["enum"]
        offer = view["question"]["options"][0]["value"]
        view = shown(await client.call_tool("answer", answer_of(view, offer)))
        assert view["question"]["kind"] == "confirm" and view["question"]["answered_by"] == "person"
        link = view["person"]["link"]
        again = shown(await client.call_tool("answer", answer_of(view, True)))
        assert again["state"] == "asking" and again["question"]["key"] == "agree"
        await counter.settle()
        [text] = [one.text for one in await counter.world.sms.messages(person.number) if link in one.text]
        assert "Clara asks you to agree: Change plan." in text
        page = place.web(person).counter.hall
        customer = person.logged_in(counter, "web")
        await counter.answer(customer, await page.see(customer, view["journey"]), True)
        done = shown(await client.call_tool("see", {"journey": view["journey"]}))
    assert done["state"] == "done"
    assert await counter.one("SELECT count(*) FROM product_order WHERE party = $1", person.party) == 1


async def test_a_program_agrees_within_the_customers_limit_and_not_beyond(place: Place) -> None:
    counter, person = place.counter, await Person(balance=50_000).settle(place.counter)
    token = await allowed(place, person, "spend", day=30, each=20)
    states = []
    async with program(token) as client:
        for _time in range(3):
            view = shown(await client.call_tool("pack.add", {"pack": "pack-data-10"}))
            price = view["question"]["summary"]["total_minor"]
            states.append(shown(await client.call_tool("answer", answer_of(view, True)))["state"])
    assert price <= 2_000
    within = 3_000 // price
    assert states == ["done"] * within + ["asking"] * (3 - within)
    assert await counter.one("SELECT spent FROM agent_grant WHERE party = $1", person.party) == within * price
    assert await counter.one("SELECT count(*) FROM product_order WHERE party = $1", person.party) == within


async def test_what_is_done_without_a_question_is_asked_of_the_person(place: Place) -> None:
    """Functions that act at once act for a program only after the person's yes."""
    counter, person = place.counter, await Person().settle(place.counter)
    async with program(await allowed(place, person)) as client:
        view = shown(await client.call_tool("consent.stop", {}))
        assert view["question"]["kind"] == "confirm" and "A program asks this for you" in view["question"]["text"]
        assert await counter.one("SELECT count(*) FROM consent WHERE party = $1", person.party) == 0
    customer = person.logged_in(counter, "web")
    done = await counter.answer(customer, await counter.hall.see(customer, view["journey"]), True)
    assert done.state == "done"
    assert await counter.one("SELECT count(*) FROM consent WHERE party = $1", person.party) == 1


async def test_a_payment_is_the_persons(place: Place) -> None:
    counter, person = place.counter, await Person().settle(place.counter)
    await counter.settle()
    async with program(await allowed(place, person)) as client:
        view = shown(await client.call_tool("topup", {"amount": "50", "number": person.number}))
        assert view["question"]["kind"] == "pay" and view["person"]["link"].startswith("http")
        assert code(await client.call_tool("answer", answer_of(view, "yes"))) == "agent.person"
        await counter.bank_pays(await counter.hall.see(person.logged_in(counter, "web"), view["journey"]))
        await counter.settle()
        assert shown(await client.call_tool("see", {"journey": view["journey"]}))["state"] == "done"


async def test_a_journey_is_handed_over_and_taken_back(place: Place) -> None:
    counter, person = place.counter, await Person().settle(place.counter)
    async with program(await allowed(place, person)) as client:
        view = shown(await client.call_tool("plan.change", {}))
        handed = shown(await client.call_tool("hand_over", {"journey": view["journey"]}))["person"]
        customer = person.logged_in(counter, "web")
        taken = await counter.hall.take(customer, handed["code"])
        assert taken.id == view["journey"]
        assert shown(await client.call_tool("see", {"journey": view["journey"]}))["continued_at"] == "Online hall"
        back = await counter.hall.hand_over(customer, taken.id)
        assert shown(await client.call_tool("take", {"code": back.code}))["question"]["key"] == "offer"


async def test_a_stopped_program_can_do_nothing(place: Place) -> None:
    counter, person = place.counter, await Person().settle(place.counter)
    token = await allowed(place, person)
    async with program(token) as client:
        shown(await client.call_tool("balance.check", {}))
        caller = person.logged_in(counter, "web")
        view = await counter.hall.start(caller, "agent.stop")
        view = await counter.answer(caller, view, view.question["options"][0]["value"])
        assert view.state == "done"
        assert code(await client.call_tool("balance.check", {})) == "agent.over"


async def test_a_code_is_good_once_and_for_five_tries(place: Place) -> None:
    person = await Person().settle(place.counter)
    good = await code_of(place, person, "ask")
    assert (await place.client.post("/mcp/claim", json={"code": good[:-1] + ("0" if good[-1] != "0" else "1")})).status_code == 422
    assert (await place.client.post("/mcp/claim", json={"code": good})).status_code == 200
    again = await place.client.post("/mcp/claim", json={"code": good})
    assert again.status_code == 422 and again.json()["code"] == "agent.code"


async def test_every_call_is_in_the_log(place: Place) -> None:
    counter, person = place.counter, await Person().settle(place.counter)
    async with program(await allowed(place, person, name="Ada 3")) as client:
        await client.call_tool("balance.check", {})
        await client.call_tool("no.such", {})
    async with counter.store.edge(person.party) as tx:
        rows = await tx.read(
            "SELECT channel, source, function, body FROM event WHERE home = $1 AND party = $2 AND type = 'agent.called' ORDER BY id",
            tx.home, person.party,
        )  # fmt: skip
    assert [(row["channel"], row["source"], row["function"], row["body"]["outcome"]) for row in rows] == [
        ("agent", "agent:Ada 3", "balance.check", "done"), ("agent", "agent:Ada 3", None, "tool.unknown"),
    ]  # fmt: skip


async def test_an_older_client_is_served_too(place: Place) -> None:
    person = await Person().settle(place.counter)
    async with program(await allowed(place, person), mode="legacy") as client:
        assert shown(await client.call_tool("balance.check", {}))["state"] == "done"
        assert shown(await client.call_tool("plan.change", {}))["question"]["key"] == "offer"
