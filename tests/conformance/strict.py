"""What the kits do not test: that filters remove, fields project, changes change, refusals refuse and nothing leaks."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from onehall.kernel.resources import Access
from tests.conformance.face import MERGE, STEPS, Face, leaves, refused, values_at
from tests.conformance.wanted import covers, known, merged, required

CHECKS: dict[str, Callable[[Face], None]] = {}
UNKNOWN = ("f42b01d2-dba6-4442-a0fa-34e59639fd15", "x", "%00", "0" * 24)
PATHS_MAX = 12


def check(needs: Callable[[Face], bool] = lambda face: True) -> Callable[[Callable[[Face], None]], Callable[[Face], None]]:
    """This will put a check among CHECKS; where `needs` is not met it has nothing to look at."""

    def register(doing: Callable[[Face], None]) -> Callable[[Face], None]:
        doing.needs = needs  # type: ignore[attr-defined]
        CHECKS[doing.__name__] = doing
        return doing

    return register


def run(name: str, face: Face) -> bool:
    """This will run a check; False where it has nothing to look at."""
    with face:
        if not CHECKS[name].needs(face):  # type: ignore[attr-defined]
            return False
        face.rest()
        CHECKS[name](face)
        return True


def creatable(face: Face) -> bool:
    return face.creatable


def patchable(face: Face) -> bool:
    return face.creatable and face.resource.patch is not None


def deletable(face: Face) -> bool:
    return face.creatable and face.resource.delete is not None


def present(face: Face) -> bool:
    return face.creatable or face.page("limit=1")[1] > 0


@check(creatable)
def what_is_made_can_be_read(face: Face) -> None:
    body = face.body
    _rows, before = face.page("limit=1")
    answer = face.call("POST", json=body)
    assert answer.status_code == (202 if face.resource.asynchronous else 201), answer.text
    made = answer.json()
    assert answer.headers["Location"] == made["href"] == face.resource.href(made["id"])
    assert set(body) <= set(made) and made["@type"]
    shown, etag = face.state(made["id"])
    steady = [name for name in made if name not in face.resource.live]
    assert etag and {name: shown[name] for name in steady} == {name: made[name] for name in steady}
    assert face.page("limit=1")[1] == before + 1
    assert [row["id"] for row in face.page(id=made["id"])[0]] == [made["id"]]


@check(present)
def every_row_is_whole(face: Face) -> None:
    first = {name.split(".")[0] for name in face.resource.mandatory} | {"id", "href", "@type"}
    for row in face.walk():
        assert first <= row.keys() and row["href"] == face.resource.href(row["id"]), row["id"]


@check(present)
def a_filter_removes_what_does_not_fit(face: Face) -> None:
    row = face.some()
    total = face.page("limit=0")[1]
    for path, value in list(dict(leaves(row)).items())[:PATHS_MAX]:
        text = str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else repr(value)
        if isinstance(value, float):
            continue
        fitting, fits = face.page(**{path: text, "limit": 1000})
        _others, differs = face.page(**{f"{path}.ne": text, "limit": 0})
        assert fits >= 1 and fits + differs == total, path
        assert all(value in values_at(found, path) for found in fitting), path
    assert face.page(**{"id": "none-such"}) == ([], 0)
    assert face.page(**{"href": row["href"]})[1] == 1


@check(present)
def comparisons_part_the_list(face: Face) -> None:
    row = face.some()
    total = face.page("limit=0")[1]
    for path in ("id", *(path for path, value in leaves(row) if path.endswith("Date") and isinstance(value, str))):
        value = values_at(row, path)[0]
        counts = {sign: face.page(**{f"{path}.{sign}": value, "limit": 0})[1] for sign in ("lt", "lte", "gt", "gte")}
        having = sum(1 for found in face.walk(f"fields={path.split('.')[0]}") if values_at(found, path))
        if "." not in path:
            assert counts["lt"] + counts["gte"] == counts["gt"] + counts["lte"] == having <= total, path
            assert counts["lte"] > counts["lt"] and counts["gte"] > counts["gt"], path
    pattern = face.page(**{"id.regex": f"^{row['id']}$"})
    assert [found["id"] for found in pattern[0]] == [row["id"]]
    jsonpath = face.page(filter=f"$[?(@.id=='{row['id']}')]")
    assert [found["id"] for found in jsonpath[0]] == [row["id"]]


@check(present)
def fields_project(face: Face) -> None:
    row = face.some()
    for name in [*row, "none"]:
        expected = {"id", "href"} | ({name} if name in row else set())
        got = face.call("GET", f"/{row['id']}", params={"fields": name}).json()
        assert got.keys() == expected, name
        listed = face.page(fields=name, id=row["id"])[0]
        assert [found.keys() for found in listed] == [expected], name


@check(present)
def pages_meet_every_row_once(face: Face) -> None:
    face.some()
    if face.creatable:
        face.make()
    ids = [row["id"] for row in face.walk("fields=none")]
    assert len(set(ids)) == len(ids)
    size = max(1, len(ids) // 3)
    seen, url = [], f"{face.resource.path}?fields=none&limit={size}"
    while url:
        answer = face.call("GET", url)
        assert int(answer.headers["X-Total-Count"]) == len(ids) and len(answer.json()) <= size
        seen += [row["id"] for row in answer.json()]
        links = {part.split('rel="')[1][:-1]: part.split(">")[0][1:] for part in answer.headers["Link"].split(", ")}
        assert {"self", "first", "last"} <= links.keys()
        url = links.get("next", "")
    assert seen == ids
    assert [row["id"] for row in face.walk("sort=id&fields=none")] == sorted(ids)
    assert [row["id"] for row in face.walk("sort=-id&fields=none")] == sorted(ids, reverse=True)


@check()
def what_cannot_be_read_is_refused(face: Face) -> None:
    for query in ("limit=x", "offset=-1", "limit=1.5", "name.regex=(", "a'b=1", "filter=$[?(", "name=%00", "sort=a'b"):
        refused(face.call("GET", f"?{query}"), 400)
    for id_ in UNKNOWN:
        refused(face.call("GET", f"/{id_}"), 404)
    refused(face.call("GET", headers={"accept": "text/html"}), 406)
    answer = face.call("PUT", json={})
    refused(answer, 405)
    assert answer.headers["Allow"].split(", ") == (["GET", "POST"] if face.resource.create else ["GET"])
    for method, verb in (("PATCH", face.resource.patch), ("DELETE", face.resource.delete)):
        refused(face.call(method, f"/{UNKNOWN[0]}", json={}), 404 if verb else 405)


@check(creatable)
def a_bad_body_makes_nothing(face: Face) -> None:
    body = face.body
    _rows, before = face.page("limit=0")
    for raw in (b"", b"{", b"[]", b"null", b'"x"', b"5", b'{"a": "\\u0000"}', b"[" * 5000, b"\xff"):
        refused(face.call("POST", content=raw, headers={"content-type": "application/json"}), 400)
    refused(face.call("POST", content=b"<a/>", headers={"content-type": "application/xml"}), 415)
    refused(face.call("POST", content=b'{"a": "' + b"x" * 1_000_001 + b'"}', headers={"content-type": "application/json"}), 413)
    for name in sorted({path.split(".")[0] for path in face.resource.mandatory} | required(face)):
        missing = {key: value for key, value in body.items() if key != name}
        assert name in refused(face.call("POST", json=missing), 400)["reason"]
    for name, value in body.items():
        wrong: Any = 5 if isinstance(value, str) else "wrong"
        if name in known(face):
            assert name in refused(face.call("POST", json={**body, name: wrong}), 400)["reason"]
    assert face.page("limit=0")[1] == before


@check(creatable)
def a_key_makes_one(face: Face) -> None:
    body = face.body
    _rows, before = face.page("limit=0")
    key = {"Idempotency-Key": f"strict-{face.resource.name}-{before}"}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _turn: face.call("POST", json=body, headers=key), range(4)))
    assert len({answer.json()["id"] for answer in answers}) == 1 and len({answer.text for answer in answers}) == 1
    assert face.page("limit=0")[1] == before + 1
    refused(face.call("POST", json={**body, "description": "another"}, headers=key), 422)
    assert face.page("limit=0")[1] == before + 1


@check(patchable)
def a_patch_changes_what_it_names_and_no_more(face: Face) -> None:
    made = face.settled()
    before, etag = face.state(made["id"])
    answer = face.call("PATCH", f"/{made['id']}", json=face.change, headers={"content-type": MERGE})
    assert answer.status_code == 200, answer.text
    after, new = face.state(made["id"])
    assert after == answer.json() and new == answer.headers["ETag"] != etag
    for name, value in face.change.items():
        assert covers(after.get(name), merged(before.get(name), value)), name
    for name in before.keys() - face.change.keys() - {"lastUpdate", face.resource.state}:
        assert after.get(name) == before[name], name
    name, value = next(iter(face.change.items()))
    steps = [{"op": "test", "path": f"/{name}", "value": after[name]}, {"op": "add", "path": f"/{name}", "value": before.get(name, value)}]
    assert face.call("PATCH", f"/{made['id']}", json=steps, headers={"content-type": STEPS}).status_code == 200
    assert face.state(made["id"])[0].get(name) == before.get(name, value)


@check(patchable)
def a_patch_that_does_not_fit_changes_nothing(face: Face) -> None:
    made = face.settled()
    before = face.state(made["id"])
    for change in ({"id": "x"}, {"href": "/x"}):
        refused(face.call("PATCH", f"/{made['id']}", json=change, headers={"content-type": MERGE}), 400)
    for raw in (b"", b"[]", b"5", b'{"a": "\\u0000"}'):
        refused(face.call("PATCH", f"/{made['id']}", content=raw, headers={"content-type": MERGE}), 400)
    refused(face.call("PATCH", f"/{made['id']}", json=[{"op": "test", "path": "/id", "value": "x"}], headers={"content-type": STEPS}), 409)
    refused(face.call("PATCH", f"/{made['id']}", content=b"x", headers={"content-type": "text/plain"}), 415)
    refused(face.call("PATCH", f"/{made['id']}", json=face.change, headers={"content-type": MERGE, "if-match": '"999"'}), 412)
    assert face.state(made["id"]) == before


@check(patchable)
def no_change_is_lost(face: Face) -> None:
    made = face.settled()
    _body, etag = face.state(made["id"])
    headers = {"content-type": MERGE, "if-match": etag}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _turn: face.call("PATCH", f"/{made['id']}", json=face.change, headers=headers), range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]


@check(deletable)
def what_is_deleted_is_gone(face: Face) -> None:
    made = face.make()
    _rows, before = face.page("limit=0")
    refused(face.call("DELETE", f"/{made['id']}", headers={"if-match": '"999"'}), 412)
    answer = face.call("DELETE", f"/{made['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    left = face.call("GET", f"/{made['id']}")
    if left.status_code == 200:  # what has to stay on record stays, in another state
        assert face.resource.state and left.json()[face.resource.state] != made[face.resource.state]
    else:
        refused(left, 404)
        assert (face.page("limit=0")[1], face.page(id=made["id"])[1]) == (before - 1, 0)
    assert face.call("DELETE", f"/{made['id']}").status_code in (404, 409)


@check(present)
def only_who_may_sees_it(face: Face) -> None:
    row = face.settled() if face.creatable else face.some()
    before = face.state(row["id"])
    reading = face.resource.may_read
    for who, closed in (("guest", 401), ("scopeless", 403), ("stranger", 404 if reading is Access.OWN else 403), ("clerk", 404)):
        answers = [face.call("GET", f"/{row['id']}", who), face.call("GET", "", who, params={"id": row["id"]})]
        if reading is Access.PUBLIC:
            assert [answer.status_code in (200, 206) for answer in answers] == [True, True], who
        elif who in ("stranger", "clerk") and reading is Access.OWN:
            refused(answers[0], 404)
            assert answers[1].json() == [] and answers[1].headers["X-Total-Count"] == "0", who
        else:
            assert {refused(answer, answer.status_code)["status"] for answer in answers} <= {str(closed), "403"}, who
    assert face.state(row["id"]) == before


@check(present)
def only_who_may_changes_it(face: Face) -> None:
    row = face.settled() if face.creatable else face.some()
    body = face.body if face.creatable else {}
    before, total = face.state(row["id"]), face.page("limit=0")[1]
    for who in ("guest", "reader", "scopeless", "stranger", "clerk"):
        if face.resource.may_write is Access.PUBLIC and who in ("guest", "stranger", "clerk"):
            continue
        if face.resource.patch:
            assert face.call("PATCH", f"/{row['id']}", who, json=face.change).status_code in (401, 403, 404), who
        if face.resource.delete:
            assert face.call("DELETE", f"/{row['id']}", who).status_code in (401, 403, 404), who
        if face.creatable and who in ("guest", "reader", "scopeless"):
            refused(face.call("POST", "", who, json=body), 401 if who == "guest" else 403)
    assert (face.state(row["id"]), face.page("limit=0")[1]) == (before, total)
