"""The nouns of work in the street."""

from datetime import datetime
from typing import Final

import msgspec

from onehall.kernel.i18n import Text, _

RESULTS: Final[dict[str, Text]] = {
    "opened": _("Opened a line"), "interested": _("Interested, come again"), "nobody": _("Nobody there"), "no": _("Not wanted"),
    "served": _("Served an existing customer"),
}  # fmt: skip


class Place(msgspec.Struct, frozen=True):
    """A building, shop or stall on somebody's route; `last` is how the last visit ended (a key of RESULTS), at `seen`.

    One that `ended` went over to a colleague's route.
    """

    id: str
    name: str
    address: str
    last: str = ""
    seen: datetime | None = None
    ended: datetime | None = None


class Call(msgspec.Struct, frozen=True):
    """A visit as it was noted, with the place as it is called."""

    place: str
    address: str
    result: str
    note: str
    at: datetime


class Round(msgspec.Struct):
    """What a member of staff did on a day: `results` counts visits by how they ended, `opened` the lines that were taken down.

    `places` are on the route now.
    """

    staff: str
    places: int = 0
    results: dict[str, int] = {}
    last: datetime | None = None
    opened: int = 0

    @property
    def visits(self) -> int:
        """This will count the visits."""
        return sum(self.results.values())


class Carried(msgspec.Struct, frozen=True):
    """A number that a kit has with it: nobody else is offered it until `until`; `token` is the hold's."""

    number: str
    token: str
    until: datetime


class Capture(msgspec.Struct, frozen=True):
    """Something that was taken down in the street: the kit's own `name` for it, what it is for, and when it really was."""

    name: str
    function: str
    journey: str
    at: datetime
    off_seconds: int
