"""No text and no trick makes a program act without its customer: told from the tables, after each attempt and after all."""

from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from tests.channels.agent.injections import ATTEMPTS, Scene, refused
from tests.channels.agent.programs import allowed, program
from tests.conformance.people import Person
from tests.conformance.place import Place
from tests.ground.counter import Counter

pytestmark = pytest.mark.asyncio(loop_scope="module")
ACTS = {
    "product_order": "SELECT home, id, party, state FROM product_order",
    "payment": "SELECT home, id FROM payment WHERE status = 'done'",
    "consent": "SELECT home, id, party, purpose, allowed FROM consent",
    "product": "SELECT home, id, to_jsonb(p)::text FROM product p",
    "party": "SELECT home, id, phone, email, language FROM party",
    "grants": "SELECT home, id, party, name, scope, spent, ended FROM agent_grant",
    "effects": "SELECT j.home, j.id, e->>'key' FROM journey j, jsonb_array_elements(j.entries) e WHERE e->>'kind' = 'effect'",
    "postings": "SELECT count(*) FROM posting",
}


async def acts(counter: Counter) -> dict[str, set[tuple[Any, ...]]]:
    """This will give all that was done in the house so far."""
    await counter.settle()
    async with counter.store.edge(0) as tx:
        return {name: {tuple(row) for row in await tx.read(sql)} for name, sql in ACTS.items()}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(place: Place) -> Scene:
    """Two customers who let programs act for them, one of them with an open journey before its yes."""
    counter = place.counter
    customer, victim = await Person().settle(counter), await Person().settle(counter)
    token, victims = await allowed(place, customer, "spend", day=20, each=20), await allowed(place, victim, name="Vera")
    caller = victim.logged_in(counter, "web")
    view = await counter.hall.start(caller, "plan.change")
    view = await counter.answer(caller, view, view.question["options"][0]["value"])
    return Scene(place, customer, victim, token, victims, view.id)


@pytest.mark.parametrize("name", ATTEMPTS)
async def test_an_attempt_does_nothing(scene: Scene, name: str) -> None:
    attempt, code = ATTEMPTS[name]
    place = scene.place
    place.counter.store.clock.move(timedelta(minutes=2))
    before = await acts(place.counter)
    async with program(scene.token) as client:
        said = await attempt(scene, client)
    assert refused(said) == code, said
    after = await acts(place.counter)
    grown = {table: after[table] - before[table] for table in ACTS if table not in ("postings", "grants")}
    assert not any(grown.values()), grown
    assert after["postings"] == before["postings"]
    assert len(after["grants"]) == len(before["grants"])


async def test_all_that_programs_did_has_its_customer_and_its_yes(scene: Scene) -> None:
    """Over the whole house: each effect of a journey that programs had to do with follows a yes or a payment of its customer."""
    async with scene.place.counter.store.edge(0) as tx:
        journeys = await tx.read("SELECT id, party, entries, holders FROM journey WHERE channels @> '[\"agent\"]'")
        owners = {f"agent:{row['id']}": row["party"] for row in await tx.read("SELECT id, party FROM agent_grant")}
        calls = await tx.read("SELECT body FROM event WHERE type = 'agent.called'")
    assert len(journeys) > 20 and len(calls) > 60
    for row in journeys:
        programs = {holder for holder in row["holders"] if holder.startswith("agent:")}
        assert {owners[holder] for holder in programs} <= {row["party"]}
        done = [place for place, entry in enumerate(row["entries"]) if entry["kind"] == "effect"]
        for place in done:
            earlier = row["entries"][:place]
            assert any(entry.get("agreed") in ("person", "elicited", "limit") or
                       (entry["kind"] == "payment" and entry["value"]["paid"]) for entry in earlier), row["id"]
    assert all(row["body"]["agent"] in ("Clara", "Vera", "") for row in calls)
