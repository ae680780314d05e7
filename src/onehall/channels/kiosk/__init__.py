"""The kiosk: full-screen pages for one person at a time, and a cabinet whose cash journal survives a power cut."""

from typing import Any

from litestar import Request, Response, Router
from litestar.di import Provide
from litestar.exceptions import HTTPException

from onehall.channels.kiosk import cash, home, journeys, who
from onehall.channels.kiosk.room import KIOSK, ROOM
from onehall.channels.kiosk.teller import Away
from onehall.channels.kiosk.visit import stand
from onehall.kernel.refusals import Refusal
from onehall.pages import answers, replies

_SAYS = answers(ROOM)


def _refused(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A house that is away leads to what may be done without it."""
    if isinstance(error, Away) or (isinstance(error, Refusal) and error.code == "unavailable"):
        return replies.go("/kiosk/away")
    answer: Response[Any] = _SAYS[Exception](request, error)
    return answer


routes = [
    Router(
        "/kiosk", route_handlers=[*home.ROUTES, *journeys.ROUTES, *cash.ROUTES, *who.ROUTES], dependencies={"visit": Provide(stand)},
        include_in_schema=False, exception_handlers={Refusal: _refused, HTTPException: _refused, Exception: _refused},
        opt={"owner": True},
    ),
]  # fmt: skip

__all__ = ["KIOSK", "routes"]
