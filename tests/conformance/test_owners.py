"""What is a customer's is nobody else's: the app's own routes, one by one, as another customer, a clerk of elsewhere and nobody."""

import os
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from litestar import Litestar

from onehall import app
from onehall.kernel.resources import Access, Resource
from tests.conformance.face import payloads
from tests.conformance.victim import Victim, victim
from tests.ground import database as databases
from tests.ground.counter import served

pytestmark = pytest.mark.asyncio(loop_scope="module")
STRANGERS = ("another", "clerk of another province", "supervisor of another province", "operations of another province", "nobody")
IDS = frozenset({"journey", "party", "code", "id", "payment"})
PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
CLASSES = ("public", "owner", "for_staff", "by_network")
NO = frozenset({401, 403, 404, 405})
OWNED = [one for one in app.RESOURCES if one.may_read is not Access.PUBLIC]
STOCK = frozenset({"resource", "logicalResource", "physicalResource"})
"""Nobody's: who keeps stock sees all of it."""
READERS = {"organization": "their company"}
Route = tuple[str, str, str]
"""Method, path, class."""


@pytest.fixture(scope="module")
def owners_database(demo_template: str) -> Iterator[str]:
    """One demo database for all."""
    name = f"t_owners_{os.getpid()}"
    yield databases.clone(demo_template, name)
    databases.drop(name)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(owners_database: str) -> AsyncIterator[Victim]:
    """A customer with one of everything, in a house with others."""
    async with served(owners_database) as (counter, client):
        yield await victim(counter, client)


def routes(place: Victim) -> list[Route]:
    """This will list every route of the app but what the framework adds, with the class that it names itself."""
    opened: Litestar = place.client._transport.app  # type: ignore[attr-defined]
    found: list[Route] = []
    for route in opened.routes:
        for handler in getattr(route, "route_handlers", ()):
            if handler.fn.__module__.startswith("litestar."):
                continue
            found += [(str(method), route.path, _class(route.path, handler.opt)) for method in sorted(handler.http_methods)]
    return sorted(set(found))


def _class(path: str, opt: dict[str, Any]) -> str:
    if path.startswith("/tmf-api"):
        return "resource"
    if opt.get("for_staff"):
        return "public" if opt.get("public") else "for_staff"
    return next((name for name in CLASSES if opt.get(name)), "?")


async def test_every_route_says_whom_it_serves(place: Victim) -> None:
    found = routes(place)
    assert len(found) > 100
    assert [route for route in found if route[2] == "?"] == []
    unheard = [path for _method, path, of in found if of == "resource" and not _known(path)]
    assert unheard == []


def _known(path: str) -> bool:
    """A TMF address is that of a resource, of a hub, of the document, or leads nowhere."""
    stems = {resource.path for resource in app.RESOURCES}
    bare = path.removesuffix("/{id:str}")
    ends = ("/{rest:path}", "/hub", "/openapi.json")
    return bare in stems or bare.endswith(ends) or any(stem.startswith(path) for stem in stems)


@pytest.mark.parametrize("of", ["owner", "for_staff"])
async def test_strangers_see_and_change_nothing(place: Victim, of: str) -> None:
    wrong, tried = [], 0
    for method, path, _of in [route for route in routes(place) if route[2] == of and route[0] != "OPTIONS"]:
        for who in STRANGERS:
            tried += 1
            wrong += await _wrong(place, method, path, who)
    assert not wrong, "\n" + "\n".join(wrong)
    assert tried >= 4 * 12


async def _wrong(place: Victim, method: str, path: str, who: str) -> list[str]:
    before = await place.state()
    answer = await send(place, method, path, who)
    row = f"{method} {path} as {who}: {answer.status_code}"
    wrong = [f"{row} shows {mark}" for mark in place.marks if mark in answer.text]
    if IDS & set(PARAMETER.findall(path)) and not _refused(answer):
        wrong.append(f"{row} is no refusal: {answer.text[:200]}")
    if answer.status_code >= 500:
        wrong.append(f"{row} {answer.text[:200]}")
    if await place.state() != before:
        wrong.append(f"{row} changed something")
    return wrong


def _refused(answer: httpx.Response) -> bool:
    return answer.status_code in NO or (answer.status_code in (302, 303) and "/login" in answer.headers.get("location", ""))


async def send(place: Victim, method: str, path: str, who: str) -> httpx.Response:
    """This will call a route with the victim's things in its address and body; a code is theirs alone to give away."""
    given = who == "another" and not path.startswith("/kiosk")  # before a kiosk everybody is new: whoever types the code has it
    things = place.things | ({} if given else {"code": "123456" if place.things["code"] != "123456" else "654321"})
    place.client.cookies.clear()
    filled = PARAMETER.sub(lambda found: things.get(found[1], "x"), path)
    body: dict[str, Any] = {name: things[name] for name in ("function", "key", "code")}
    body |= {"line": things["number"], "value": things["number"]}
    headers = place.callers[who]
    if method == "GET":
        return await place.client.get(filled, params={"q": things["number"]}, headers=headers)
    if path.startswith("/api"):
        return await place.client.request(method, filled, json=body | {"turn": int(things["turn"])}, headers=headers)
    return await place.client.request(method, filled, data=body | {"turn": things["turn"]}, headers=headers)


