"""What is decided of work in the street: how many numbers a kit carries and how long, whose clock counts, what a note may say."""

from datetime import datetime, timedelta
from typing import Final

from onehall.domains.sweep.model import RESULTS
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal

KIT_NUMBERS_MAX: Final = 10
KIT_LEASE: Final = timedelta(hours=12)
CLOCK_OFF_MAX: Final = timedelta(minutes=5)
OFFLINE_MAX: Final = timedelta(hours=72)
NOTE_LENGTH_MAX: Final = 300
ROUTE_PLACES_MAX: Final = 100
PLACES_AT_ONCE_MAX: Final = 50
PLACE_LENGTH_MAX: Final = 80


def numbers_to_hand(carried: int, asked: int) -> int:
    """A kit carries at most ten numbers at a time; it is given what is missing to as many as it asks for."""
    return max(0, min(asked, KIT_NUMBERS_MAX) - carried)


def lease_until(now: datetime) -> datetime:
    """A kit keeps its numbers for one working day of twelve hours."""
    return now + KIT_LEASE


def clock_off(kit: datetime, now: datetime) -> timedelta:
    """A kit's clock may be five minutes fast or slow; one that is further off is set first, and nothing is taken meanwhile.

    :raises Refusal: `kit.clock`, 422.
    """
    off = kit - now
    if abs(off) > CLOCK_OFF_MAX:
        raise Refusal("kit.clock", _("The clock of this phone is more than five minutes off. Set it, then send again."), 422)
    return off


def captured_at(at: datetime, off: timedelta, now: datetime) -> datetime:
    """What was taken down counts from when it really was, by our clock: not in the future, and not more than three days ago.

    :raises Refusal: `capture.early`, `capture.old`, 422.
    """
    really = at - off
    if really > now + CLOCK_OFF_MAX:
        raise Refusal("capture.early", _("This was taken down in the future. Set the clock of this phone."), 422)
    if really < now - OFFLINE_MAX:
        raise Refusal("capture.old", _("This was taken down more than three days ago. Ask the customer again."), 422)
    return min(really, now)


def check_result(text: str) -> str:
    """A visit ends in one of the known ways.

    :raises Refusal: `visit.result`, 422.
    """
    if text not in RESULTS:
        raise Refusal("visit.result", _("Please choose how the visit ended."), 422)
    return text


def check_note(text: str) -> str:
    """A note to a visit is a few words, at most 300 signs.

    :raises Refusal: `visit.note`, 422.
    """
    words = " ".join(text.split())
    if len(words) > NOTE_LENGTH_MAX:
        raise Refusal("visit.note", _("A note has at most {count} signs.", count=NOTE_LENGTH_MAX), 422)
    return words


def check_place(text: str) -> str:
    """A place has a name, or an address, of at most 80 signs on one line.

    :raises Refusal: `place.name`, 422.
    """
    words = " ".join(text.split())
    if not 0 < len(words) <= PLACE_LENGTH_MAX:
        raise Refusal("place.name", _("Please name the place in at most {count} signs.", count=PLACE_LENGTH_MAX), 422)
    return words


def check_route(places: int, more: int) -> None:
    """A route has at most a hundred places; whoever has more sees none of them well.

    :raises Refusal: `route.full`, 409.
    """
    if places + more > ROUTE_PLACES_MAX:
        raise Refusal("route.full", _("A route has at most {count} places.", count=ROUTE_PLACES_MAX), 409)


def places_in(text: str) -> list[tuple[str, str]]:
    """A list of places has one on each line, its name before the first comma and its address behind; fifty lines at most.

    :raises Refusal: `place.name`, `place.address`, `place.count`, 422.
    """
    lines = [line for line in text.replace("，", ",").splitlines() if line.strip()]
    if not 0 < len(lines) <= PLACES_AT_ONCE_MAX:
        raise Refusal("place.count", _("Please write 1 to {count} places, one on each line.", count=PLACES_AT_ONCE_MAX), 422)
    if any("," not in line for line in lines):
        raise Refusal("place.address", _("Each line has a name, a comma, and where it is."), 422)
    return [(check_place(name), check_place(address)) for name, _comma, address in (line.partition(",") for line in lines)]
