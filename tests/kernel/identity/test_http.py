"""The gate in front of an application: callers, forms, refusals, bugs, partners' tokens, health and counters."""

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from litestar import Litestar, Request, Response, get, post
from litestar.params import FromPath, FromQuery

from onehall.kernel import settings
from onehall.kernel.i18n import _
from onehall.kernel.identity import forgery, partners
from onehall.kernel.identity.http import Front, cookie
from onehall.kernel.ids import home_for, new_id
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Store

AnyRequest = Request[Any, Any, Any]
Client = httpx.AsyncClient


@get("/me")
async def me(request: AnyRequest) -> dict[str, Any]:
    who = request.state.who
    return {"party": who.party, "partner": who.partner, "scopes": sorted(who.scopes), "address": who.address}


@get("/page", media_type="text/html")
async def page(request: AnyRequest) -> str:
    return forgery.form_token(request.state.who)


@post("/change", status_code=200)
async def change(request: AnyRequest) -> dict[str, str]:
    return {"done": (await request.form()).get("word", "") if "form" in request.headers["content-type"] else "json"}


@post("/log-in", opt={"forms": "free"})
async def log_in(request: AnyRequest) -> Response[dict[str, str]]:
    party = (await request.json())["party"]
    granted = await request.app.state.gate.log_in(request.state.who, party)
    return Response({"token": granted.token}, cookies=[cookie("hall_session", granted.token)])


@get("/no")
async def no() -> None:
    raise missing(_("member of staff"))


@get("/wait")
async def wait() -> None:
    raise Refusal("too.many", "slower", 429, retry_after=7)


@get("/bug")
async def bug() -> None:
    raise RuntimeError("the document is 11010519491231002X")


@get("/typed/{number:int}")
async def typed(number: FromPath[int], limit: FromQuery[int]) -> int:
    return number + limit


@pytest.fixture
async def client(store: Store) -> AsyncIterator[Client]:
    front = Front(store)
    app = Litestar([me, page, change, log_in, no, wait, bug, typed], plugins=[front], openapi_config=None)
    wire = httpx.ASGITransport(app, raise_app_exceptions=False)
    up, down = asyncio.Event(), asyncio.Event()

    async def live() -> None:  # the framework wants its start and its end in one task
        async with app.lifespan():
            up.set()
            await down.wait()

    life = asyncio.create_task(live())
    await up.wait()
    async with httpx.AsyncClient(transport=wire, base_url="http://hall.test") as opened:
        opened.front = front  # type: ignore[attr-defined]
        yield opened
    down.set()
    await life


async def admit(store: Store, *scopes: str) -> str:
    async with store.edge(home_for("acme")) as tx:
        return await partners.add(tx, "acme", "Acme", scopes or ("tmf:read", "tmf:write"))


async def test_a_guest_is_nobody_and_is_known_again(client: Client) -> None:
    first = await client.get("/page", headers={"accept": "text/html"})
    assert "hall_visitor=" in first.headers["set-cookie"]
    assert "HttpOnly" in first.headers["set-cookie"] and "SameSite=lax" in first.headers["set-cookie"]
    again = await client.get("/page", headers={"accept": "text/html"})
    assert "set-cookie" not in again.headers
    assert again.text == first.text


async def test_reading_as_a_program_sets_no_cookie(client: Client) -> None:
    assert "set-cookie" not in (await client.get("/me")).headers


async def test_a_form_with_cookies_needs_its_token(client: Client) -> None:
    token = (await client.get("/page", headers={"accept": "text/html"})).text
    bare = await client.post("/change", data={"word": "x"})
    assert (bare.status_code, bare.json()["code"]) == (403, "forged")
    for form in ({"_csrf": token}, {"csrf": token}):
        assert (await client.post("/change", data={"word": "x"} | form)).json() == {"done": "x"}
    assert (await client.post("/change", data={"word": "x"}, headers={"X-CSRF-Token": token})).json() == {"done": "x"}
    assert (await client.post("/change", data={"word": "x", "_csrf": token[:-1]})).status_code == 403
    files = await client.post("/change", data={"word": "x", "_csrf": token}, files={"photo": b"1"})
    assert files.json() == {"done": "x"}
    for bare in ({"files": {"photo": b"1"}}, {"content": "word=x", "headers": {"content-type": "text/plain"}}):  # all that a form can send
        assert (await client.post("/change", **bare)).status_code == 403


@pytest.mark.parametrize(
    ("proxies", "said", "address"),
    [
        ((), "203.0.113.7", "127.0.0.1"),
        (("127.0.0.1",), "", "127.0.0.1"),
        (("127.0.0.1",), "203.0.113.7", "203.0.113.7"),
        (("127.0.0.1",), "127.0.0.1, 203.0.113.7", "203.0.113.7"),
        (("127.0.0.1", "10.0.0.9"), "6.6.6.6, 203.0.113.7, 10.0.0.9", "203.0.113.7"),
    ],
)
async def test_only_a_proxy_of_ours_says_where_a_caller_is(client: Client, proxies: tuple[str, ...], said: str, address: str) -> None:
    with settings.changed(proxies=proxies):
        assert (await client.get("/me", headers={"X-Forwarded-For": said})).json()["address"] == address


async def test_what_another_site_sends_is_refused_whatever_its_form(client: Client) -> None:
    there = {"Sec-Fetch-Site": "cross-site"}
    assert (await client.post("/change", json={}, headers=there)).status_code == 403
    assert (await client.post("/change", data={"word": "x"}, headers=there)).status_code == 403


