"""Network elements over real HTTP: debits and calls in progress, each once, with 402 where nothing covers them."""

import asyncio
from contextlib import suppress
from typing import Any

import httpx
import pytest

from onehall.kernel.identity import partners
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store
from tests.ground.house import House

NUMBER = "18600020002"  # of the demo: 9.90 yuan, 5 GB at most
CLIENT = ("ocs", "a-secret-that-is-long-enough")


@pytest.fixture
async def element(house: House) -> Any:
    """A network element with its token."""
    store = await Store(house.dsn, pool_size=2).open()
    with suppress(Refusal):  # it is there from the test before
        async with store.edge(0) as tx:
            await partners.add(tx, CLIENT[0], "OCS", secret=CLIENT[1])
    await store.close()
    for _look in range(100):  # the worker tells the number's home, and what the account is charged by
        sql = "SELECT (SELECT count(*) FROM number_account WHERE number = $1) * (SELECT count(*) FROM subscription WHERE number = $1)"
        if await house.value(sql, NUMBER):
            break
        await asyncio.sleep(0.1)
    async with httpx.AsyncClient(base_url=house.url, timeout=30, verify=False) as client:
        form = {"grant_type": "client_credentials", "client_id": CLIENT[0], "client_secret": CLIENT[1]}
        token = (await client.post("/oauth/token", data=form)).json()["access_token"]
        client.headers["authorization"] = f"Bearer {token}"
        yield client


async def send(client: httpx.AsyncClient, what: str, **body: Any) -> tuple[int, dict[str, Any]]:
    """This will send a request."""
    answer = await client.post(f"/api/charging/{what}", json=body)
    return answer.status_code, answer.json()


async def test_a_debit_is_charged_once_and_refused_where_nothing_covers_it(element: httpx.AsyncClient) -> None:
    asked = {"key": "d1", "number": NUMBER, "kind": "data_mb", "amount": "1.5"}
    status, first = await send(element, "debit", **asked)
    assert status == 200 and first["state"] == "added", first
    status, again = await send(element, "debit", **asked)
    assert (status, again["state"], again["units"]) == (200, "known", first["units"])
    status, no = await send(element, "debit", **asked | {"key": "d2", "amount": "90000000"})
    assert (status, no["code"]) == (402, "balance.low")


async def test_a_call_is_reserved_committed_and_released(element: httpx.AsyncClient) -> None:
    asked = {"key": "c1", "number": NUMBER, "kind": "data_mb", "amount": "10", "seconds": 60}
    status, held = await send(element, "reserve", **asked)
    assert (status, held["status"], held["granted"]) == (200, "reserved", "10"), held
    assert (await send(element, "reserve", **asked))[1]["reservation"] == held["reservation"]
    status, done = await send(element, "commit", reservation=held["reservation"], amount="4")
    assert (status, done["state"]) == (200, "added")
    assert (await send(element, "commit", reservation=held["reservation"], amount="4"))[1]["state"] == "known"
    _status, other = await send(element, "reserve", **asked | {"key": "c2"})
    assert (await send(element, "release", reservation=other["reservation"]))[1]["released"] is True
    assert (await send(element, "commit", reservation=other["reservation"], amount="4"))[0] == 409


@pytest.mark.parametrize(
    ("what", "body", "status"),
    [
        ("debit", {}, 400), ("debit", {"key": "x", "number": "13899999999", "kind": "data_mb", "amount": "1"}, 404),
        ("debit", {"key": "x", "number": NUMBER, "kind": "data_mb", "amount": "0"}, 422),
        ("debit", {"key": "x", "number": NUMBER, "kind": "data_mb", "amount": "NaN"}, 422),
        ("debit", {"key": "x\u0000", "number": NUMBER, "kind": "data_mb", "amount": "1"}, 400),
        ("debit", {"key": "x", "number": NUMBER, "kind": "data_mb", "amount": "1", "at": "2999-01-01T00:00:00Z"}, 422),
        ("reserve", {"key": "x", "number": NUMBER, "kind": "video", "amount": "1"}, 422),
        ("commit", {"reservation": "nothing", "amount": "1"}, 404), ("release", {"reservation": "0" * 24}, 404),
    ],
)  # fmt: skip
async def test_bad_input_is_refused_aloud(element: httpx.AsyncClient, what: str, body: dict[str, Any], status: int) -> None:
    got, said = await send(element, what, **body)
    assert got == status and said["code"], said


async def test_only_partners_charge(element: httpx.AsyncClient) -> None:
    del element.headers["authorization"]
    status, said = await send(element, "debit", key="x", number=NUMBER, kind="data_mb", amount="1")
    assert (status, said["code"]) == (401, "unauthorized")
