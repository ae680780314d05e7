"""`POST /oauth/token`: a partner's client id and secret for an access token (client credentials, RFC 6749 4.4)."""

import base64
import binascii
from typing import Any
from urllib.parse import unquote_plus

import msgspec
from litestar import Request, Response, post

from onehall.kernel.identity.gate import Gate
from onehall.kernel.refusals import Refusal

_NO_STORE = {"Cache-Control": "no-store"}
_OURS = {"invalid_client", "invalid_scope", "unsupported_grant_type"}


@post("/oauth/token", status_code=200, opt={"forms": "free", "public": True}, include_in_schema=False)
async def token(request: Request[Any, Any, Any]) -> Response[Any]:
    """This will give an access token; errors are those of RFC 6749 5.2."""
    gate: Gate = request.app.state.gate
    form = await request.form()
    try:
        gate.limits.login.take(request.state.who.address, gate.store.clock.now())
        if form.get("grant_type") != "client_credentials":
            return _error("unsupported_grant_type", "grant_type must be client_credentials", 400)
        client_id, secret = _credentials(request.headers.get("authorization", ""), form)
        access = await gate.partners.token(client_id, secret, str(form.get("scope") or ""))
    except Refusal as no:
        code = no.code if no.code in _OURS else "invalid_request"
        return _error(code, no.reason, no.status, no.facts.get("retry_after"))
    return Response(msgspec.to_builtins(access), headers=_NO_STORE)


def _credentials(authorization: str, form: Any) -> tuple[str, str]:
    kind, __, value = authorization.partition(" ")
    if kind.lower() != "basic":
        return str(form.get("client_id") or ""), str(form.get("client_secret") or "")
    try:
        name, __, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote_plus(name), unquote_plus(secret)


def _error(code: str, reason: Any, status: int, retry_after: int | None = None) -> Response[Any]:
    headers = dict(_NO_STORE)
    if status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="onehall"'
    if retry_after:
        headers["Retry-After"] = str(retry_after)
    said = reason if isinstance(reason, str) else reason.render("en")  # a program reads it, not a person
    return Response({"error": code, "error_description": said}, status_code=status, headers=headers)
