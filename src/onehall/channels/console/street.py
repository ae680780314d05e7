"""Field routes: who visits which places on a day and how that ended; places are added to routes and handed to colleagues."""

from datetime import date, datetime, time, timedelta
from os.path import commonprefix
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from onehall.channels.console.billing.words import figure
from onehall.channels.console.room import about, check_unit
from onehall.domains import sweep
from onehall.domains.sweep import Call, Place, Round
from onehall.kernel import ids
from onehall.kernel.events import Origin
from onehall.kernel.i18n import ZONE, _
from onehall.kernel.identity import staff
from onehall.kernel.identity.staff import Staff
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Tx
from onehall.pages import Visit, forms
from onehall.pages.states import Chip
from onehall.pages.visit import unit_names

ROLES: Final = frozenset({"clerk", "supervisor"})
TONES: Final = {"opened": "good", "served": "good", "interested": "warn", "no": "bad"}
DAYS_BACK: Final = 6
ROWS_MAX: Final = 200
PEOPLE_MAX: Final = 10_000
TEXT_MAX: Final = 10_000


@get("/street")
async def rounds(visit: NamedDependency[Visit], day: FromQuery[str] = "") -> Response[str]:
    """This will show what those who work in the street did on a day, in the reader's part of the operator."""
    since = _day(visit, day)
    people = await _people(visit)
    async with visit.store.glance(0) as tx:
        found = await sweep.queries.rounds(tx, [one.id for one in people], since, since + timedelta(days=1))
    units = await unit_names(visit.store, visit.lang)
    by_work = sorted(people, key=lambda one: (-found[one.id].visits, -found[one.id].places, one.name))
    shown = [one for one in by_work if found[one.id].visits or found[one.id].places][:ROWS_MAX] or by_work[:ROWS_MAX]
    total = {name: sum(one.results.get(name, 0) for one in found.values()) for name in sweep.RESULTS}
    return visit.page(
        "street/rounds.html", rows=[_row(one, found[one.id], units, visit.lang) for one in shown],
        others=_colleagues(by_work, shown, units), days=_days(visit, since),
        total=_results(total, visit.lang, empty=True), visits=figure(sum(total.values())), day=_plain(since), **await about(visit),
    )  # fmt: skip


@get("/street/{member:str}")
async def one_round(visit: NamedDependency[Visit], member: FromPath[str], day: FromQuery[str] = "") -> Response[str]:
    """This will show the day and the route of one who works in the street."""
    return await _shown(visit, await _member(visit, member), day)


@post("/street/{member:str}/places", status_code=200)
async def add(visit: NamedDependency[Visit], member: FromPath[str]) -> Response[str]:
    """This will put a list of places on somebody's route."""
    one, text = await _member(visit, member), forms.text(await visit.request.form(), "places")[:TEXT_MAX]

    async def act(tx: Tx) -> int:
        return await sweep.actions.add_places(tx, one.id, text)

    try:
        count = await visit.store.run(ids.home_of(one.id), act, _origin(visit))
    except Refusal as refusal:
        return await _refused(visit, one, refusal, text)
    return await _shown(visit, one, said=_("Added to the route: {count}", count=count).render(visit.lang))


@post("/street/{member:str}/assign", status_code=200)
async def assign(visit: NamedDependency[Visit], member: FromPath[str]) -> Response[str]:
    """This will hand the chosen places over to a colleague's route."""
    one, form = await _member(visit, member), await visit.request.form()
    chosen = [str(place) for place in form.getall("place", [])][: sweep.rules.ROUTE_PLACES_MAX]
    to = await _member(visit, forms.text(form, "to"))
    try:
        count = await sweep.actions.assign_places(visit.store, one.id, chosen, to.id, _origin(visit))
    except Refusal as refusal:
        return await _refused(visit, one, refusal)
    return await _shown(visit, one, said=_("Handed to {name}: {count}", count=count, name=to.name).render(visit.lang))


async def _refused(visit: Visit, one: Staff, refusal: Refusal, text: str = "") -> Response[str]:
    if refusal.status >= 500:
        raise refusal
    return await _shown(visit, one, "", refusal.status, error=visit.words(refusal), text=text)


