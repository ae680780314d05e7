"""How the web hall answers: whole pages, pieces for htmx, redirects, refusals; each with the headers that keep it safe."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit

from litestar import Request, Response

from onehall.channels.web.render import page
from onehall.kernel.i18n import Text, _
from onehall.kernel.refusals import Refusal

SAFE: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; "
        "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=(self)",
}
_HEADINGS: Final = {
    400: _("That did not reach us whole."),
    401: _("Please log in first."),
    403: _("This is not yours to see."),
    404: _("There is nothing here."),
    405: _("There is nothing here."),
    413: _("That is too large."),
    429: _("A little slower, please."),
    500: _("That was our mistake."),
    503: _("We are busy at the moment."),
}


def html(body: str, status: int = 200, **headers: str) -> Response[str]:
    """This will answer with a page or a piece of one; nothing personal is left in a cache."""
    return Response(
        body, status_code=status, media_type="text/html; charset=utf-8",
        headers=SAFE | {"Cache-Control": "private, no-store", "Vary": "Cookie, Accept-Language, HX-Request"} | headers,
    )  # fmt: skip


def go(path: str, request: Request | None = None) -> Response[str]:
    """This will send the reader to another page of ours; htmx is told in its own way."""
    if request is not None and swaps(request):
        return html("", 200, **{"HX-Redirect": path})
    return html("", 303, Location=path)


def swaps(request: Request) -> bool:
    """This will tell whether htmx asks for a piece of a page."""
    return request.headers.get("hx-request") == "true"


def own_path(path: str | None) -> str:
    """This will give a path of this site, or "/" for anything that could lead away from it."""
    path = path or "/"
    split = urlsplit(path)
    if not path.startswith("/") or path.startswith(("//", "/\\")) or split.scheme or split.netloc or len(path) > 500:
        return "/"
    return quote(path, safe="/?&=%+,.:~-_@")


def refused(status: int, reason: Text | str | None, lang: str, path: str, given: Mapping[str, Any], piece: bool = False) -> Response[str]:
    """This will say no in a person's words: a page, or a note where htmx asked for a piece."""
    heading = _HEADINGS.get(status, _HEADINGS[500] if status >= 500 else _HEADINGS[400]).render(lang)
    words = reason.render(lang) if isinstance(reason, Text) else reason or ""
    template = "refused_piece.html" if piece else "refused.html"
    return html(page(template, lang, path, status=status, heading=heading, reason="" if words == heading else words, **given), status)


def words_of(error: Exception) -> tuple[int, Any]:
    """This will find the status and the reason to show for whatever was raised; a bug shows no reason."""
    if isinstance(error, Refusal):
        return error.status, error.reason
    status = getattr(error, "status_code", 500)
    return (status if isinstance(status, int) else 500), None
