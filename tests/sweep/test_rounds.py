"""Field routes in the console: a supervisor puts places on routes, hands them to colleagues, and sees what came of the day."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from onehall.domains import sweep
from onehall.kernel.events import Origin
from onehall.kernel.ids import home_of
from onehall.kernel.refusals import Refusal
from tests.channels.desk.staff import Clerk
from tests.ground.counter import Counter
from tests.ground.house import House
from tests.scenarios.kits import kit_of

NOBODY = Origin()
Place = tuple[Counter, httpx.AsyncClient]


async def _staff(counter: Counter, username: str) -> str:
    return str(await counter.one("SELECT id FROM staff WHERE username = $1", username))


async def _put(counter: Counter, staff: str, text: str) -> int:
    return int(await counter.store.run(home_of(staff), lambda tx: sweep.actions.add_places(tx, staff, text), NOBODY))


async def _route(counter: Counter, staff: str) -> list[sweep.Place]:
    async with counter.store.edge(staff) as tx:
        return await sweep.queries.route(tx, staff)


async def test_a_place_goes_to_a_colleague_with_what_is_known_of_it_and_comes_back(place: Place) -> None:
    counter, client = place
    kit, other = await kit_of(counter, client, "mei"), await kit_of(counter, client, "tao")
    mei, tao = await _staff(counter, "mei"), await _staff(counter, "tao")
    assert await _put(counter, mei, "Tower A, Road 1\nMarket，Gate 3\nTower A, Road 1") == 2
    assert await _put(counter, mei, "Market, Gate 3") == 0
    tower, market = sorted(await _route(counter, mei), key=lambda one: one.name, reverse=True)
    seen = kit.takes_down("sweep.visit", {"place": tower.id, "result": "interested", "note": "Monday"})
    assert (await kit.sends(seen))["state"] == "done"
    await counter.settle()
    late = kit.takes_down("sweep.visit", {"place": tower.id, "result": "opened"})  # without a net, before the route was changed
    assert await sweep.actions.assign_places(counter.store, mei, [tower.id, "no-such-place"], tao, NOBODY) == 1
    await counter.settle()
    assert [one.name for one in await _route(counter, mei)] == ["Market"]
    assert [(one.name, one.address, one.last) for one in await _route(counter, tao)] == [("Tower A", "Road 1", "interested")]
    assert (await kit.sends(late))["state"] == "done", "who really was there may say so"
    assert [one["text"] for one in (await client.get("/field/pack", headers=other.headers)).json()["places"]] == ["Tower A"]
    (moved,) = await _route(counter, tao)
    assert await sweep.actions.assign_places(counter.store, tao, [moved.id], mei, NOBODY) == 1
    await counter.settle()
    assert {one.name for one in await _route(counter, mei)} == {"Market", "Tower A"} and await _route(counter, tao) == []
    assert await counter.one("SELECT count(*) FROM event WHERE type = 'sweep.place_assigned'") == 2
    assert market.last == ""


async def test_a_round_is_what_the_rows_say_of_the_day(place: Place) -> None:
    counter, client = place
    kit, mei = await kit_of(counter, client, "mei"), await _staff(counter, "mei")
    await _put(counter, mei, "Tower A, Road 1\nMarket, Gate 3")
    for one, result in zip(await _route(counter, mei), ("no", "opened"), strict=True):
        await kit.sends(kit.takes_down("sweep.visit", {"place": one.id, "result": result}))
    await counter.settle()
    now = counter.store.clock.now()
    async with counter.store.edge(0) as tx:
        today = await sweep.queries.rounds(tx, [mei], now - timedelta(hours=1), now + timedelta(hours=1))
        before = await sweep.queries.rounds(tx, [mei], now - timedelta(days=1), now - timedelta(hours=1))
    found = today[mei]
    assert (found.places, found.visits, found.results) == (2, 2, {"no": 1, "opened": 1})
    assert found.visits == await counter.one("SELECT count(*) FROM event WHERE type = 'sweep.place_visited'")
    assert (before[mei].visits, before[mei].last) == (0, None)


async def test_a_full_route_takes_no_more_and_nothing_changes(place: Place) -> None:
    counter, client = place
    await kit_of(counter, client, "mei")
    mei = await _staff(counter, "mei")
    for half in range(2):
        await _put(counter, mei, "\n".join(f"Place {half}-{number}, Road" for number in range(50)))
    with pytest.raises(Refusal) as no:
        await _put(counter, mei, "One more, Road")
    assert no.value.code == "route.full" and len(await _route(counter, mei)) == 100


async def test_a_supervisor_plans_the_streets_of_their_own_part(house: House) -> None:
    here, there, away = [
        str(await house.value("SELECT id FROM staff WHERE username = $1", name)) for name in ("clerk-gz", "clerk-sz", "clerk-hz")
    ]
    async with Clerk(house, "supervisor") as keeper, Clerk(house, "clerk-gz") as clerk:
        said = await keeper.see("/console/street")
        assert "Chen Yu" in said and "Lin Hao" in said and "Wu Min" not in said
        await keeper.see(f"/console/street/{here}")
        said = await keeper.post(f"/console/street/{here}/places", places="Pearl Building, Road 8\nNo comma here")
        assert keeper.at.status_code == 422 and "a name, a comma" in said and "Pearl Building, Road 8" in keeper.at.text
        said = await keeper.post(f"/console/street/{here}/places", places="Pearl Building, Road 8")
        assert "Added to the route: 1" in said and "The route (1)" in said
        place = await house.value("SELECT id FROM route_place WHERE staff = $1", here)
        assert "Handed to" not in await keeper.post(f"/console/street/{here}/assign", place=place, to=away)
        assert keeper.at.status_code == 404 and await house.value("SELECT ended FROM route_place WHERE id = $1", place) is None
        await keeper.see(f"/console/street/{here}")
        assert "Handed to Lin Hao: 1" in await keeper.post(f"/console/street/{here}/assign", place=place, to=there)
        for _look in range(100):
            if "Pearl Building" in (said := await keeper.see(f"/console/street/{there}")):
                break
            await asyncio.sleep(0.05)
        assert "Pearl Building" in said
        for path in (f"/console/street/{away}", "/console/street/nobody"):
            await keeper.see(path)
            assert keeper.at.status_code == 404
        await keeper.see("/console/street?day=soon")
        assert keeper.at.status_code == 422
        await clerk.see("/console/street")
        assert clerk.at.status_code == 403
