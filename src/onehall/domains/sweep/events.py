"""What is told of work in the street."""

from datetime import datetime

from onehall.kernel.events import Fact


class NumbersHanded(Fact, frozen=True, tag="sweep.numbers_handed"):
    """A kit took numbers along; until then nobody else is offered them."""

    holder: str
    numbers: list[str]
    until: datetime


class CaptureReceived(Fact, frozen=True, tag="sweep.capture_received"):
    """What a kit took down at `at` came in as a journey; the kit's clock was `off_seconds` ahead of ours."""

    capture: str
    into: str
    at: datetime
    off_seconds: int


class PlaceAdded(Fact, frozen=True, tag="sweep.place_added"):
    """A place joined somebody's route."""

    place: str


class PlaceAssigned(Fact, frozen=True, tag="sweep.place_assigned"):
    """A place went over from one member of staff's route to another's."""

    place: str
    holder: str
    to: str


class PlaceVisited(Fact, frozen=True, tag="sweep.place_visited"):
    """A place was visited; `result` is how that ended."""

    place: str
    result: str
