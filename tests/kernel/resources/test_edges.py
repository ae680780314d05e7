"""Whatever is thrown at the API is answered with a TMF error, never with a 500."""

from typing import Any

import pytest

from tests.kernel.resources import library
from tests.kernel.resources.conftest import Api

BODIES: list[tuple[bytes, int, str]] = [
    (b"", 400, "body.json"),
    (b"{", 400, "body.json"),
    (b"\xff", 400, "body.json"),
    (b"NaN", 400, "body.json"),
    (b"1e999", 400, "body.json"),
    (b"9" * 5000, 400, "body.json"),
    (b"[" * 100_000, 400, "body.json"),
    (b"[]", 400, "body.object"),
    (b"null", 400, "body.object"),
    (b"5", 400, "body.object"),
    (b'{"name": "a\\u0000b"}', 400, "body.text"),
    (b'{"na\\u0000me": 1}', 400, "body.text"),
    (b'{"name": "\\ud800"}', 400, "body.json"),
    (b'{"name": "x", "a": ' + b"[" * 40 + b"]" * 40 + b"}", 400, "body.deep"),
    (b'{"name": "' + b"x" * 1_000_001 + b'"}', 413, "http.413"),
    (b'{"name": "x", "validFor": {"startDateTime": "0001-01-01T00:00:00+23:00"}}', 400, "body.attribute"),
]


async def test_a_body_that_cannot_be_taken_is_refused(api: Api, subtests: pytest.Subtests) -> None:
    for body, status, code in BODIES:
        with subtests.test(body=body[:40]):
            answer = await api("POST", "/book", content=body, headers={"content-type": "application/json"})
            assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert await api.names("") == []


async def test_odd_values_come_back_as_they_were_sent(api: Api) -> None:
    odd: dict[str, Any] = {
        "big": 123456789012345678901234567890,
        "small": -1e-300,
        "wide": 1.5e20,
        "text": "😀 \u2028 ' \" \\ $1 %s {x}",
        "": 0,
        "a.b": [[]],
    }
    made = await api.made("/book", {"name": "x" * 10_000, "odd": odd})
    got = (await api.get(made["href"])).json()
    assert (got["odd"], len(got["name"])) == (odd, 10_000)
    assert (await api.patch(made["href"], {"odd": {"big": 1}})).json()["odd"] == odd | {"big": 1}


async def test_an_unknown_or_malformed_id_is_not_found(api: Api) -> None:
    gone = "f42b01d2-dba6-4442-a0fa-34e59639fd15"
    for path in ("/loan", "/book"):
        for id_ in (gone, "x", "%00", "%FF", "a%20b", "0" * 24, "z" * 24, "x" * 101, "%F0%9F%98%80", "0z0z0z0z0z0z0z0z0z0z0z0z"):
            for method in ("GET", "PATCH", "DELETE"):
                answer = await api(method, f"{path}/{id_}", content=b"{}" if method == "PATCH" else None)
                expected = 405 if (path, method) == ("/loan", "DELETE") and "%2f" not in id_ else 404
                assert answer.status_code in {expected, 404}, (path, id_, method, answer.text)
                assert answer.json()["@type"] == "Error"


async def test_methods_that_are_not_offered(api: Api) -> None:
    made = await api.made("/loan", library.loan(library.MEI))
    for method, path, allow in (
        ("PUT", "/book", "GET, POST"),
        ("DELETE", "/book", "GET, POST"),
        ("PATCH", "/book", "GET, POST"),
        ("POST", f"/loan/{made['id']}", "GET, PATCH"),
        ("DELETE", f"/loan/{made['id']}", "GET, PATCH"),
        ("PUT", f"/loan/{made['id']}", "GET, PATCH"),
        ("GET", "/hub", "POST"),
    ):
        answer = await api(method, path)
        assert (answer.status_code, answer.headers["Allow"], answer.json()["code"]) == (405, allow, "method")
    assert (await api.get(made["href"])).status_code == 200


async def test_addresses_that_are_not_there(api: Api) -> None:
    for path in (
        "/nothing",
        "/book/a/b",
        "/hub/x/y",
        "/book/..%2f",
        "/book/x%2Fy",
        "/loan/a/b/c",
        "/tmf-api",
        "/tmf-api/",
        "/tmf-api/other/v4/book",
        "/tmf-api/x",
        f"/tmf-api/{library.API}/v5/book",
    ):
        answer = await api.get(path)
        assert (answer.status_code, answer.json()["@type"]) == (404, "Error"), path


async def test_media_that_is_not_json(api: Api) -> None:
    for accept, status in (
        ("text/html", 406),
        ("application/xml", 406),
        ("application/json;q=0", 406),
        ("application/json", 200),
        ("text/html, */*;q=0.1", 200),
        ("application/json;charset=utf-8", 200),
        ("application/*", 200),
        ("", 406),
    ):
        answer = await api.get("/book", headers={"accept": accept})
        assert answer.status_code == status, accept
        assert status == 200 or answer.json()["code"] == "media.accept"
    for media, status in (
        ("text/plain", 415),
        ("multipart/form-data", 415),
        ("application/json; charset=utf-16", 415),
        ("application/json; charset=UTF-8", 201),
    ):
        answer = await api("POST", "/book", content=b'{"name": "x"}', headers={"content-type": media})
        assert answer.status_code == status, media
    assert len(await api.names("")) == 1


async def test_a_reason_is_in_the_readers_language(api: Api) -> None:
    english = await api.get("/book/nothing", headers={"accept-language": "en"})
    chinese = await api.get("/book/nothing", headers={"accept-language": "zh-CN,zh;q=0.9"})
    assert english.json()["reason"] == "There is no such Book."
    assert chinese.json()["reason"] == "没有这个 Book。"
    assert (await api.get("/book?limit=x", headers={"accept-language": "zh-CN"})).json()["reason"] == "limit 必须是大于或等于 0 的整数。"