async def test_programs_need_no_form_token(client: Client, store: Store) -> None:
    assert (await client.post("/change", json={})).json() == {"done": "json"}
    client.cookies.clear()
    assert (await client.post("/change", data={"word": "x"})).json() == {"done": "x"}
    token = (await client.post("/log-in", json={"party": new_id(3, store.clock.now())})).json()["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await client.post("/change", data={"word": "x"}, headers=bearer)).json() == {"done": "x"}


async def test_a_customer_is_known_by_cookie_and_by_bearer(client: Client, store: Store) -> None:
    party = new_id(3, store.clock.now())
    token = (await client.post("/log-in", json={"party": party})).json()["token"]
    assert (await client.get("/me")).json()["party"] == party
    client.cookies.clear()
    assert (await client.get("/me")).json()["party"] is None
    assert (await client.get("/me", headers={"Authorization": f"bearer {token}"})).json()["party"] == party


async def test_a_bearer_token_that_does_not_count_is_told_so(client: Client) -> None:
    answer = await client.get("/me", headers={"Authorization": "Bearer x", "Accept-Language": "zh-CN"})
    assert answer.status_code == 401
    assert answer.json() == {"code": "session.over", "reason": "登录已失效，请重新登录。", "status": 401}


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/no", 404, "not.found"),
        ("/wait", 429, "too.many"),
        ("/nowhere", 404, "http.404"),
        ("/change", 405, "http.405"),
        ("/typed/x?limit=1", 404, "http.404"),
        ("/typed/1?limit=x", 400, "http.400"),
        ("/typed/1", 400, "http.400"),
    ],
)
async def test_a_no_has_one_form(client: Client, path: str, status: int, code: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (status, code, status)
    assert answer.headers.get("retry-after") == ("7" if path == "/wait" else None)


async def test_a_bug_is_an_incident_with_a_number_and_without_its_secrets(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    from onehall.kernel import settings, telemetry

    telemetry.configure(settings.current())
    answer = await client.get("/bug")
    number = answer.json()["incident"]
    assert (answer.status_code, answer.json()["code"]) == (500, "incident")
    assert number in answer.json()["reason"]
    logged = capsys.readouterr().out
    assert number in logged and "RuntimeError" in logged
    assert "11010519491231002X" not in logged and "11010519491231002X" not in answer.text


async def test_a_partner_gets_a_token_by_form_or_by_basic(client: Client, store: Store) -> None:
    secret = await admit(store)
    form = {"grant_type": "client_credentials", "client_id": "acme", "client_secret": secret}
    answer = (await client.post("/oauth/token", data=form)).json()
    assert (answer["token_type"], answer["expires_in"], answer["scope"]) == ("Bearer", 3600, "tmf:read tmf:write")
    basic = {"Authorization": "Basic " + base64.b64encode(f"acme:{secret}".encode()).decode()}
    wanted = {"grant_type": "client_credentials", "scope": "tmf:read"}
    token = (await client.post("/oauth/token", data=wanted, headers=basic)).json()["access_token"]
    me_ = (await client.get("/me", headers={"Authorization": f"Bearer {token}"})).json()
    assert (me_["partner"], me_["scopes"]) == ("acme", ["tmf:read"])


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "tmf:write"}, 400, "invalid_scope"),
        ({"scope": "everything"}, 400, "invalid_scope"),
    ],
)
async def test_a_partner_is_refused_as_the_standard_says(
    client: Client, store: Store, change: dict[str, str], status: int, error: str
) -> None:
    form = {"grant_type": "client_credentials", "client_id": "acme", "client_secret": await admit(store, "tmf:read")}
    answer = await client.post("/oauth/token", data=form | change)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert ("WWW-Authenticate" in answer.headers) is (status == 401)


async def test_a_partners_secret_is_locked_after_five_failures(client: Client, store: Store) -> None:
    secret = await admit(store)
    form = {"grant_type": "client_credentials", "client_id": "acme"}
    for _try in range(5):
        assert (await client.post("/oauth/token", data=form | {"client_secret": "x"})).status_code == 401
    answer = await client.post("/oauth/token", data=form | {"client_secret": secret})
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)


async def test_a_partner_that_is_shut_out_stays_out_with_the_tokens_it_holds(client: Client, store: Store) -> None:
    secret = await admit(store)
    form = {"grant_type": "client_credentials", "client_id": "acme", "client_secret": secret}
    token = (await client.post("/oauth/token", data=form)).json()["access_token"]
    async with store.edge(home_for("acme")) as tx:
        await partners.bar(tx, "acme")
    await client.front.gate.endings.refresh()
    assert (await client.get("/me", headers={"Authorization": f"Bearer {token}"})).status_code == 401
    assert (await client.post("/oauth/token", data=form)).json()["error"] == "invalid_client"


async def test_health_and_counters(client: Client) -> None:
    assert (await client.get("/healthz")).json() == {"status": "well"}
    await client.get("/no")
    text = (await client.get("/metrics")).text
    assert 'onehall_refusals_total{code="not.found"}' in text
    assert 'onehall_request_seconds_count{method="GET",route="/no",status="404"}' in text


async def test_a_house_without_its_database_is_unwell_and_says_so(client: Client, store: Store) -> None:
    await store.close()
    store.pool = await _pool_to_nowhere()
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "unwell")
    store.pool = None


async def _pool_to_nowhere() -> Any:
    import asyncpg

    return asyncpg.create_pool("postgresql://127.0.0.1:1/none", min_size=0)


async def test_a_body_has_a_limit(client: Client) -> None:
    answer = await client.post("/change", data={"word": "x" * 1_000_001})
    assert (answer.status_code, answer.json()["code"]) == (413, "http.413")
