"""Who may see and change what; what may not be seen is not there."""

from typing import Any

import pytest

from onehall.kernel import ids
from onehall.kernel.identity.who import Who
from tests.kernel.resources import library
from tests.kernel.resources.conftest import Api
from tests.kernel.resources.library import BROWSER, CLERK, CUSTOMER, ELSEWHERE, GUEST, OTHER, PARTNER, PROVINCE, READER, ROOT

SHOPLESS = Who(staff="s9", roles=frozenset({"clerk"}), by="bearer")
NEIGHBOUR = Who(staff="s8", unit="onehall.gd.gz_s1", by="bearer")


@pytest.fixture
async def loans(api: Api) -> dict[str, str]:
    """One loan made by the customer, one by another, one by a clerk for the customer."""
    made = {
        "own": await api.made("/loan", library.loan(library.MEI), CUSTOMER),
        "other": await api.made("/loan", library.loan(library.LEI), OTHER),
        "store": await api.made("/loan", library.loan(library.MEI), CLERK),
    }
    return {name: loan["id"] for name, loan in made.items()}


SEES: list[tuple[Who, set[str]]] = [
    (CUSTOMER, {"own", "store"}),
    (BROWSER, {"own", "store"}),
    (OTHER, {"other"}),
    (PARTNER, {"own", "other", "store"}),
    (READER, {"own", "other", "store"}),
    (CLERK, {"store"}),
    (PROVINCE, {"store"}),
    (ELSEWHERE, set()),
    (SHOPLESS, set()),
    (NEIGHBOUR, set()),
    (ROOT, {"own", "other", "store"}),
]


async def test_each_sees_their_own_and_no_more(api: Api, loans: dict[str, str], subtests: pytest.Subtests) -> None:
    for who, expected in SEES:
        with subtests.test(who=str(who)[:60]):
            listed = await api.get("/loan", who)
            assert {loan["id"] for loan in listed.json()} == {loans[name] for name in expected}
            assert listed.headers["X-Total-Count"] == str(len(expected))
            for name, id_ in loans.items():
                assert (await api.get(f"/loan/{id_}", who)).status_code == (200 if name in expected else 404)
                assert len((await api.get(f"/loan?id={id_}", who)).json()) == (name in expected)


async def test_a_filter_does_not_widen_what_is_seen(api: Api, loans: dict[str, str]) -> None:
    for query in (
        f"relatedParty.id={library.LEI}",
        f"id={loans['other']}",
        "state.ne=x&id.ne=x",
        f"relatedParty.id={library.LEI},{library.MEI}",
    ):
        found = {loan["id"] for loan in (await api.get(f"/loan?{query}", CUSTOMER)).json()}
        assert loans["other"] not in found, query


async def test_only_who_sees_it_may_change_it(api: Api, loans: dict[str, str]) -> None:
    for who, status in ((OTHER, 404), (ELSEWHERE, 404), (GUEST, 401), (READER, 403), (BROWSER, 403)):
        answer = await api.patch(f"/loan/{loans['own']}", {"note": [{"text": "x"}]}, who)
        assert (answer.status_code, answer.json()["@type"]) == (status, "Error"), who
    assert (await api.get(f"/loan/{loans['own']}")).headers["ETag"] == '"1"'
    for who in (CUSTOMER, ROOT, PARTNER):
        assert (await api.patch(f"/loan/{loans['own']}", {"note": [{"text": str(who)}]}, who)).status_code == 200


async def test_who_may_not_is_told_so(api: Api) -> None:
    book = await api.made("/book", {"name": "Ahab"})
    refused: list[tuple[str, str, Any, Who, int]] = [
        ("POST", "/book", {"name": "x"}, GUEST, 401),
        ("POST", "/book", {"name": "x"}, CUSTOMER, 403),
        ("POST", "/book", {"name": "x"}, READER, 403),
        ("POST", "/book", {"name": "x"}, CLERK, 403),
        ("PATCH", f"/book/{book['id']}", {"name": "x"}, CUSTOMER, 403),
        ("DELETE", f"/book/{book['id']}", None, READER, 403),
        ("DELETE", f"/book/{book['id']}", None, GUEST, 401),
        ("GET", "/loan", None, GUEST, 401),
        ("GET", f"/loan/{ids.new_id(7, api.store.clock.now())}", None, GUEST, 401),
        ("GET", "/loan", None, Who(partner="p9", by="bearer"), 403),
        ("POST", "/loan", library.loan(library.LEI), CUSTOMER, 403),
        ("POST", "/loan", library.loan(library.MEI), BROWSER, 403),
        ("POST", "/loan", library.loan(library.MEI), GUEST, 401),
    ]
    for method, path, body, who, status in refused:
        answer = await api(method, path, who, json=body)
        assert (answer.status_code, answer.json()["status"]) == (status, str(status)), (method, path, who)
        assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert await api.names("") == ["Ahab"]
    assert (await api.get("/loan")).json() == []


async def test_what_is_public_is_public(api: Api) -> None:
    book = await api.made("/book", {"name": "Ahab"}, ROOT)
    for who in (GUEST, CUSTOMER, CLERK, Who(partner="p9", by="bearer")):
        assert (await api.get(f"/book/{book['id']}", who)).status_code == 200
