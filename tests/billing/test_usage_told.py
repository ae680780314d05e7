"""A partner, or a network element, tells of one record: it is rated at once, waits where nobody can be charged, or is refused."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from onehall.domains.billing.events import UseHeard
from onehall.domains.billing.rules.intake import Unreadable, in_units_of_service, latest, read_use
from onehall.kernel.ids import home_for, home_of
from onehall.kernel.store import Store
from onehall.kernel.worker import Worker
from tests.billing.using import line, plan, rows, totals

NUMBER = "13900000001"
USAGE = "/tmf-api/usageManagement/v4/usage"


def _heard(**changed: str) -> UseHeard:
    said = {"number": NUMBER, "source": "smsc", "record": "1", "kind": "sms", "amount": "1", "at": "2026-03-02T10:00:00Z"}
    return UseHeard(**(said | changed))


async def _tell(store: Store, *facts: UseHeard) -> None:
    for fact in facts:
        async with store.edge(home_for("an element")) as tx:
            tx.tell(fact)
    await Worker(store).drain()


async def test_an_event_is_rated_once(store: Store) -> None:
    await line(store, NUMBER, await plan(store))
    await _tell(store, _heard(), _heard(), _heard(record="2", kind="voice_min", amount="61", unit="s"))
    assert await rows(store, "SELECT record, kind, units FROM usage ORDER BY record") == [("1", "sms", 1), ("2", "voice_min", 2)]
    assert (await totals(store))["counted"] == 2


async def test_an_event_of_an_unknown_number_waits_and_comes_in(store: Store) -> None:
    await _tell(store, _heard())
    assert await rows(store, "SELECT number, why, state FROM usage_waiting") == [(NUMBER, "nobody has this number", "waiting")]
    await line(store, NUMBER, await plan(store))
    await Worker(store).drain()
    assert await rows(store, "SELECT (SELECT count(*) FROM usage), (SELECT count(*) FROM usage_waiting)") == [(1, 0)]


async def test_an_event_without_a_price_waits_with_the_reason(store: Store) -> None:
    await line(store, NUMBER, await plan(store))
    await _tell(store, _heard(kind="fax_pages"))
    assert await rows(store, "SELECT why FROM usage_waiting") == [("the plan has no price for it",)]


async def test_an_event_that_cannot_be_read_is_laid_before_a_person(store: Store) -> None:
    await _tell(store, _heard(amount="much"))
    dead = await rows(store, "SELECT error FROM job WHERE state = 'dead'")
    assert len(dead) == 1 and "much is not an amount of zero or more." in dead[0][0]
    assert await rows(store, "SELECT (SELECT count(*) FROM usage), (SELECT count(*) FROM usage_waiting)") == [(0, 0)]


async def test_work_left_by_a_switch_is_the_same(store: Store) -> None:
    await line(store, NUMBER, await plan(store))
    body = {"number": NUMBER, "source": "msc", "record": "7", "kind": "voice_min", "amount": "1.5", "at": "2026-03-02T10:00:00"}
    async with store.edge(0) as tx:
        tx.later("billing.use_heard", {"use": {"type": "billing.use_heard", **body}}, works_in=home_for(NUMBER))
    await Worker(store).drain()
    assert await rows(store, "SELECT source, units FROM usage") == [("msc", 2)]


def test_what_is_told_late_or_early() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    assert latest(now) == datetime(2026, 3, 2, tzinfo=UTC)
    use = read_use("s", "1", NUMBER, "sms", "1", "2026-03-01T23:59:59Z", before=latest(now))
    assert (use.at, use.peer, use.version) == (datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC), None, 0)


def test_units_of_a_service() -> None:
    third = in_units_of_service("voice_min", Decimal(20), "s")
    assert 3 * third <= 1 and 1 - 3 * third < Decimal("1e-11")  # three times 20 s never begin a second minute
    assert in_units_of_service("data_mb", Decimal(3), "GB") == 3072 and in_units_of_service("voice_min", Decimal(2), "h") == 120
    with pytest.raises(Unreadable, match="sms is not counted in GB"):
        in_units_of_service("sms", Decimal(1), "GB")


def _body(number: str = NUMBER, amount: Any = 1, **changed: Any) -> dict[str, Any]:
    traits = {"number": number, "amount": amount} | changed.pop("traits", {})
    parts = [{"name": name, "value": value} for name, value in traits.items()]
    return {"usageDate": "2026-03-02T10:00:00Z", "usageType": "sms", "usageCharacteristic": parts} | changed


@pytest.fixture
def partner(house: Any) -> httpx.Client:
    """A partner with a token of the running house."""
    from onehall.demo.people import CLIENT

    client = httpx.Client(base_url=house.url, timeout=30)
    form = {"grant_type": "client_credentials", "client_id": CLIENT[0], "client_secret": CLIENT[1]}
    client.headers["authorization"] = f"Bearer {client.post('/oauth/token', data=form).json()['access_token']}"
    return client


async def test_a_partner_tells_of_a_record_and_finds_it(house: Any, partner: httpx.Client) -> None:
    store = await Store(house.dsn, pool_size=3).open()
    await line(store, NUMBER, await plan(store))
    answers = [partner.post(USAGE, json=_body(traits={"record": "a", "peer": "10086"}, description="A greeting")) for _turn in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201], answers[0].text
    made = answers[0].json()
    assert (made["id"], made["status"], made["description"]) == (answers[1].json()["id"], "rated", "A greeting")
    assert made["ratedProductUsage"][0]["taxIncludedRatingAmount"] == {"value": 0.0, "unit": "CNY"}
    listed = partner.get(USAGE, params={"usageDate.gte": "2026-03-02T00:00:00Z", "status": "rated", "usageType": "sms", "id": made["id"]})
    assert [row["id"] for row in listed.json()] == [made["id"]]
    assert await rows(store, "SELECT count(*) FROM usage WHERE number = $1", NUMBER) == [(1,)]
    none = partner.post(USAGE, json=_body(usageType="fax_pages"))
    assert (none.status_code, none.json()["code"]) == (422, "usage.no_price")
    await store.close()


async def _said(house: Any, partner: httpx.Client, id_: str, status: str) -> dict[str, Any]:
    """This will give a record once it has a status."""
    for _turn in range(100):
        found = partner.get(f"{USAGE}/{id_}")
        assert found.status_code == 200, found.text
        if found.json()["status"] == status:
            break
        await asyncio.sleep(0.1)
    assert found.json()["status"] == status
    return dict(found.json())


async def test_a_record_that_was_told_early_keeps_the_name_it_was_given(house: Any, partner: httpx.Client) -> None:
    store, number = await Store(house.dsn, pool_size=3).open(), "13900000002"
    early = partner.post(USAGE, json=_body(number, traits={"record": "early"}, description="Too soon")).json()
    assert (early["status"], (await _said(house, partner, early["id"], "received"))["id"]) == ("received", early["id"])
    account = await line(store, number, await plan(store), name="elsewhere")
    assert home_of(account) != home_for(number)
    rated = await _said(house, partner, early["id"], "rated")
    assert rated["id"] != early["id"] and rated["description"] == "Too soon"
    assert partner.get(f"{USAGE}/{rated['id']}").json() == rated
    listed = partner.get(USAGE, params={"usageDate.gte": "2026-03-02T00:00:00Z"}).json()
    assert [one["id"] for one in listed if number in str(one)] == [rated["id"]]
    again = partner.post(USAGE, json=_body(number, traits={"record": "early"}))
    assert (again.json()["id"], await rows(store, "SELECT count(*) FROM usage WHERE number = $1", number)) == (rated["id"], [(1,)])
    await store.close()


@pytest.mark.parametrize(("changed", "why"), [
    ({"amount": -1}, "-1 is not an amount"), ({"amount": [1]}, "is not an amount"), ({"number": ""}, "is not a number"),
    ({"usageDate": "2999-01-01T00:00:00Z"}, "has not come yet"), ({"usageType": "a b"}, "is not a service"),
    ({"traits": {"unit": "MB"}}, "is not counted in MB"), ({"traits": {"version": "x"}}, "is not a version"),
])  # fmt: skip
def test_what_cannot_be_read_is_refused_with_the_reason(partner: httpx.Client, changed: dict[str, Any], why: str) -> None:
    before = partner.get(USAGE, params={"limit": 0}).headers["X-Total-Count"]
    answer = partner.post(USAGE, json=_body(**changed))
    assert answer.status_code == 400 and why in answer.text, answer.text
    assert partner.get(USAGE, params={"limit": 0}).headers["X-Total-Count"] == before
