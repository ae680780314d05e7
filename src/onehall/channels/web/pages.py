"""The pages of the hall: its home, the tariffs, the numbers, the services."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from onehall.channels.web import shelf
from onehall.channels.web.shapes import sections, shelves
from onehall.channels.web.visit import Visit
from onehall.kernel.i18n import Text, _
from onehall.kernel.refusals import Refusal, missing

NUMBERS_AT_HOME = 10
_READY: tuple[tuple[Text, Text], ...] = (
    (_("Ends 88"), _("ends 88")), (_("Ends 666"), _("ends 666")), (_("No 4"), _("no 4")), (_("Has 520"), _("has 520")),
)  # fmt: skip


@get("/", opt={"public": True})
async def home(visit: NamedDependency[Visit]) -> Response[str]:
    """This will show the hall: to a guest what is on sale, to a customer their lines."""
    journeys, favourites = await shelf.open_journeys(visit), await shelf.favourites(visit)
    if visit.who.party:
        lines = await shelf.lines(visit)
        return visit.page("mine.html", open_journeys=journeys, favourites=favourites, lines=lines)
    plans = await shelf.plans(visit)
    found = await shelf.numbers(visit, "", limit=NUMBERS_AT_HOME)
    return visit.page("home.html", open_journeys=journeys, favourites=favourites, plans=_best(plans), numbers=found)


@get("/plans", opt={"public": True})
async def plans(visit: NamedDependency[Visit], family: FromQuery[str] = "") -> Response[str]:
    """This will show every plan on sale, by family."""
    return await visit.window("plans.html", lambda: _plans(visit, family))


async def _plans(visit: Visit, family: str) -> dict[str, Any]:
    found = await shelf.plans(visit)
    groups = [name for name, _some in shelves(found) if name]
    shown = [option for option in found if family not in groups or option.get("group") == family]
    return {"groups": groups, "family": family, "shelves": shelves(shown)}


@get("/plans/{plan:str}", opt={"public": True})
async def plan(visit: NamedDependency[Visit], plan: FromPath[str]) -> Response[str]:
    """This will show one plan with all that it holds, and what the same costs bought one by one."""
    return await visit.window("plan.html", lambda: _plan(visit, plan))


async def _plan(visit: Visit, plan: str) -> dict[str, Any]:
    found = next((option for option in await shelf.plans(visit) if option["value"] == plan), None)
    if found is None:
        raise missing(_("plan"))
    return {"plan": found, "sections": sections(await shelf.tariff(visit, plan))}


@get("/numbers", opt={"public": True})
async def numbers(visit: NamedDependency[Visit], q: FromQuery[str] = "") -> Response[str]:
    """This will search the free numbers: digits, "ends 88", "no 4"; others at each call."""
    q, refusal, found = q[:100], None, []
    try:
        found = await shelf.numbers(visit, q)
    except Refusal as no:
        if no.status >= 500:
            raise
        refusal = visit.words(no)
    ready = [(label.render(visit.lang), words.render(visit.lang)) for label, words in _READY]
    template = "found_piece.html" if visit.swaps else "numbers.html"
    return visit.page(template, options=found, q=q, refusal=refusal, ready=ready)


@get("/search", opt={"public": True})
async def search(visit: NamedDependency[Visit], q: FromQuery[str] = "") -> Response[str]:
    """This will find services by words."""
    q = q[:60]
    found = await shelf.families(visit, q)
    return visit.page("search.html", q=q, families=found, every=found or await shelf.families(visit))


def _best(plans: list[dict[str, object]]) -> list[dict[str, object]]:
    """Three plans, the marked one in the middle."""
    marked = [option for option in plans if option.get("badge")]
    others = [option for option in plans if not option.get("badge")]
    return [*others[:1], *marked[:1], *others[1:]][:3] if marked else others[:3]


ROUTES = [home, plans, plan, numbers, search]
