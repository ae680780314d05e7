"""Five hundred people want one number at the same moment. One has it; the others are told so, and nothing is left behind."""

import asyncio
from collections import Counter as Tally

import httpx
import pytest

from tests.ground.counter import DOCUMENT, FACE
from tests.ground.house import House

BUYERS = 500
NUMBER_FREE = "SELECT number FROM number WHERE state = 'free' AND tier = 0 ORDER BY number LIMIT 1"
UNBALANCED = "SELECT count(*) FROM (SELECT entry FROM posting GROUP BY entry, currency HAVING sum(minor) <> 0) AS unbalanced"


async def buyer(client: httpx.AsyncClient, number: str, start: asyncio.Event) -> dict:
    begun = (await client.post("/api/journeys", json={"function": "line.open", "given": {"offer": "hall-59"}})).json()
    await start.wait()
    question = begun["question"]
    answer = {"key": question["key"], "turn": question["turn"], "value": number}
    return (await client.post(f"/api/journeys/{begun['id']}/answers", json=answer)).json()


async def answer(client: httpx.AsyncClient, view: dict, value: object) -> dict:
    question = view["question"]
    body = {"key": question["key"], "turn": question["turn"], "value": value}
    heard = await client.post(f"/api/journeys/{view['id']}/answers", json=body)
    assert heard.status_code == 200, heard.text
    return heard.json()


async def until(client: httpx.AsyncClient, view: dict, *, not_key: str) -> dict:
    for _look in range(900):
        view = (await client.get(f"/api/journeys/{view['id']}")).json()
        if view["question"] is None or view["question"]["key"] != not_key or view["state"] == "asking":
            return view
        await asyncio.sleep(0.1)
    return view


@pytest.fixture
async def client(house: House):
    limits = httpx.Limits(max_connections=60)
    async with httpx.AsyncClient(base_url=house.url, timeout=60, limits=limits) as opened:
        opened.cookies = httpx.Cookies()
        yield opened


@pytest.mark.slow
async def test_five_hundred_buyers_of_one_number(house: House, client: httpx.AsyncClient):
    number = await house.value(NUMBER_FREE)
    start = asyncio.Event()
    buyers = [asyncio.create_task(buyer(client, number, start)) for _ in range(BUYERS)]
    await asyncio.sleep(0)
    start.set()
    views = await asyncio.gather(*buyers)
    asked = Tally(view["question"]["key"] for view in views)
    assert asked == {"prove": 1, "number": BUYERS - 1}
    losers = [view for view in views if view["question"]["key"] == "number"]
    assert all("taken" in view["question"]["why"] for view in losers)
    winner = next(view for view in views if view["question"]["key"] == "prove")
    shown = {"name": "李雷", "document_type": "resident_id", "document_number": DOCUMENT, "face": FACE}
    view = await until(client, await answer(client, winner, shown), not_key="prove")
    view = await answer(client, await answer(client, view, "esim"), True)
    assert view["question"] and view["question"]["kind"] == "pay", view
    await house.bank_pays(view["question"]["url"])
    view = await until(client, view, not_key="nothing")
    for _look in range(600):
        view = (await client.get(f"/api/journeys/{view['id']}")).json()
        if view["state"] == "done":
            break
        await asyncio.sleep(0.1)
    assert view["state"] == "done"
    assert await house.value("SELECT count(*) FROM product WHERE number = $1 AND status = 'active'", number) == 1
    assert await house.value("SELECT state FROM number WHERE number = $1", number) == "sold"
    assert await house.value("SELECT count(*) FROM number WHERE state = 'held'") == 0
    assert await house.value("SELECT count(*) FROM payment WHERE status NOT IN ('done', 'refunded', 'voided', 'expired')") == 0
    assert await house.value(UNBALANCED) == 0
