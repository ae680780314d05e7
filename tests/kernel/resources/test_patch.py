"""Changes: two kinds of patch, what may not change, no change lost; and deletion."""

import asyncio
from typing import Any

import pytest

from tests.kernel.resources import library
from tests.kernel.resources.conftest import Api

MERGE, STEPS, PLAIN = "application/merge-patch+json", "application/json-patch+json", "application/json"


async def book(api: Api, **more: Any) -> dict[str, Any]:
    body = {"name": "Ahab", "size": {"pages": 9, "weight": 2}, "note": [{"text": "a"}, {"text": "b"}], "isRare": True}
    return await api.made("/book", body | more)


async def told(api: Api) -> list[tuple[str, str | None]]:
    async with api.store.edge(0) as tx:
        rows = await tx.read("SELECT body FROM event ORDER BY at, id")
    return [(row["body"]["how"], row["body"].get("state")) for row in rows]


@pytest.mark.parametrize("media", [MERGE, PLAIN])
async def test_a_merge_patch_merges(api: Api, media: str) -> None:
    made = await book(api)
    answer = await api.patch(
        f"/book/{made['id']}", {"size": {"pages": 10}, "note": [{"text": "c"}], "isRare": None, "new": {"x": None, "y": 1}}, media=media
    )
    assert answer.status_code == 200
    expected = {name: value for name, value in made.items() if name != "isRare"}
    expected |= {"size": {"pages": 10, "weight": 2}, "note": [{"text": "c"}], "new": {"y": 1}, "lastUpdate": answer.json()["lastUpdate"]}
    assert answer.json() == expected
    assert answer.headers["ETag"] == '"2"'
    assert (await api.get(made["href"])).json() == expected
    assert await told(api) == [("create", "Active"), ("attributeValueChange", "Active")]


async def test_a_json_patch_steps(api: Api) -> None:
    made = await book(api)
    steps = [
        {"op": "test", "path": "/name", "value": "Ahab"},
        {"op": "replace", "path": "/name", "value": "Bede"},
        {"op": "add", "path": "/note/-", "value": {"text": "c"}},
        {"op": "remove", "path": "/note/0"},
        {"op": "move", "from": "/size/weight", "path": "/heft"},
        {"op": "copy", "from": "/name", "path": "/alias"},
    ]
    answer = await api.patch(f"/book/{made['id']}", steps, media=STEPS)
    found = answer.json()
    assert (found["name"], found["alias"], found["heft"], found["size"]) == ("Bede", "Bede", 2, {"pages": 9})
    assert found["note"] == [{"text": "b"}, {"text": "c"}]
    assert await api.names("name=Bede") == ["Bede"]  # the typed column follows


UNFIT: list[tuple[str, Any, int, str]] = [
    (MERGE, {"id": "x"}, 400, "patch.protected"),
    (MERGE, {"href": "x"}, 400, "patch.protected"),
    (MERGE, {"lastUpdate": "2025-01-01T00:00:00Z"}, 400, "patch.protected"),
    (MERGE, {"name": None}, 400, "body.attribute"),
    (MERGE, {"name": 5}, 400, "body.attribute"),
    (MERGE, {"size": {"pages": None}}, 400, "body.attribute"),
    (MERGE, [], 400, "body.object"),
    (MERGE, "x", 400, "body.object"),
    (MERGE, None, 400, "body.object"),
    (STEPS, {}, 400, "patch.malformed"),
    (STEPS, [1], 400, "patch.malformed"),
    (STEPS, [{"op": "nothing", "path": "/name"}], 400, "patch.malformed"),
    (STEPS, [{"op": "add"}], 400, "patch.malformed"),
    (STEPS, [{"op": "add", "path": "name", "value": 1}], 400, "patch.malformed"),
    (STEPS, [{"op": "add", "path": 5, "value": 1}], 400, "patch.malformed"),
    (STEPS, [{"op": "remove", "path": "/nothing"}], 409, "patch.conflict"),
    (STEPS, [{"op": "test", "path": "/name", "value": "x"}], 409, "patch.conflict"),
    (STEPS, [{"op": "replace", "path": "/note/7", "value": 1}], 409, "patch.conflict"),
    (STEPS, [{"op": "replace", "path": "/id", "value": "x"}], 400, "patch.protected"),
    (STEPS, [{"op": "remove", "path": "/href"}], 400, "patch.protected"),
    (STEPS, [{"op": "replace", "path": "", "value": []}], 400, "body.object"),
    (STEPS, [{"op": "replace", "path": "", "value": {}}], 400, "patch.protected"),
    (STEPS, [{"op": "add", "path": "/a", "value": 1}] * 51, 400, "patch.malformed"),
    (
        STEPS,
        [{"op": "add", "path": "/a", "value": ["x" * 100_000]}] + [{"op": "copy", "from": "/a", "path": "/a/-"}] * 20,
        413,
        "body.large",
    ),
    ("text/plain", {}, 415, "media.type"),
    ("application/xml", {}, 415, "media.type"),
    ("application/json; charset=utf-16", {}, 415, "media.type"),
]


