"""Whatever goes wrong under /tmf-api is answered with a TMF630 error."""

from typing import Any

import asyncpg
from litestar import Request, Response
from litestar.exceptions import HTTPException

from onehall.channels.tmf.media import JSON
from onehall.kernel import telemetry
from onehall.kernel.i18n import _, choose_language
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources import errors


def refused(request: Request, refusal: Refusal) -> Response[bytes]:
    """This will answer a refusal."""
    body = errors.encode(errors.error_body(refusal, choose_language(request.headers.get("accept-language"))))
    return Response(body, status_code=refusal.status, media_type=JSON, headers=_headers(refusal))


def rejected(request: Request, error: HTTPException) -> Response[bytes]:
    """This will answer what the HTTP layer itself would not take."""
    status = error.status_code if 400 <= error.status_code < 500 else 400
    reasons = {
        404: _("There is nothing at this address."), 405: _("This cannot be done here."),
        413: _("This is too large; {limit} bytes are the limit.", limit=1_000_000),
    }  # fmt: skip
    return refused(request, Refusal(f"http.{status}", reasons.get(status, _("This request cannot be read.")), status))


def unkeepable(request: Request, error: Exception) -> Response[bytes]:
    """This will answer values that passed our checks and the database still cannot hold (a year 30000, say)."""
    telemetry.log.warning("the database refused a value", path=request.url.path, error=str(error)[:200])
    return refused(request, Refusal("body.value", _("A value is out of range."), 400))


def clashed(request: Request, error: Exception) -> Response[bytes]:
    """This will answer a constraint that said no where no rule had."""
    telemetry.log.warning("a constraint said no", path=request.url.path, error=str(error)[:200])
    return refused(request, Refusal("conflict", _("This has just been changed by someone else. Please look again."), 409))


def broken(request: Request, error: Exception) -> Response[bytes]:
    """This will log a bug and say no more than that there is one."""
    telemetry.INCIDENTS.labels("tmf").inc()
    telemetry.log.exception("a request failed", path=request.url.path, exc_info=error)
    return refused(request, Refusal("internal", _("Something went wrong on our side. It has been noted."), 500))


HANDLERS: dict[Any, Any] = {
    Refusal: refused, HTTPException: rejected, asyncpg.DataError: unkeepable,
    asyncpg.IntegrityConstraintViolationError: clashed, Exception: broken,
}  # fmt: skip


def _headers(refusal: Refusal) -> dict[str, str]:
    found = {"Allow": refusal.facts.get("allow"), "Accept-Patch": refusal.facts.get("accepted")}
    if refusal.status == 401:
        found["WWW-Authenticate"] = "Bearer"
    if refusal.status == 503:
        found["Retry-After"] = "60"
    return {name: str(value) for name, value in found.items() if value}
