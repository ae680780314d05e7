"""How rooms of pages answer: pages and redirects, with the headers that keep them safe."""

from typing import Any, Final
from urllib.parse import quote, urlsplit

from litestar import Response

from onehall.kernel.i18n import Text, _
from onehall.kernel.refusals import Refusal

SAFE: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}
PATH_LENGTH_MAX: Final = 500
HEADINGS: Final[dict[int, Text]] = {
    400: _("That did not reach us whole."),
    401: _("Please log in first."),
    403: _("This is not for your role."),
    404: _("There is nothing here."),
    409: _("That cannot be done now."),
    422: _("That cannot be done like this."),
    429: _("A little slower, please."),
    500: _("That was our mistake."),
    503: _("We are busy at the moment."),
}


def html(body: str, status: int = 200, **headers: str) -> Response[str]:
    """This will answer with a page; nothing personal is left in a cache."""
    return Response(body, status_code=status, media_type="text/html; charset=utf-8", headers=SAFE | headers)


def go(path: str) -> Response[str]:
    """This will send the reader to another page of ours."""
    return html("", 303, Location=path)


def own_path(path: str | None, otherwise: str) -> str:
    """This will give a path of this site, or another for anything that could lead away from it."""
    path = path or otherwise
    split = urlsplit(path)
    if not path.startswith("/") or path.startswith(("//", "/\\")) or split.scheme or split.netloc or len(path) > PATH_LENGTH_MAX:
        return otherwise
    return quote(path, safe="/?&=%+,.:~-_@")


def words_of(error: Exception) -> tuple[int, Any]:
    """This will find the status and the reason to show for whatever was raised; a bug shows no reason."""
    if isinstance(error, Refusal):
        return error.status, error.reason
    status = getattr(error, "status_code", 500)
    return (status if isinstance(status, int) else 500), None


def heading(status: int) -> Text:
    """This will give the words above a refusal of a status."""
    return HEADINGS.get(status, HEADINGS[500] if status >= 500 else HEADINGS[400])
