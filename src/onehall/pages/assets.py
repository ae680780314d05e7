"""The sheet, the script and the drawings of the rooms of staff: in memory, packed once, kept by browsers for a year."""

import gzip
import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery

from onehall.kernel.i18n import _
from onehall.kernel.refusals import missing

FOLDER: Final = Path(__file__).parent / "static"
AT: Final = "/pages"
YEAR: Final = "public, max-age=31536000, immutable"


class Asset(msgspec.Struct, frozen=True):
    """A file as it is sent; `mark` is the fingerprint of its contents."""

    body: bytes
    packed: bytes
    kind: str
    mark: str


def asset(name: str) -> Asset | None:
    """This will read a static file, again only when it has changed; None when there is no such file."""
    path = FOLDER / name
    if "/" in name or name.startswith(".") or not path.is_file():
        return None
    return _read(path, path.stat().st_mtime_ns)


def static(name: str) -> str:
    """This will give the address of a static file with its fingerprint."""
    found = asset(name)
    return f"{AT}/{name}?v={found.mark}" if found else ""


@get(f"{AT}/{{name:str}}", sync_to_thread=False, include_in_schema=False, opt={"public": True})
def static_file(request: Request, name: FromPath[str], v: FromQuery[str] = "") -> Response[bytes]:
    """This will send a static file; under its own fingerprint it may be kept for a year."""
    found = asset(name)
    if found is None:
        raise missing(_("page"))
    packs = "gzip" in request.headers.get("accept-encoding", "")
    headers = {"Cache-Control": YEAR if v == found.mark else "no-cache", "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    if packs:
        headers["Content-Encoding"] = "gzip"
    return Response(found.packed if packs else found.body, media_type=found.kind, headers=headers)


@lru_cache(maxsize=32)
def _read(path: Path, _changed: int) -> Asset:
    body = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(body, gzip.compress(body, 9, mtime=0), kind, hashlib.sha256(body).hexdigest()[:10])
