"""The static files of every page: kept in memory, packed once, and kept by browsers for a year under their fingerprint."""

import gzip
import hashlib
import mimetypes
import stat
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery

from onehall.kernel.i18n import _
from onehall.kernel.refusals import missing

STATIC: Final = Path(__file__).parent / "static"
PACKED: Final = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml"})
YEAR: Final = "public, max-age=31536000, immutable"


class Asset(msgspec.Struct, frozen=True):
    """A file as it is sent: `packed` is its gzipped body, where that is worth it; `mark` the fingerprint of its contents."""

    body: bytes
    packed: bytes | None
    kind: str
    mark: str


def asset(name: str) -> Asset | None:
    """This will read a static file, again only when it has changed; None when there is no such file. A page asks some thirty times."""
    path = _place(name)
    try:
        found = path.stat() if path else None
    except OSError:
        return None
    return _read(path, found.st_mtime_ns) if path and found and stat.S_ISREG(found.st_mode) else None


@lru_cache(maxsize=512)
def _place(name: str) -> Path | None:
    try:
        path = (STATIC / name).resolve()
    except ValueError:  # a NUL
        return None
    return path if path.is_relative_to(STATIC) and not path.name.startswith(".") else None


@lru_cache(maxsize=128)
def _read(path: Path, _changed: int) -> Asset:
    body = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    packed = gzip.compress(body, 9, mtime=0) if kind in PACKED else None
    return Asset(body, packed, kind, hashlib.sha256(body).hexdigest()[:10])


def static(name: str) -> str:
    """This will give the address of a static file with its fingerprint, or "" when it is not there."""
    found = asset(name)
    return f"/static/{name}?v={found.mark}" if found else ""


@get("/static/{name:path}", sync_to_thread=False, opt={"public": True})
def static_file(
    request: Request, name: FromPath[str], v: FromQuery[str] = ""
) -> Response[bytes]:
    """This will send a static file; under its own fingerprint it may be kept for a year."""
    found = asset(name.lstrip("/"))
    if found is None:
        raise missing(_("page"))
    packed = found.packed if "gzip" in request.headers.get("accept-encoding", "") else None
    headers = {"Cache-Control": YEAR if v == found.mark else "no-cache", "Vary": "Accept-Encoding"}
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Response(packed or found.body, media_type=found.kind, headers=headers)
