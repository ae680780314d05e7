"""Listeners: who may listen, what they are sent, in order, again when they are away."""

import hashlib
import hmac
import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar, Request, Response, post

from onehall.kernel import settings
from onehall.kernel.resources import callbacks, changed
from onehall.kernel.worker import Worker
from tests.kernel.resources import library
from tests.kernel.resources.conftest import Api
from tests.kernel.resources.serving import serving


class Listener:
    """A real HTTP server that keeps what it is sent, and can be told how to answer."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, Any], bytes, str]] = []
        self.answers: list[int] = []
        self.url = ""

    def types(self) -> list[str]:
        return [notice["eventType"] for notice, _body, _signature in self.heard]


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    found = Listener()

    @post("/heard", status_code=201)
    async def hear(request: Request) -> Response[None]:
        status = found.answers.pop(0) if found.answers else 201
        if status < 300:
            found.heard.append((await request.json(), await request.body(), request.headers["onehall-signature"]))
        return Response(None, status_code=status, headers={"location": f"{found.url}/other"} if status == 307 else {})

    async with serving(Litestar([hear], openapi_config=None)) as url:
        found.url = url
        yield found


async def listen(api: Api, listener: Listener, query: str = "") -> dict[str, Any]:
    answer = await api.post("/hub", {"callback": f"{listener.url}/heard", "query": query})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_listener_hears_what_happens_in_order_and_signed(api: Api, listener: Listener) -> None:
    hub = await listen(api, listener)
    book = await api.made("/book", {"name": "Ahab"})
    renamed = (await api.patch(book["href"], {"name": "Bede"})).json()
    retired = (await api.patch(book["href"], {"lifecycleStatus": "Retired"})).json()
    await api("DELETE", book["href"])
    await Worker(api.store).drain()
    kinds = ["BookCreateEvent", "BookAttributeValueChangeEvent", "BookStateChangeEvent", "BookDeleteEvent"]
    assert listener.types() == kinds
    assert [notice["event"] for notice, _b, _s in listener.heard] == [
        {"book": book},
        {"book": renamed},
        {"book": retired},
        {"book": retired},
    ]
    assert len({notice["eventId"] for notice, _b, _s in listener.heard}) == 4
    for notice, body, signature in listener.heard:
        assert set(notice) == {"eventId", "eventTime", "eventType", "domain", "title", "event"} and notice["eventTime"].endswith("Z")
        stamp, digest = (part.split("=")[1] for part in signature.split(","))
        assert digest == hmac.new(hub["secret"].encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()


async def test_a_query_chooses_what_is_heard(api: Api, listener: Listener) -> None:
    await listen(api, listener, "eventType=BookStateChangeEvent&book.lifecycleStatus=Retired")
    await listen(api, listener, "event.loan.days.gt=9")
    book = await api.made("/book", {"name": "Ahab"})
    for status in ("Retired", "Active", "Retired"):
        await api.patch(book["href"], {"lifecycleStatus": status, "name": status})
    for days in (9, 10):
        await api.made("/loan", library.loan(library.MEI, days=days))
    await Worker(api.store).drain()
    assert sorted(listener.types()) == ["BookStateChangeEvent", "BookStateChangeEvent", "LoanCreateEvent"]
    assert [notice["event"]["loan"]["days"] for notice, _b, _s in listener.heard if "loan" in notice["event"]] == [10]


async def test_what_the_domain_changes_elsewhere_is_heard_too(api: Api, listener: Listener) -> None:
    await listen(api, listener, "eventType=LoanStateChangeEvent")
    loan = await api.made("/loan", library.loan(library.MEI))
    async with api.store.edge(loan["id"]) as tx:
        await tx.write("UPDATE loan SET state = 'lost', revision = revision + 1 WHERE home = $1 AND id = $2", tx.home, loan["id"])
        changed(tx, library.LOAN, loan["id"], "stateChange")
        changed(tx, (library.API, "loan"), loan["id"], "stateChange")
    await Worker(api.store).drain()
    assert [notice["event"]["loan"]["state"] for notice, _b, _s in listener.heard] == ["lost"]


async def test_a_listener_that_is_away_is_told_later_and_in_order(api: Api, listener: Listener) -> None:
    await listen(api, listener)
    listener.answers = [503, 307, 404]
    book = await api.made("/book", {"name": "Ahab"})
    await api.patch(book["href"], {"name": "Bede"})
    worker = Worker(api.store)
    for _turn in range(3):
        await worker.drain()
        assert listener.types() == []
        api.store.clock.move(timedelta(minutes=1))
    await worker.drain()
    await worker.drain()
    assert listener.types() == ["BookCreateEvent", "BookAttributeValueChangeEvent"]


async def test_a_listener_that_never_comes_back_is_given_up(api: Api, listener: Listener) -> None:
    await listen(api, listener)
    listener.answers = [500] * 20
    await api.made("/book", {"name": "Ahab"})
    worker = Worker(api.store)
    for _turn in range(12):
        await worker.drain()
        api.store.clock.move(timedelta(hours=1))
    assert (len(listener.answers), listener.types()) == (12, [])  # eight tries
    async with api.store.edge(0) as tx:
        assert [letter["kind"] for letter in map(dict, await tx.read("SELECT kind FROM job WHERE state = 'dead'"))] == ["resources.notify"]


async def test_gone_ends_a_listener(api: Api, listener: Listener) -> None:
    hub = await listen(api, listener)
    listener.answers = [410]
    await api.made("/book", {"name": "Ahab"})
    await Worker(api.store).drain()
    assert (await api.get(f"/hub/{hub['id']}")).status_code == 404


async def test_a_listener_is_its_owners_alone(api: Api, listener: Listener) -> None:
    hub = await listen(api, listener, "eventType=x")
    assert hub["id"] and (await api.get(f"/hub/{hub['id']}")).json() == {
        "id": hub["id"],
        "callback": f"{listener.url}/heard",
        "query": "eventType=x",
    }
    for method in ("GET", "DELETE"):
        for who, status in ((library.OTHER_PARTNER, 404), (library.CUSTOMER, 403), (library.GUEST, 401)):
            assert (await api(method, f"/hub/{hub['id']}", who)).status_code == status
    assert (await api("DELETE", f"/hub/{hub['id']}")).status_code == 204
    assert (await api("DELETE", f"/hub/{hub['id']}")).status_code == 404
    await api.made("/book", {"name": "Ahab"})
    await Worker(api.store).drain()
    assert listener.heard == []


async def test_who_may_not_listen(api: Api) -> None:
    body = {"callback": "http://127.0.0.1:1/x"}
    for who, status in ((library.GUEST, 401), (library.CUSTOMER, 403), (library.CLERK, 403), (library.READER, 201), (library.ROOT, 201)):
        assert (await api.post("/hub", body, who)).status_code == status


BAD_CALLBACKS = [
    "",
    "x",
    "ftp://127.0.0.1/x",
    "file:///etc/passwd",
    "http://",
    "http://10.0.0.1/x",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest",
    "http://[::ffff:127.0.0.1]/",
    "http://2130706433/",
    "http://0/",
    "http://0x7f.1/",
    "http://127.1/",
    "http://intranet/x",
    "http://a:b@127.0.0.1/",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:x/",
    "http://127.0.0.1\n.example.com/",
    "http://[::1",
    "//127.0.0.1/",
    "javascript:alert(1)",
]


async def test_the_house_calls_no_address_of_a_callers_choice(api: Api, subtests: pytest.Subtests) -> None:
    for callback in BAD_CALLBACKS:
        with subtests.test(callback=callback):
            answer = await api.post("/hub", {"callback": callback})
            assert (answer.status_code, answer.json()["code"]) == (400, "hub.callback")
    with settings.changed(simulated=False):
        assert (await api.post("/hub", {"callback": "http://127.0.0.1:1/x"})).status_code == 400
    with settings.changed(simulated=False, callbacks=("hooks.example.com",)):
        assert (await api.post("/hub", {"callback": "https://other.example.com/x"})).status_code == 400
        assert (await api.post("/hub", {"callback": "https://hooks.example.com/x"})).status_code == 201
    async with api.store.edge(0) as tx:
        assert len(await tx.read("SELECT id FROM hub")) == 1


async def test_a_public_name_with_a_private_address_is_not_called(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    async def resolve(*_asked: Any, **_more: Any) -> list[Any]:
        return [(2, 1, 6, "", ("127.0.0.1", 80))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    with pytest.raises(Exception, match=r"hub\.callback"):
        await callbacks.post(f"http://public.example.com:{listener.url.rsplit(':', 1)[1]}/heard", "{}", {"onehall-signature": "x"}, 2)
    assert listener.heard == []


async def test_authorities_are_read_once_for_all_notices(api: Api, listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[None] = []
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", lambda *_all, **_named: read.append(None))
    for _notice in range(3):
        assert await callbacks.post(f"{listener.url}/heard", '{"eventType": "any"}', {"onehall-signature": "-"}, 5) == 201
    assert len(listener.heard) == 3 and len(read) <= 1


async def test_a_bad_registration_is_refused(api: Api) -> None:
    good = "http://127.0.0.1:1/x"
    for body in (
        {},
        {"callback": 5},
        {"callback": good, "query": 5},
        {"callback": good, "query": "a'b=1"},
        {"callback": good, "query": "a.regex=("},
        {"callback": good, "query": "x" * 2001},
        [],
        {"callback": None},
    ):
        assert (await api.post("/hub", body)).status_code == 400, body
    async with api.store.edge(0) as tx:
        await tx.write(
            "INSERT INTO hub SELECT n::text, $1, $2, '', 'partner:p1', '', now() FROM generate_series(1, 100) n", library.API, good
        )
    assert (await api.post("/hub", {"callback": good})).status_code == 409
