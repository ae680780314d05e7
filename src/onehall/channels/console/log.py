"""The one log, searched by type, customer, journey, channel and time, a page at a time."""

from datetime import datetime
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from onehall.channels.console.room import PAGE, about
from onehall.kernel import ids, timeline
from onehall.kernel.i18n import ZONE, _
from onehall.kernel.journeys import CHANNELS
from onehall.kernel.refusals import Refusal
from onehall.kernel.timeline import Sought
from onehall.pages import Visit, told
from onehall.pages.visit import names_of

WORD_MAX = 60
ASKED = ("type", "party", "journey", "channel", "staff", "since", "until")


@get("/log")
async def log(visit: NamedDependency[Visit], before: FromQuery[str] = "") -> Response[str]:
    """This will search the log of the reader's unit, newest first."""
    asked = {name: visit.request.query_params.get(name, "").strip()[:WORD_MAX] for name in ASKED}
    sought = Sought(
        **{name: asked[name] for name in ASKED[:5]}, since=_moment(asked["since"]), until=_moment(asked["until"]),
        before=before if ids.is_id(before) else "",
    )  # fmt: skip
    async with visit.store.glance(0) as tx:
        found = await timeline.log(tx, visit.who.unit or "", sought, PAGE + 1)
    shown = found[:PAGE]
    lines = told.lines(shown, {}, await names_of(visit.store, told.staff_in(shown)), visit.lang, "/console/journeys")
    more = _address(asked | {"before": shown[-1].id}) if len(found) > PAGE else ""
    return visit.page(
        "log.html", rows=list(zip(shown, lines, strict=True)), asked=asked, more=more, first=_address(asked) if sought.before else "",
        types=sorted(timeline.WORDS), channels=sorted(CHANNELS), **await about(visit),
    )  # fmt: skip


def _address(asked: dict[str, str]) -> str:
    return "/console/log?" + urlencode({name: value for name, value in asked.items() if value})


def _moment(words: str) -> datetime | None:
    """A moment as a browser's box gives it, in the operator's zone."""
    if not words:
        return None
    try:
        found = datetime.fromisoformat(words)
    except ValueError:
        raise Refusal("time.invalid", _("That is no time."), 422) from None
    return found if found.tzinfo else found.replace(tzinfo=ZONE)


ROUTES = [log]
