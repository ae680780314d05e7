"""A new resource: what comes back is what is kept, and a key makes it once."""

import asyncio
from typing import Any

import pytest

from onehall.kernel import ids
from onehall.kernel.store import counting
from tests.kernel.resources import library
from tests.kernel.resources.conftest import Api


async def count(api: Api, table: str) -> int:
    async with api.store.edge(0) as tx:
        row = await tx.read_one(f"SELECT count(*) AS n FROM {table}")
        assert row
        return int(row["n"])


async def test_the_answer_is_the_resource_as_it_is_kept(api: Api) -> None:
    body = {"name": "Ahab", "id": "mine", "href": "/x", "odd": {"deep": [1, 2.5, None]}, "@type": "FolioBook", "isRare": None}
    answer = await api.post("/book", body)
    made = answer.json()
    assert answer.status_code == 201
    assert made["id"] != "mine" and ids.is_id(made["id"])
    assert made == {
        "id": made["id"],
        "href": f"/tmf-api/{library.API}/v4/book/{made['id']}",
        "@type": "FolioBook",
        "name": "Ahab",
        "lifecycleStatus": "Active",
        "lastUpdate": made["lastUpdate"],
        "odd": {"deep": [1, 2.5, None]},
    }
    assert (answer.headers["Location"], answer.headers["ETag"]) == (made["href"], '"1"')
    assert answer.headers["content-type"] == "application/json;charset=utf-8"
    got = await api.get(made["href"], library.GUEST)
    assert (got.json(), got.headers["ETag"]) == (made, '"1"')


async def test_times_are_brought_to_utc(api: Api) -> None:
    made = await api.made("/loan", library.loan(library.MEI, due="2025-03-01T08:00:00+08:00", note=[{"date": "2025-03-01T00:00:00"}]))
    assert (made["due"], made["note"]) == ("2025-03-01T00:00:00Z", [{"date": "2025-03-01T00:00:00Z"}])


async def test_a_row_lives_with_its_owner(api: Api) -> None:
    made = await api.made("/loan", library.loan(library.MEI))
    assert ids.home_of(made["id"]) == 7
    assert (made["state"], made["fee"], made["@type"]) == ("open", {"unit": "CNY", "value": 50}, "Loan")


BAD: list[tuple[str, Any, str]] = [
    ("/book", {}, "name"),
    ("/book", {"name": None}, "name"),
    ("/book", {"name": 5}, "name"),
    ("/book", {"name": ["x"]}, "name"),
    ("/book", {"name": "x", "isRare": "yes"}, "isRare"),
    ("/book", {"name": "x", "size": {}}, "size.pages"),
    ("/book", {"name": "x", "size": {"pages": 1.5}}, "size.pages"),
    ("/book", {"name": "x", "note": {}}, "note"),
    ("/book", {"name": "x", "validFor": {"startDateTime": "soon"}}, "validFor.startDateTime"),
    ("/book", {"name": "x", "@type": 5}, "@type"),
    ("/loan", {"days": 5}, "relatedParty"),
    ("/loan", {"days": 5, "relatedParty": []}, "relatedParty"),
    ("/loan", {"days": 5, "relatedParty": [{"name": "x"}]}, "relatedParty"),
    ("/loan", {"days": "5", "relatedParty": [{"id": "x"}]}, "days"),
]


async def test_a_bad_attribute_is_named_and_nothing_is_kept(api: Api, subtests: pytest.Subtests) -> None:
    for path, body, attribute in BAD:
        with subtests.test(body=body):
            answer = await api.post(path, body)
            assert (answer.status_code, answer.json()["code"]) == (400, "body.attribute")
            assert attribute in answer.json()["reason"]
    assert (await count(api, "book"), await count(api, "loan"), await count(api, "event")) == (0, 0, 0)


async def test_a_refusal_of_the_domain_is_a_tmf_error(api: Api) -> None:
    answer = await api.post("/loan", library.loan(library.MEI, days=31), headers={"accept-language": "en"})
    assert (answer.status_code, answer.json()) == (
        422,
        {
            "code": "loan.long",
            "reason": "31 days are too long.",
            "message": "31 days are too long.",
            "status": "422",
            "referenceError": "/tmf-api/errors#loan.long",
            "@type": "Error",
        },
    )
    assert (await count(api, "loan"), await count(api, "event"), await count(api, "job")) == (0, 0, 0)


async def test_a_creation_is_told_once(api: Api) -> None:
    made = await api.made("/loan", library.loan(library.MEI))
    async with api.store.edge(0) as tx:
        rows = await tx.read("SELECT home, type, key, channel, source, body FROM event")
    assert [tuple(row) for row in rows] == [
        (
            7,
            "resource.changed",
            f"loan/{made['id']}",
            "tmf",
            "partner:p1",
            {"type": "resource.changed", "what": f"loan/{made['id']}", "api": library.API, "how": "create", "state": "open"},
        )
    ]


async def test_a_creation_costs_few_statements(api: Api) -> None:
    with counting() as statements:
        await api.made("/loan", library.loan(library.MEI))
    assert len(statements) == 3, statements  # the insert, the body as shown, the fact and its work


async def test_the_same_key_makes_one_thing(api: Api) -> None:
    for path, body in (("/book", {"name": "Ahab"}), ("/loan", library.loan(library.MEI))):
        first = await api.post(path, body, headers={"Idempotency-Key": f"k-{path}"})
        again = await api.post(path, body, headers={"Idempotency-Key": f"k-{path}"})
        assert (first.status_code, again.status_code) == (201, 201)
        assert (again.json(), again.headers["Location"], again.headers["ETag"]) == (first.json(), first.headers["Location"], '"1"')
        assert await count(api, path[1:]) == 1


async def test_the_same_key_at_once_makes_one_thing(api: Api) -> None:
    answers = await asyncio.gather(*(api.post("/book", {"name": "Ahab"}, headers={"Idempotency-Key": "k"}) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await count(api, "book") == 1


async def test_a_key_is_bound_to_its_request_and_caller(api: Api) -> None:
    key = {"Idempotency-Key": "k"}
    assert (await api.post("/loan", library.loan(library.MEI), headers=key)).status_code == 201
    for path, body in (("/loan", library.loan(library.LEI)), ("/loan", library.loan(library.MEI, days=6)), ("/book", {"name": "Ahab"})):
        answer = await api.post(path, body, headers=key)
        assert (answer.status_code, answer.json()["code"]) == (422, "key.reused")
    assert (await count(api, "loan"), await count(api, "book")) == (1, 0)
    assert (await api.post("/loan", library.loan(library.MEI), library.OTHER_PARTNER, headers=key)).status_code == 201
    assert await count(api, "loan") == 2


async def test_a_refused_request_leaves_its_key_free(api: Api) -> None:
    body, key = library.loan(library.MEI, days=31), {"Idempotency-Key": "k"}
    assert (await api.post("/loan", body, headers=key)).status_code == 422
    answer = await api.post("/loan", body, headers=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "loan.long")


async def test_a_key_has_a_form(api: Api) -> None:
    for key in ("", "x" * 201, "a\tb"):
        answer = await api.post("/book", {"name": "Ahab"}, headers={"Idempotency-Key": key})
        assert (answer.status_code, answer.json()["code"]) == (400, "key.bad")
    assert await count(api, "book") == 0
