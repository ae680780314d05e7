"""The web hall: one responsive site for guests and customers, served as pages that work without script. It renders what
the counter gives and holds no business. `routes` is mounted by the app; `nothing_here` answers for addresses that nobody serves.
"""

from typing import Any

from litestar import Request, Response, Router
from litestar.di import Provide
from litestar.exceptions import HTTPException

from onehall.channels.web import account, bills, codes, journeys, pages, phone, replies, stores
from onehall.channels.web.assets import static, static_file
from onehall.channels.web.render import house
from onehall.channels.web.visit import Visit, visit_of
from onehall.kernel.i18n import _
from onehall.kernel.identity import Proof
from onehall.kernel.identity.http import ANSWERS
from onehall.kernel.journeys import channel
from onehall.kernel.refusals import Refusal

WEB = channel(
    "web", _("Online hall"), asks="choose enter confirm pay prove pick_time attach sign wait", proves=(Proof.CODE, Proof.REAL_NAME),
    takes={"web": Proof.CODE, "app": Proof.CODE, "sms": Proof.LINE, "wechat": Proof.CODE, "kiosk": Proof.CODE, "desk": Proof.REAL_NAME},
)  # fmt: skip


def page_refused(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """This will answer a browser's request that was refused, or failed, with a page in the reader's words."""
    status, reason = replies.words_of(error)
    visit = Visit(request)
    if status == 401 and request.method == "GET" and not visit.swaps and not visit.framed:
        return replies.go(f"/login?to={replies.own_path(visit.path)}")
    if status >= 500:
        told = ANSWERS[Exception](request, error)  # logs and counts it
        reason = (told.content or {}).get("reason")
    return replies.refused(status, reason, visit.lang, visit.path, visit.about, piece=visit.swaps)


def nothing_here(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """This will answer for an address that nobody serves: a page for a browser, plain values for everybody else."""
    wants_page = "text/html" in request.headers.get("accept", "")
    return page_refused(request, error) if wants_page else ANSWERS[HTTPException](request, error)


routes = [
    Router(
        "/", route_handlers=[
            *pages.ROUTES, *journeys.ROUTES, *account.ROUTES, *bills.ROUTES, *phone.ROUTES, *codes.ROUTES, *stores.ROUTES, static_file,
        ],
        dependencies={"visit": Provide(visit_of)}, include_in_schema=False,
        exception_handlers={Refusal: page_refused, HTTPException: page_refused, Exception: page_refused},
    )
]  # fmt: skip

__all__ = ["WEB", "house", "nothing_here", "page_refused", "routes", "static"]