async def test_those_whom_it_concerns_see_it(place: Victim) -> None:
    """Without this the sweep could pass because the addresses lead nowhere."""
    wrong, shown = [], set[str]()
    for method, path, of in routes(place):
        who = {"owner": "owner", "for_staff": "own supervisor" if path.startswith("/console") else "own clerk"}.get(of)
        if who is None or method != "GET" or not IDS & set(PARAMETER.findall(path)):
            continue
        answer = await send(place, method, path, who)
        shown |= {path} if answer.status_code in (200, 204) else set()
        if answer.status_code not in (200, 204, 303):
            wrong.append(f"{path} as {who}: {answer.status_code}")
    assert {"/api/journeys/{journey:str}", "/j/{journey:str}", "/desk/customers/{party:str}"} <= shown, wrong


async def test_public_pages_tell_nothing_of_a_customer(place: Victim) -> None:
    world = ("/sim", "/static", "/pages")  # the simulated world is open to all on purpose
    found = [path for method, path, of in routes(place) if method == "GET" and of == "public" and not path.startswith(world)]
    assert len(found) >= 12
    for path in found:
        answer = await send(place, "GET", path, "nobody")
        assert answer.status_code < 500 and not [mark for mark in place.marks if mark in answer.text], path


@pytest.mark.parametrize("resource", OWNED, ids=lambda resource: f"{resource.api}/{resource.name}")
async def test_resources_are_seen_by_their_owner_alone(place: Victim, resource: Resource) -> None:
    reader = READERS.get(resource.name, "owner" if resource.may_read is Access.OWN else "partner")
    listed = await place.client.get(resource.path, params={"limit": 1000}, headers=place.callers[reader])
    assert listed.status_code in (200, 206), listed.text
    ids = [row["id"] for row in listed.json()]
    assert ids
    for who in ("another", "nobody") if resource.name in STOCK else STRANGERS:
        answer = await place.client.get(resource.path, params={"limit": 1000}, headers=place.callers[who])
        assert answer.status_code in (200, 206, 401, 403), (who, answer.text)
        assert answer.status_code in (401, 403) or not set(ids) & {row["id"] for row in answer.json()}, who
        change = payloads().get(f"{resource.noun}.patch", {"description": "taken"})
        for id_ in ids[:3]:
            for method in _methods(place, resource):
                await _kept(place, method, f"{resource.path}/{id_}", who, change)
    for who in STRANGERS:
        if resource.noun in payloads() and resource.create:
            await _makes_nothing_of_theirs(place, resource, who)


def _methods(place: Victim, resource: Resource) -> list[str]:
    """Every method that the route of one of them admits."""
    found = [method for method, path, _of in routes(place) if path == f"{resource.path}/{{id:str}}" and method != "OPTIONS"]
    assert {"GET", "PATCH", "DELETE"} <= set(found)
    return found


async def _makes_nothing_of_theirs(place: Victim, resource: Resource, who: str) -> None:
    """What a stranger may make is their own: nothing is put under the victim's name."""
    before = await place.state()
    body = place.aimed(payloads()[resource.noun])
    answer = await place.client.post(resource.path, headers=place.callers[who], json=body)
    assert answer.status_code < 500 and (who != "nobody" or answer.status_code in NO), (resource.path, who, answer.text)
    assert await place.state() == before, (resource.path, who, answer.status_code)


async def test_a_clerk_of_elsewhere_orders_nothing_for_them(place: Victim) -> None:
    item = {"id": "1", "action": "add", "productOffering": {"id": "hall-59"}}
    body = {"productOrderItem": [item], "relatedParty": _related(place)}
    for who in STRANGERS:
        await _kept(place, "POST", "/tmf-api/productOrderingManagement/v4/productOrder", who, body, (422,) if who == "another" else ())


def _related(place: Victim) -> list[dict[str, str]]:
    return [{"id": place.person.party, "role": "customer", "@referredType": "Individual"}]


async def _kept(place: Victim, method: str, path: str, who: str, body: dict[str, Any], also: tuple[int, ...] = ()) -> None:
    before = await place.state()
    more: dict[str, Any] = {} if method in ("GET", "DELETE") else {"json": body}
    answer = await place.client.request(method, path, headers=place.callers[who], **more)
    assert answer.status_code in (*NO, *also), (method, path, who, answer.status_code, answer.text)
    assert await place.state() == before, (method, path, who)


@pytest.mark.parametrize("who", STRANGERS)
async def test_hubs_are_for_partners(place: Victim, who: str) -> None:
    for path in sorted({path for method, path, _of in routes(place) if path.endswith("/hub")}):
        answer = await place.client.post(path, json={"callback": "http://127.0.0.1:9/listener"}, headers=place.callers[who])
        assert answer.status_code in (401, 403), (path, who, answer.status_code)