async def test_a_change_that_does_not_fit_changes_nothing(api: Api, subtests: pytest.Subtests) -> None:
    made = await book(api)
    for media, change, status, code in UNFIT:
        with subtests.test(change=str(change)[:80]):
            answer = await api.patch(f"/book/{made['id']}", change, media=media)
            assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
            got = await api.get(made["href"])
            assert (got.json(), got.headers["ETag"]) == (made, '"1"')
    assert await told(api) == [("create", "Active")]


async def test_what_is_not_open_to_change_is_refused(api: Api) -> None:
    made = await api.made("/loan", library.loan(library.MEI))
    answer = await api.patch(f"/loan/{made['id']}", {"days": 9})
    assert (answer.status_code, answer.json()["reason"]) == (400, "days cannot be changed.")


async def test_a_state_moves_by_its_lifecycle_and_is_told_apart(api: Api) -> None:
    made = await api.made("/loan", library.loan(library.MEI))
    answer = await api.patch(f"/loan/{made['id']}", {"state": "returned", "note": [{"text": "x"}]})
    assert (answer.status_code, answer.json()["state"]) == (200, "returned")
    assert await told(api) == [("create", "open"), ("stateChange", "returned"), ("attributeValueChange", "returned")]
    refused = await api.patch(f"/loan/{made['id']}", {"state": "lost"})
    assert (refused.status_code, refused.json()["code"]) == (409, "lifecycle.step")
    assert (await api.get(made["href"])).json()["state"] == "returned"


async def test_the_same_again_writes_nothing(api: Api) -> None:
    made = await book(api)
    answer = await api.patch(f"/book/{made['id']}", {"name": "Ahab", "id": made["id"]})
    assert (answer.status_code, answer.headers["ETag"], answer.json()) == (200, '"1"', made)
    assert await told(api) == [("create", "Active")]


async def test_no_change_is_lost_among_many(api: Api) -> None:
    made = await book(api, note=[])
    change = [{"op": "add", "path": "/note/-", "value": {"text": "x"}}]
    answers = await asyncio.gather(*(api.patch(f"/book/{made['id']}", change, media=STEPS) for _ in range(10)))
    assert [answer.status_code for answer in answers] == [200] * 10
    got = await api.get(made["href"])
    assert (len(got.json()["note"]), got.headers["ETag"]) == (10, '"11"')


async def test_of_those_who_name_a_revision_one_wins(api: Api) -> None:
    made = await book(api)
    names = [f"n{turn}" for turn in range(6)]
    answers = await asyncio.gather(*(api.patch(f"/book/{made['id']}", {"name": name}, headers={"If-Match": '"1"'}) for name in names))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412, 412]
    won = next(answer for answer in answers if answer.status_code == 200)
    assert (await api.get(made["href"])).json() == won.json()


async def test_if_match_takes_lists_and_stars(api: Api) -> None:
    made = await book(api)
    for tag, status in (("*", 200), ('"7", "2"', 200), ('"2"', 412), ('W/"3"', 412), ("nonsense", 412)):
        answer = await api.patch(f"/book/{made['id']}", {"name": f"n{tag}"}, headers={"If-Match": tag})
        assert answer.status_code == status, tag
    assert (await api.get(made["href"])).headers["ETag"] == '"3"'


async def test_what_is_deleted_is_gone(api: Api) -> None:
    made, other = await book(api), await book(api, name="Bede")
    assert (await api("DELETE", f"/book/{made['id']}", headers={"If-Match": '"9"'})).status_code == 412
    answer = await api("DELETE", f"/book/{made['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    for method in ("GET", "DELETE", "PATCH"):
        assert (await api(method, f"/book/{made['id']}", content=b"{}" if method == "PATCH" else None)).status_code == 404
    assert [found["id"] for found in (await api.get("/book")).json()] == [other["id"]]
    assert (await told(api))[-1][0] == "delete"


async def test_a_domain_may_refuse_to_delete(api: Api) -> None:
    made = await book(api, lifecycleStatus="Kept")
    answer = await api("DELETE", f"/book/{made['id']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "book.kept")
    assert (await api.get(made["href"])).status_code == 200
