"""Visits on a route: at a place that is there or at a new one, at the time that the kit says, once; and numbers lent and given back."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from tests.ground.counter import Counter, served
from tests.scenarios.kits import Kit, kit_of

Place = tuple[Counter, httpx.AsyncClient]


@pytest.fixture
async def place(demo_database: str) -> AsyncIterator[Place]:
    """A house of its own, and a client that speaks HTTP to it."""
    async with served(demo_database) as opened:
        yield opened


async def test_a_visit_to_a_new_place_puts_it_on_the_route_once(place: Place) -> None:
    counter, client = place
    kit = await kit_of(counter, client, "mei")
    item = kit.takes_down("sweep.visit", {"place": "elsewhere", "name": "Zhujiang Building", "address": "Road 1", "result": "nobody"})
    taken = counter.store.clock.now()
    counter.store.clock.move(timedelta(minutes=40))
    first, again = await asyncio.gather(kit.sends(item), kit.sends(item))
    assert first["state"] == again["state"] == "done"
    assert first["view"]["said"]["text"] == "Noted: Zhujiang Building, Nobody there."
    await counter.settle()
    assert (await kit.sends(item))["journey"] == first["journey"]
    await counter.settle()
    assert await counter.one("SELECT count(*) FROM visit") == 1
    assert abs(await counter.one("SELECT at FROM visit") - taken) < timedelta(seconds=5)
    pack = await packed(kit)
    assert [(one["text"], one["note"], one["last"]) for one in pack["places"]] == [("Zhujiang Building", "Road 1", "nobody")]
    later = kit.takes_down("sweep.visit", {"place": pack["places"][0]["value"], "result": "opened", "note": "Ask for the\nmanager"})
    assert (await kit.sends(later))["state"] == "done"
    await counter.settle()
    assert [one["last"] for one in (await packed(kit))["places"]] == ["opened"]
    assert await counter.one("SELECT note FROM visit WHERE result = 'opened'") == "Ask for the manager"
    assert await counter.one("SELECT count(*) FROM event WHERE type = 'sweep.place_visited'") == 2


async def test_a_route_is_ones_own(place: Place) -> None:
    counter, client = place
    kit, other = await kit_of(counter, client, "mei"), await kit_of(counter, client, "tao")
    await kit.sends(kit.takes_down("sweep.place", {"name": "Market", "address": "Gate 3"}))
    await counter.settle()
    assert [one["text"] for one in (await packed(kit))["places"]] == ["Market"]
    assert (await packed(other))["places"] == []


async def test_numbers_go_back_when_the_day_is_over(place: Place) -> None:
    counter, client = place
    kit = await kit_of(counter, client, "mei")
    numbers = await kit.takes_along(3)
    assert len(await kit.takes_along(3)) == 3, "what is carried counts"
    assert await counter.one("SELECT count(*) FROM number WHERE state = 'held'") == 3
    assert await kit.takes_along(0) == []
    assert await counter.one("SELECT count(*) FROM number WHERE state = 'held'") == 0
    assert await counter.one("SELECT count(*) FROM number WHERE number = ANY($1) AND state = 'free'", numbers) == 3


async def test_numbers_that_nobody_brings_back_are_free_when_the_lease_ends(place: Place) -> None:
    counter, client = place
    kit = await kit_of(counter, client, "mei")
    numbers = await kit.takes_along(3)
    counter.store.clock.move(timedelta(hours=11, minutes=59))  # type: ignore[attr-defined]
    await counter.settle()
    assert await counter.one("SELECT count(*) FROM kit_number") == 3
    counter.store.clock.move(timedelta(minutes=2))  # type: ignore[attr-defined]
    await counter.settle()
    assert await counter.one("SELECT count(*) FROM kit_number") == 0
    assert await counter.one("SELECT count(*) FROM number WHERE number = ANY($1) AND state = 'free'", numbers) == 3


@pytest.mark.parametrize("path", ["/field/pack", "/field/numbers", "/field/items"])
async def test_the_kit_is_for_staff_only(place: Place, path: str) -> None:
    counter, client = place
    body = {"count": 3} if path.endswith("numbers") else {"clock": "2026-01-01T00:00:00Z", "item": {}}
    answer = await (client.get(path) if path.endswith("pack") else client.post(path, json=body))
    assert answer.status_code == 401
    assert await counter.one("SELECT count(*) FROM number WHERE state = 'held'") == 0


@pytest.mark.parametrize("broken", [
    {"name": "short"}, {"name": "../../etc/passwd"}, {"function": "no.such"}, {"at": "yesterday"}, {"given": {"number": ["x"]}},
    {"given": {"held": "kit:guess", "number": "18600010001"}}, {"answers": [{"key": "prove"}] * 21},
])  # fmt: skip
async def test_bad_captures_are_refused_and_leave_nothing(place: Place, broken: dict[str, object]) -> None:
    counter, client = place
    kit = await kit_of(counter, client, "mei")
    item = kit.takes_down("line.open", {"offer": "hall-59"}) | broken
    answer = await client.post("/field/items", json={"clock": kit.clock.isoformat(), "item": item}, headers=kit.headers)
    assert answer.status_code < 500, answer.text
    held = await counter.one("SELECT count(*) FROM number WHERE state = 'held'")
    assert held == 0 and (answer.status_code >= 400 or answer.json()["view"]["question"]["key"] in ("offer", "number"))


async def packed(kit: Kit) -> dict[str, list[dict[str, str]]]:
    """What a kit takes along."""
    return dict((await kit.client.get("/field/pack", headers=kit.headers)).json())
