"""What is sent and what is wanted: content types in and out."""

from typing import Final

from litestar import Request

from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources import patching, words

JSON: Final = "application/json;charset=utf-8"
_WANTED: Final = frozenset({"*/*", "application/*", "application/json", "application/merge-patch+json"})


def check_accept(request: Request) -> None:
    """This will refuse a caller who takes no JSON.

    :raises Refusal: `media.accept`, 406.
    """
    accept = request.headers.get("accept", "*/*")
    offered = [part.split(";") for part in accept.split(",")]
    if not any(kind[0].strip().lower() in _WANTED and not _worthless(kind[1:]) for kind in offered):
        raise Refusal("media.accept", _("We answer in JSON only."), 406)


def check_json(request: Request) -> None:
    """This will refuse a body that is said to be other than JSON.

    :raises Refusal: `media.type`, 415.
    """
    if _media(request) != patching.PLAIN:
        raise _unknown(patching.PLAIN)


def patch_media(request: Request) -> str:
    """This will give which kind of patch a body is.

    :raises Refusal: `media.type`, 415.
    """
    media = _media(request)
    if media not in patching.ACCEPTED.split(", "):
        raise _unknown(patching.ACCEPTED)
    return media


def raw_query(request: Request) -> str:
    """This will give the query string as it was sent, still encoded."""
    try:
        return bytes(request.scope["query_string"]).decode()
    except UnicodeError as error:
        raise words.refuse(_("The query is not in UTF-8.")) from error


def _media(request: Request) -> str:
    kind, *parameters = request.headers.get("content-type", patching.PLAIN).lower().split(";")
    charset = next((value for value in parameters if value.strip().startswith("charset=")), "charset=utf-8")
    known = charset.split("=")[1].strip().strip('"') in ("utf-8", "utf8", "us-ascii")
    return kind.strip() if known else ""


def _worthless(parameters: list[str]) -> bool:
    return any(part.replace(" ", "") in ("q=0", "q=0.0", "q=0.00", "q=0.000") for part in parameters)


def _unknown(accepted: str) -> Refusal:
    return Refusal("media.type", _("Send this as {accepted}.", accepted=accepted), 415, accepted=accepted)
