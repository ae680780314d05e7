"""Our pages inside those of a company that agreed on it with us.

A page in a frame has cookies of its own. Outside of the house their names begin with `OUTER` and they are sent as
`SameSite=None; Secure; Partitioned`, so that a browser keeps them for that company's site alone; inside they have the usual names, and
what a browser has from pages of ours outside of frames does not count. One of them, `FRAME`, is signed and says whose frame it is, which
origins may show our pages, and until when. Only routes that say `opt={"framed": True}` take part, and `opt={"framed": "entry"}` where a
frame begins; to every other request there are no frames.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from onehall.kernel import settings
from onehall.kernel.crypto import keyed_hash

OUTER = "__Host-framed-"
FRAME = "__Host-hall_frame"
HEADER = "x-framed"
LASTS = timedelta(hours=1)
_DESTINATIONS = ("iframe", "frame")
_UNFRAMED = "frame-ancestors 'none'"
_SIGNATURE_LENGTH = 64
_COOKIE_LENGTH_MAX = 4_000
Connection = ASGIConnection[Any, Any, Any, Any]


class Frame(msgspec.Struct, frozen=True):
    """Whose frame it is, the origins that may show it, and until when (Unix seconds)."""

    of: str
    origins: tuple[str, ...]
    until: int


class Standing:
    """How a request stands to frames: whether its cookies are those of a frame, which frame, and who may show the answer."""

    def __init__(self, cookies: bool = False, frame: Frame | None = None) -> None:
        self.cookies = cookies
        self.frame = frame
        self.origins = frame.origins if frame else ()
        self.written: str | None = None


def stand(scope: Scope, opt: Mapping[str, Any], now: datetime) -> Standing:
    """This will find out how a request stands, and give it the cookies that count there."""
    standing = Standing()
    if opt.get("framed") and not opt.get("for_staff"):
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if _inside(headers):
            standing = _in_frame(scope, headers.get("cookie", ""), opt["framed"] == "entry", now)
    scope["state"]["frames"] = standing
    return standing


def _in_frame(scope: Scope, cookie: str, entry: bool, now: datetime) -> Standing:
    cookies = _pairs(cookie)
    frame = read(cookies.get(FRAME), now)
    if frame is None and not entry:
        return Standing()
    kept = "; ".join(f"{name.removeprefix(OUTER)}={value}" for name, value in cookies.items() if name.startswith(OUTER))
    scope["headers"] = [pair for pair in scope["headers"] if pair[0].lower() != b"cookie"] + [(b"cookie", kept.encode("latin-1"))]
    return Standing(True, frame)


def standing_of(request: Connection) -> Standing:
    """This will give how a request stands, also where an error came before the gate."""
    found = request.scope["state"].get("frames") if "state" in request.scope else None
    return found or Standing()


def begin(request: Connection, of: str, origins: tuple[str, ...], now: datetime) -> None:
    """This will let the browser show our pages inside those of `origins`, for `LASTS` from now; the answer is the first of them."""
    standing = standing_of(request)
    standing.frame = Frame(of, origins, int((now + LASTS).timestamp()))
    standing.origins, standing.written = origins, write(standing.frame)


def allow(request: Connection, origins: tuple[str, ...]) -> None:
    """This will let `origins` show this one answer."""
    standing_of(request).origins = origins


def end(request: Connection) -> None:
    """This will let nobody show the pages of a frame any more."""
    standing = standing_of(request)
    standing.frame, standing.origins, standing.written = None, (), ""


def write(frame: Frame) -> str:
    """This will give what stands in the cookie of a frame; our signature goes in front."""
    body = msgspec.json.encode(frame).hex()
    return f"{_signature(body)}{body}"


def read(cookie: str | None, now: datetime) -> Frame | None:
    """This will give the frame of a cookie, or None when we did not write it or its time is over."""
    if not cookie or len(cookie) > _COOKIE_LENGTH_MAX:
        return None
    signature, body = cookie[:_SIGNATURE_LENGTH], cookie[_SIGNATURE_LENGTH:]
    if not hmac.compare_digest(signature.encode(), _signature(body).encode()):
        return None
    frame = msgspec.json.decode(bytes.fromhex(body), type=Frame)
    return frame if now.timestamp() < frame.until else None


def dress(message: Message, standing: Standing, *never: str) -> None:
    """This will send an answer as a frame needs it: who may show it, and its cookies kept apart; those named `never` do not go there."""
    if not standing.origins and not standing.cookies:
        return
    headers = MutableScopeHeaders.from_message(message)
    policy = headers.get("content-security-policy")
    if standing.origins and policy:
        headers["content-security-policy"] = policy.replace(_UNFRAMED, " ".join(("frame-ancestors 'self'", *standing.origins)))
    if standing.cookies:
        said = [one for one in headers.getall("set-cookie", []) if one.partition("=")[0] not in never]
        del headers["set-cookie"]
        for one in said:
            headers.add("set-cookie", _apart(OUTER + one))
        if standing.written is not None:
            age = int(LASTS.total_seconds()) if standing.written else 0
            headers.add("set-cookie", _apart(f"{FRAME}={standing.written}; HttpOnly; Path=/; Max-Age={age}"))


def _apart(cookie: str) -> str:
    kept = [part for part in cookie.split("; ") if part.lower() != "secure" and not part.lower().startswith("samesite=")]
    return "; ".join((*kept, "Secure", "SameSite=None", "Partitioned"))


def _inside(headers: Mapping[str, str]) -> bool:
    wanted = headers.get("sec-fetch-dest", "")
    return wanted in _DESTINATIONS or (wanted == "empty" and HEADER in headers)


def _pairs(cookie: str) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in cookie.split(";"))
    return {name: value for name, _equals, value in pairs if name}


def _signature(body: str) -> str:
    return keyed_hash(settings.current().secret, body, "frame")

