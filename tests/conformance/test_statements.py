"""What the hot paths cost: the statements that a whole request sends, counted where they are sent."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from onehall.kernel.identity.who import GUEST
from onehall.kernel.store import counting
from tests.ground.counter import Counter, served

NUMBER = "18600010001"
Place = tuple[Counter, httpx.AsyncClient]
PACK = "pack-data-2"  # the balance covers it
BEGINNING = 1
"""The journey's row, all that is told and what is left to be done are one statement."""
REPLY_MAX = 2
"""The journey is read; it and all that is told are written in one: see what an answer costs before adding one more."""
ORDER_MAX = 5
"""What placing an order may cost, of which its row and what is told are two."""


@pytest.fixture
async def place(demo_database: str) -> AsyncIterator[Place]:
    """A house, and an app in which a customer of it has logged in; each kind of call was made once before it is counted."""
    async with served(demo_database) as (counter, client):
        party = await counter.one("SELECT party FROM product WHERE number = $1", NUMBER)
        granted = await counter.house.front.gate.log_in(GUEST, party, app=True)
        client.headers["authorization"] = f"Bearer {granted.token}"
        for function in ("pack.list", "number.search"):
            await client.post("/api/journeys", json={"function": function})
        yield counter, client


async def cost(client: httpx.AsyncClient, path: str, body: dict[str, Any], key: str = "") -> tuple[dict[str, Any], list[str]]:
    """What a request gave, and the statements that it sent."""
    with counting() as statements:
        answer = await client.post(path, json=body, headers={"idempotency-key": key} if key else {})
    assert answer.status_code in (200, 201), answer.text
    # the edition of the matrix of fit is asked for twice a second by a process, whoever comes
    return dict(answer.json()), [sql for sql in statements if "FROM fit_edition" not in sql]


@pytest.mark.parametrize("function", ["balance.check", "data.left", "bill.so_far", "allowances", "number.search"])
async def test_a_hot_question_is_one_statement(place: Place, function: str) -> None:
    view, statements = await cost(place[1], "/api/journeys", {"function": function})
    assert view["state"] == "done"
    assert len(statements) == 1, statements


async def test_a_look_under_a_key_is_one_statement_and_who_must_say_who_they_are_is_asked_once(place: Place) -> None:
    counter, client = place
    for _time in range(2):
        _view, statements = await cost(client, "/api/journeys", {"function": "balance.check"}, key="k1")
        assert len(statements) == 1, statements
    guest = counter.guest()
    first, again = [await counter.hall.start(guest, "balance.check", key="k2") for _time in range(2)]
    assert first == again and first.question and first.question["kind"] == "prove"
    assert await counter.one("SELECT count(*) FROM journey") == 1


@pytest.mark.parametrize("function", ["tariff.list", "pack.list", "roaming.rates", "help"])
async def test_what_is_on_the_shelf_costs_none(place: Place, function: str) -> None:
    _view, statements = await cost(place[1], "/api/journeys", {"function": function})
    begun = [sql for sql in statements if "INSERT INTO journey" in sql or "INSERT INTO event" in sql or "INSERT INTO job" in sql]
    assert statements == begun, statements


async def test_a_reply_is_few_statements(place: Place) -> None:
    view, begun = await cost(place[1], "/api/journeys", {"function": "plan.compare"})
    answer = {"key": "first", "turn": view["question"]["turn"], "value": "hall-59"}
    view, replied = await cost(place[1], f"/api/journeys/{view['id']}/answers", answer)
    assert view["question"]["key"] == "second"
    assert len(begun) == BEGINNING, begun
    assert len(replied) <= REPLY_MAX, replied


async def test_an_order_is_few_statements(place: Place) -> None:
    view, _begun = await cost(place[1], "/api/journeys", {"function": "pack.add", "given": {"pack": PACK}})
    answer = {"key": "agree", "turn": view["question"]["turn"], "value": True}
    view, statements = await cost(place[1], f"/api/journeys/{view['id']}/answers", answer)
    assert view["state"] == "done"
    assert await place[0].one("SELECT count(*) FROM product_order") == 1
    ordering = [sql for sql in statements if "FROM journey" not in sql and "UPDATE journey" not in sql]
    assert len(ordering) <= ORDER_MAX, ordering
    assert len(statements) - len(ordering) == REPLY_MAX, statements


async def test_an_order_by_api_is_few_statements(place: Place) -> None:
    counter, client = place
    party = await counter.one("SELECT party FROM product WHERE number = $1", NUMBER)
    item = {"id": "1", "action": "add", "productOffering": {"id": "hall-59"}}
    body = {"productOrderItem": [item], "relatedParty": [{"id": party, "role": "customer", "@referredType": "Individual"}]}
    order, statements = await cost(client, "/tmf-api/productOrderingManagement/v4/productOrder", body)
    assert order["state"] == "acknowledged"
    assert len(statements) <= ORDER_MAX, statements
