"""The clock of the house: shown, and moved forward where it can be."""

from datetime import timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from onehall.channels.simulated.room import body, is_json, own_form
from onehall.kernel.clock import MovableClock
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal
from onehall.pages import Visit, forms, replies

SECONDS_MAX = 10 * 366 * 86_400


@get("/clock")
async def clock(visit: NamedDependency[Visit]) -> Response[str]:
    """This will show what time it is for the house."""
    clock = visit.store.clock
    return visit.page("clock.html", moves=isinstance(clock, MovableClock), ahead=clock.ahead if isinstance(clock, MovableClock) else None)


@post("/clock", status_code=200)
async def move(visit: NamedDependency[Visit]) -> Response[Any]:
    """This will move the clock forward: `{"seconds": n}`.

    :raises Refusal: 409, this house goes by the machine's clock; 422, time goes forward.
    """
    asked = (await body(visit)).get("seconds") if is_json(visit) else _seconds(forms.text(await own_form(visit), "seconds"))
    if not isinstance(asked, int) or isinstance(asked, bool) or not 0 <= asked <= SECONDS_MAX:
        raise Refusal("clock.seconds", _("Time goes forward, ten years at most."), 422)
    await visit.request.app.state.clockwork.move(timedelta(seconds=asked))
    now = visit.store.clock.now()
    return Response({"now": now.isoformat()}, media_type="application/json") if is_json(visit) else replies.go("/sim/clock")


def _seconds(words: str) -> int | None:
    return int(words) if words.isdecimal() and len(words) < 12 else None


ROUTES = [clock, move]
