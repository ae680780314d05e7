"""What is done on a round through streets and buildings. Staff do it for themselves; a kit may have taken it down before."""

from datetime import datetime

from onehall.domains.sweep import queries, rules
from onehall.domains.sweep.model import RESULTS, Place
from onehall.kernel import ids
from onehall.kernel.functions import function
from onehall.kernel.i18n import _
from onehall.kernel.journeys import Journey, Option, Said, item
from onehall.kernel.money import money
from onehall.kernel.refusals import unknown_caller
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH

ELSEWHERE = "elsewhere"
OWN = _("It is the staff's own round, which no customer goes.")


@function("sweep.route", title=_("My route"), family="query", for_staff=True, why=OWN)
async def route(journey: Journey) -> Said:
    """This will show the places of the round and how the last visit of each ended."""
    places = await queries.route(journey.tx, _staff(journey))
    facts = [item(place.name, RESULTS[place.last] if place.last else _("Not visited yet"), "status") for place in places]
    return Said(_("{count} places are on your route.", count=len(places)), facts, ("sweep.visit", "sweep.place"))


@function("sweep.visit", title=_("Note a visit"), family="serve", asks="choose enter", for_staff=True, cost_by_hand=money(2), why=OWN)
async def visit(journey: Journey) -> Said:
    """This will note how a visit ended, at a place of the route or at another, which joins it."""
    staff = _staff(journey)
    place = await journey.choose("place", _("Which place?"), lambda: _places(journey, staff))
    name, address = place.text, ""
    if place.value == ELSEWHERE:
        name = await journey.enter("name", _("What is the place called?"), rules.check_place)
        address = await journey.enter("address", _("Where is it?"), rules.check_place)
    result = await journey.choose("result", _("How did it end?"), _results)
    note = await _remembered(journey)
    fresh = ids.keyed_id(ids.home_of(staff), EPOCH, "place", ids.stem(journey.id)) if place.value == ELSEWHERE else ""
    at = _when(journey)
    await journey.do("note", _note, staff=staff, place=fresh or place.value, name=str(name) if fresh else "", address=address,
                     result=result.value, words=note, at=at)  # fmt: skip
    return Said(_("Noted: {place}, {result}.", place=name, result=result.text), next=("sweep.route", "line.open"))


@function("sweep.place", title=_("Add a place"), family="serve", asks="enter", for_staff=True, cost_by_hand=money(2), why=OWN)
async def place(journey: Journey) -> Said:
    """This will put a place on one's own route."""
    staff = _staff(journey)
    name = await journey.enter("name", _("What is the place called?"), rules.check_place)
    address = await journey.enter("address", _("Where is it?"), rules.check_place)
    await journey.do("add", _add, staff=staff, name=name, address=address)
    return Said(_("{name} is on your route now.", name=name), next=("sweep.route", "sweep.visit"))


def _staff(journey: Journey) -> str:
    staff = journey.row.staff or journey.caller.who.staff
    if staff is None:
        raise unknown_caller()
    return staff


async def _places(journey: Journey, staff: str) -> list[Option]:
    options = [_option(place) for place in await queries.route_lately(journey.tx, staff)]
    return [*options, Option(ELSEWHERE, _("A place that is not on the route"))]


def _option(place: Place) -> Option:
    badge = _("now with a colleague") if place.ended else RESULTS[place.last] if place.last else ""
    return Option(place.id, place.name, note=place.address, badge=badge)


async def _results() -> list[Option]:
    return [Option(name, text) for name, text in RESULTS.items()]


async def _remembered(journey: Journey) -> str:
    """A note is taken where one came along; nobody is asked for it."""
    if not journey.given("note") and not journey.row.has("answer", "note"):
        return ""
    return await journey.enter("note", _("Anything to remember?"), rules.check_note)


def _when(journey: Journey) -> datetime:
    """When it really was: a kit that took it down before says so; nobody was there in the future."""
    said = journey.given("at")
    try:
        return min(datetime.fromisoformat(str(said)), journey.tx.now) if said else journey.tx.now
    except (TypeError, ValueError):
        return journey.tx.now


async def _note(tx: Tx, staff: str, place: str, name: str, address: str, result: str, words: str, at: datetime) -> str:
    home, id_ = ids.home_of(staff), ids.keyed_id(ids.home_of(staff), EPOCH, "visit", ids.stem(tx.origin.journey or ""))
    if name:
        tx.later("sweep.add_place", {"id": place, "staff": staff, "name": name, "address": address}, works_in=home, once=f"place:{id_}")
    body = {"id": id_, "staff": staff, "place": place, "result": result, "note": words, "at": at.isoformat()}
    tx.later("sweep.note_visit", body, works_in=home, once=id_)
    return id_


async def _add(tx: Tx, staff: str, name: str, address: str) -> str:
    home = ids.home_of(staff)
    id_ = ids.keyed_id(home, EPOCH, "place", ids.stem(tx.origin.journey or ""))
    tx.later("sweep.add_place", {"id": id_, "staff": staff, "name": name, "address": address}, works_in=home, once=id_)
    return id_
