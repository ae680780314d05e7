"""Six openings for one person at the same moment, over six channels: five lines, one polite no, and nothing left behind."""

import asyncio
import random
from collections.abc import AsyncIterator

import httpx
import pytest

from onehall.demo.people import CLIENT
from onehall.domains import party as parties
from onehall.hall import Caller, View
from onehall.kernel.identity import Who
from onehall.kernel.ids import new_id, random_home
from tests.conformance.driving import drive
from tests.conformance.people import STORES, Person, clerk
from tests.conformance.ways import Api, Hall, Sms
from tests.ground.counter import Counter, served

UNBALANCED = "SELECT count(*) FROM (SELECT entry FROM posting GROUP BY entry, currency HAVING sum(minor) <> 0) AS unbalanced"
ORDERS = "/tmf-api/productOrderingManagement/v4/productOrder"
REFUSED = "One person can have at most {count} lines, and this one has them."
PAUSE_SECONDS = 0.05
Place = tuple[Counter, httpx.AsyncClient]


@pytest.fixture
async def place(demo_database: str) -> AsyncIterator[Place]:
    """A house of its own, and a client that speaks HTTP to it."""
    async with served(demo_database) as opened:
        yield opened


def ways(place: Place, person: Person) -> list[Hall]:
    """The five ways in that ask: a guest of the web, an app, a phone, and the counters of two stores."""
    counter, client = place
    stranger = Person()
    stranger.document = person.document
    counters = [Hall(counter, person, clerk(counter, f"clerk {unit}", unit)) for unit in STORES[:2]]
    web = Hall(counter, person, counter.guest("a web guest", "web"))
    return [web, Api(counter, person, client), Sms(counter, stranger, client), *counters]


async def opens(way: Hall, chance: random.Random) -> View:
    """One person at one way in, who thinks for a moment before each answer."""

    async def think(_view: View) -> None:
        await asyncio.sleep(chance.random() * PAUSE_SECONDS)

    guest = Caller("web", Who(visitor=f"taken over {way.caller.channel}", address="127.0.0.1"))
    view, _asked, handed = await drive(way, "line.open", think, lambda: Hall(way.counter, way.person, guest))
    assert handed == isinstance(way, Sms)
    return view


async def orders(place: Place, person: Person, chance: random.Random) -> None:
    """A partner orders a line by TMF622 for a party of the same document."""
    counter, client = place
    party = new_id(random_home(), counter.store.clock.now())
    async with counter.store.edge(party) as tx:
        await parties.actions.register_prospect(tx, person.other_phone, "en", party=party)
        await parties.actions.take_real_name(tx, party, person.made.name, "resident_id", person.document)
    form = {"grant_type": "client_credentials", "client_id": CLIENT[0], "client_secret": CLIENT[1]}
    token = (await client.post("/oauth/token", data=form)).json()["access_token"]
    await asyncio.sleep(chance.random() * PAUSE_SECONDS * 8)
    item = {"id": "1", "action": "add", "productOffering": {"id": "hall-59"}}
    body = {"productOrderItem": [item], "relatedParty": [{"id": party, "role": "customer", "@referredType": "Individual"}]}
    answer = await client.post(ORDERS, json=body, headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("seed", [1, 2])
async def test_one_person_has_five_lines_however_many_channels(place: Place, seed: int) -> None:
    counter, _client = place
    chance, person = random.Random(seed), Person()
    before = await counter.one("SELECT count(*) FROM product WHERE status = 'active'")
    openings = [opens(way, chance) for way in ways(place, person)]
    chance.shuffle(openings)
    *views, _ordered = await asyncio.gather(*openings, orders(place, person, chance))
    await counter.settle()
    states = [(await counter.hall.engine.see(view.id)) for view in views]
    failed = await counter.one("SELECT count(*) FROM product_order WHERE state = 'failed'")
    refused = [row for row in states if row.state == "refused"]
    assert len(refused) + failed == 1, [(row.channel, row.state, row.question, row.said) for row in states]
    assert sum(row.state == "done" for row in states) + await _by_partner(counter) == 5
    assert [row.said["text"]["id"] for row in refused if row.said] == [REFUSED] * len(refused)
    assert await counter.one("SELECT count(*) FROM payment WHERE status = 'done'") == sum(row.state == "done" for row in states)
    await _nothing_is_left(counter, person, before + 5)


async def _by_partner(counter: Counter) -> int:
    found = await counter.one("SELECT count(*) FROM product_order WHERE state = 'completed' AND journey IS NULL")
    return int(found)


async def _nothing_is_left(counter: Counter, person: Person, lines: int) -> None:
    hashed = parties.queries.document_hash("resident_id", person.document)
    assert await counter.one("SELECT count(*) FROM product WHERE status = 'active'") == lines
    assert await counter.one("SELECT count(*) FROM product WHERE status NOT IN ('active', 'terminated', 'cancelled', 'aborted')") == 0
    assert await counter.one("SELECT count(*) FROM line_slot WHERE document_hash = $1 AND line IS NOT NULL", hashed) == 5
    assert await counter.one("SELECT count(*) FROM line_slot WHERE document_hash = $1", hashed) == 5
    assert await counter.one("SELECT count(*) FROM number WHERE state = 'held'") == 0
    assert await counter.one("SELECT count(*) FROM payment WHERE status NOT IN ('done', 'refunded', 'voided', 'expired')") == 0
    assert await counter.one(UNBALANCED) == 0
    assert await counter.one("SELECT count(*) FROM job WHERE state = 'dead'") == 0
