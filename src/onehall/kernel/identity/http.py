"""The gate in front of Litestar: every request gets its Who, every refusal its answer, every bug its incident.

`Litestar(..., plugins=[Front(store)])` does all of it: `request.state.who` is there in every route, forms that come with
cookies are checked against forgery, `/oauth/token`, `/metrics` and `/healthz` are served. A route that is for staff
says `opt={"for_staff": True}`; one that no browser calls may say `opt={"forms": "free"}`; one that a company may show
inside its own pages says `opt={"framed": True}` (see `frames`).
"""

import secrets
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from litestar import Litestar, Request, Response
from litestar.config.app import AppConfig
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.handlers.base import BaseRouteHandler
from litestar.plugins import InitPlugin
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Histogram

from onehall.kernel import settings, telemetry
from onehall.kernel.i18n import Text, _
from onehall.kernel.identity import forgery, frames, oauth
from onehall.kernel.identity.gate import SESSION, STAFF_SESSION, VISITOR, Gate, language_of
from onehall.kernel.identity.who import Who
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
_DAY_SECONDS = 86_400
AnyRequest = Request[Any, Any, Any]


class Front(InitPlugin):
    """Puts a gate in front of an application; `front.gate` is what logs people in and out."""

    def __init__(self, store: Store) -> None:
        self.gate = Gate(store)

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        """This will add middleware, guard, answers to errors, and the kernel's own routes."""
        app_config.state.update({"store": self.gate.store, "gate": self.gate})
        app_config.middleware.insert(0, self._middleware)
        app_config.guards.append(check_forgery)
        app_config.exception_handlers = {**ANSWERS, **app_config.exception_handlers}
        app_config.on_startup.extend([_limit_bodies, self.gate.open])
        app_config.on_shutdown.insert(0, self.gate.close)  # before whoever closes the store
        app_config.route_handlers.extend([oauth.token, telemetry.metrics, telemetry.healthz])
        return app_config

    def _middleware(self, app: ASGIApp) -> ASGIApp:
        async def knows_caller(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != ScopeType.HTTP:
                await app(scope, receive, send)
                return
            await _pass(self.gate, app, scope, receive, send)

        return knows_caller


def _limit_bodies(app: Litestar) -> None:
    """A limit that a plugin writes into the configuration has no effect in Litestar 2; a route may still set its own."""
    app.request_max_body_size = settings.current().body_max


async def _pass(gate: Gate, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    opt = scope["route_handler"].opt
    standing = frames.stand(scope, opt, gate.store.clock.now())
    connection: AnyRequest = Request(scope)
    headers: Mapping[str, str] = connection.headers
    if opt.get("own_bearer"):  # a program's grant is read where programs are served, and counts nowhere else
        headers = {name: value for name, value in headers.items() if name.lower() != "authorization"}
    seen = gate.see(headers, connection.cookies, address_of(connection), bool(opt.get("for_staff")))
    scope["state"]["who"] = seen.who
    begun = time.perf_counter()

    async def sends(message: Message) -> None:
        if message["type"] == "http.response.start":
            if seen.cookies:
                _set_cookies(message, seen.cookies, connection)
            frames.dress(message, standing, STAFF_SESSION)
            _observe(connection, message["status"], time.perf_counter() - begun)
        await send(message)

    await app(scope, receive, sends)


def _set_cookies(message: Message, cookies: dict[str, str | None], request: AnyRequest) -> None:
    headers = MutableScopeHeaders.from_message(message)
    said = " ".join(headers.getall("set-cookie", []))
    for name, value in cookies.items():
        page = request.method != "GET" or "text/html" in request.headers.get("accept", "")
        if f"{name}=" not in said and (name != VISITOR or page):
            headers.add("set-cookie", cookie(name, value).to_header(header=""))


def _observe(request: AnyRequest, status: int, seconds: float) -> None:
    route = request.scope.get("path_template") or "?"
    _counter(request.method, route, status).observe(seconds)


@lru_cache(maxsize=4096)
def _counter(method: str, route: str, status: int) -> Histogram:
    return telemetry.REQUESTS.labels(method, route, str(status))


def cookie(name: str, value: str | None) -> Cookie:
    """This will make one of the house's cookies; None removes it. Sessions end with the browser, a visitor's lasts."""
    rules = settings.current()
    age = 0 if value is None else None if name in (SESSION, STAFF_SESSION) else rules.visitor_days * _DAY_SECONDS
    return Cookie(key=name, value=value or "", path="/", max_age=age, httponly=True, secure=rules.https, samesite="lax")


def address_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """This will give the caller's address; what a trusted proxy says it is, if one stands between."""
    near = connection.client.host if connection.client else ""
    if near not in settings.current().proxies:
        return near
    hops = [hop.strip() for hop in connection.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    far = [hop for hop in hops if hop not in settings.current().proxies]
    return far[-1][:64] if far else near


def who_of(request: ASGIConnection[Any, Any, Any, Any]) -> Who:
    """This will give the caller of a request, also where an error came before the gate."""
    who: Who | None = request.scope["state"].get("who") if "state" in request.scope else None
    return who or Who(language=language_of(request.headers, request.cookies))


async def check_forgery(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """This will check that what changes something was not sent by a page of another site (a Litestar guard).

    A form that comes with a cookie needs its token; anything else only must not come from another site.
    :raises Refusal: `forged`, 403.
    """
    who = who_of(connection)
    if connection.scope.get("method", "GET") in forgery.SAFE or who.by == "bearer" or handler.opt.get("forms") == "free":
        return
    if connection.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        forgery.check(who, None)
    ours = {SESSION, STAFF_SESSION, VISITOR} & connection.cookies.keys()
    content = connection.headers.get("content-type", "").split(";")[0].strip().lower()
    if ours and content in _FORMS and isinstance(connection, Request):
        forgery.check(who, connection.headers.get(forgery.HEADER) or await _field(connection))


async def _field(request: AnyRequest) -> str | None:
    form = await request.form()
    return next((value for name in forgery.FIELDS if isinstance(value := form.get(name), str)), None)


def refused(request: AnyRequest, refusal: Refusal) -> Response[dict[str, Any]]:
    """This will answer a business no: `{"code", "reason", "status"}` in the caller's language."""
    telemetry.REFUSALS.labels(refusal.code).inc()
    return _answer(request, refusal.code, refusal.reason, refusal.status, refusal.facts.get("retry_after"))


def wrong(request: AnyRequest, error: HTTPException) -> Response[dict[str, Any]]:
    """This will answer what the framework refuses: no such page, a body that is no JSON, a wrong method."""
    return _answer(request, f"http.{error.status_code}", _HTTP.get(error.status_code, _HTTP[400]), error.status_code)


def incident(request: AnyRequest, error: Exception) -> Response[dict[str, Any]]:
    """This will answer a bug: 500 with the number under which the log has it."""
    number = secrets.token_hex(4)
    telemetry.INCIDENTS.labels("request").inc()
    telemetry.log.error("incident", incident=number, method=request.method, path=request.url.path, exc_info=error)
    reason = _("Something went wrong on our side. If you call us, name the number {number}.", number=number)
    return _answer(request, "incident", reason, 500, incident=number)


def _answer(
    request: AnyRequest, code: str, reason: Any, status: int, retry_after: int | None = None, **more: str
) -> Response[dict[str, Any]]:
    language = who_of(request).language
    said = reason if isinstance(reason, str) else reason.render(language)
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    body = {"code": code, "reason": said, "status": status, **more}
    return Response(body, status_code=status, headers=headers, media_type="application/json")


_HTTP: dict[int, Text] = {
    400: _("The request could not be understood."),
    401: _("Please log in first."),
    403: _("You may not do this."),
    404: _("There is nothing at this address."),
    405: _("This cannot be done at this address."),
    413: _("That is too large."),
    429: _("Too many requests. Please wait a little."),
}
ANSWERS: dict[Any, Any] = {Refusal: refused, HTTPException: wrong, Exception: incident}
