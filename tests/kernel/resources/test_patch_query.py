"""json-patch-query: elements chosen by what they hold, on the body alone and through the API."""

from typing import Any

import pytest

from onehall.kernel.refusals import Refusal
from onehall.kernel.resources.patch_query import plain
from tests.kernel.resources.conftest import Api

QUERIES = "application/json-patch-query+json"
BODY: dict[str, Any] = {
    "state": "new",
    "sub": [{"id": "1", "n": 5}, {"id": "2", "n": 5}, {"id": "3", "n": 6}],
    "item": [
        {"id": "a", "offer": {"id": "x"}, "party": [{"role": "seller"}]},
        {"id": "b", "offer": {"id": "y"}, "party": [{"role": "buyer"}]},
    ],
}


@pytest.mark.parametrize(
    ("op", "path", "expected"),
    [
        ("remove", "/sub?id=2", ["/sub/1"]),
        ("remove", "/sub?n=5", ["/sub/1", "/sub/0"]),
        ("remove", "/sub?n=5&id=1", ["/sub/0"]),
        ("replace", "/sub/n?sub.id=3", ["/sub/2/n"]),
        ("replace", "/sub/n?/sub/id=3", ["/sub/2/n"]),
        ("replace", "/item/quantity?item.offer.id=y", ["/item/1/quantity"]),
        ("replace", "/item/quantity?item.offer.id=x&item.party.role=seller", ["/item/0/quantity"]),
        ("replace", "/state?state=new", ["/state"]),
        ("add", "/item/quantity?offer.id=y", ["/item/1/quantity"]),
        ("replace", "/state", ["/state"]),
    ],
)
def test_a_query_chooses_places(op: str, path: str, expected: list[str]) -> None:
    assert [step["path"] for step in plain(BODY, {"op": op, "path": path})] == expected


@pytest.mark.parametrize("path", ["/sub?id=9", "/nothing?id=1", "/item/quantity?item.offer.id=x&item.party.role=buyer", "/state?state=old"])
def test_a_query_that_fits_nothing_is_refused(path: str) -> None:
    with pytest.raises(Refusal, match=r"patch\.conflict"):
        plain(BODY, {"op": "remove", "path": path})


@pytest.mark.parametrize("path", ["/sub?id", "/sub?=1", 5, None, "/" + "x" * 501])
def test_a_query_that_cannot_be_read_is_refused(path: Any) -> None:
    with pytest.raises(Refusal, match=r"patch\.malformed"):
        plain(BODY, {"op": "remove", "path": path})


async def test_the_api_takes_queries(api: Api) -> None:
    made = await api.made("/book", {"name": "Ahab", "note": [{"author": "li", "text": "a"}, {"author": "wu"}, {"author": "li"}]})
    steps = [{"op": "remove", "path": "/note?author=li"}, {"op": "replace", "path": "/note/text?note.author=wu", "value": "x"}]
    refused = await api.patch(made["href"], steps, media=QUERIES)  # there is no text to replace: nothing of it is done
    assert (refused.status_code, (await api.get(made["href"])).json()) == (409, made)
    steps[1]["op"] = "add"
    answer = await api.patch(made["href"], steps, media=QUERIES)
    assert (answer.status_code, answer.json()["note"]) == (200, [{"author": "wu", "text": "x"}])