async def _shown(visit: Visit, one: Staff, day: str = "", status: int = 200, **given: Any) -> Response[str]:
    since = _day(visit, day)
    async with visit.store.edge(one.id) as tx:
        calls = await sweep.queries.calls(tx, one.id, since, since + timedelta(days=1))
        route = await sweep.queries.route(tx, one.id)
    carried = await sweep.queries.carried(visit.store, one.id)
    units = await unit_names(visit.store, visit.lang)
    others = _colleagues(await _people(visit), [one], units)
    return visit.page(
        "street/round.html", status, one=one, store=units.get(one.unit, one.unit), calls=[_call(each) for each in calls],
        route=[_place(each) for each in route], carried=[(each.number, each.until) for each in carried], others=others,
        days=_days(visit, since), day=_plain(since),
        path=f"/console/street/{one.id}", **await about(visit), **given,
    )  # fmt: skip


def _colleagues(people: list[Staff], but: list[Staff], units: dict[str, str]) -> list[tuple[str, str, str]]:
    """Other staff, those whose unit is nearest to the first of `but` in front."""
    near = but[0].unit if but else ""
    known = {one.id for one in but}
    others = sorted(
        (one for one in people if one.id not in known), key=lambda one: (-len(commonprefix([one.unit, near])), one.unit, one.name)
    )
    return [(one.id, one.name, units.get(one.unit, one.unit)) for one in others[:ROWS_MAX]]


async def _people(visit: Visit) -> list[Staff]:
    """Those of the reader's part of the operator who may be in the street."""
    async with visit.store.edge(0) as tx:
        found = await staff.all_of(tx, visit.who.unit or "", PEOPLE_MAX)
    return [one for one in found if one.active and ROLES & set(one.roles)]


async def _member(visit: Visit, id_: str) -> Staff:
    """One of the reader's part of the operator; who is of another is not there."""
    if not ids.is_id(id_):
        raise missing(_("member of staff"))
    async with visit.store.edge(id_) as tx:
        found = await staff.find(tx, id_)
    check_unit(visit, found.unit, "member of staff")
    return found


def _day(visit: Visit, text: str) -> datetime:
    """The first moment of a day in the operator's zone; of today where there is none such, or it is to come."""
    today = visit.store.clock.now().astimezone(ZONE).date()
    try:
        wished = date.fromisoformat(text) if text else today
    except ValueError:
        raise Refusal("time.invalid", _("That is no time."), 422) from None
    return datetime.combine(min(wished, today), time(0), ZONE)


def _days(visit: Visit, since: datetime) -> list[str]:
    """Today and the days before it, the latest first; an older one that is looked at stands last."""
    today = visit.store.clock.now().astimezone(ZONE).date()
    days = [(today - timedelta(days=back)).isoformat() for back in range(DAYS_BACK + 1)]
    return days if _plain(since) in days else [*days, _plain(since)]


def _plain(since: datetime) -> str:
    return since.date().isoformat()


def _row(one: Staff, did: Round, units: dict[str, str], lang: str) -> dict[str, Any]:
    return {
        "id": one.id, "name": one.name, "store": units.get(one.unit, one.unit), "places": did.places, "visits": did.visits,
        "results": _results(did.results, lang), "last": did.last, "opened": did.opened,
    }  # fmt: skip


def _results(counts: dict[str, int], lang: str, *, empty: bool = False) -> list[tuple[str, int, str]]:
    named = sweep.RESULTS.items()
    return [(text.render(lang), counts.get(name, 0), TONES.get(name, "")) for name, text in named if empty or counts.get(name)]


def _call(one: Call) -> dict[str, Any]:
    return {"at": one.at, "place": one.place, "address": one.address, "note": one.note, "result": _chip(one.result)}


def _place(one: Place) -> dict[str, Any]:
    return {
        "id": one.id, "name": one.name, "address": one.address, "seen": one.seen,
        "last": _chip(one.last) if one.last else Chip(_("Not visited yet")),
    }  # fmt: skip


def _chip(result: str) -> Chip:
    return Chip(sweep.RESULTS[result], TONES.get(result, ""))


def _origin(visit: Visit) -> Origin:
    return Origin(channel="console", staff=visit.who.staff, unit=visit.who.unit)


ROUTES = [rounds, one_round, add, assign]
