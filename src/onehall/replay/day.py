"""A day as it is planned, and the file in which it can be kept, read and changed by hand: one JSON object in each line.

The first line says which day it is, then come the people (`lives`), then what happens (`at`), in order of time.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from onehall.kernel.i18n import ZONE

VERSION: Final = 1
SERVICES: Final = 20_000  # of a whole day at scale 1


class BadDay(ValueError):
    """A file does not hold a day; the message is one line for whoever wrote it."""


class Heading(msgspec.Struct, frozen=True):
    """The first line of a day's file."""

    day: date
    seed: int
    scale: float
    version: int = VERSION


class Person(msgspec.Struct, frozen=True, rename={"id": "lives"}):
    """Somebody with a line of ours. `balance` is in fen; `device`: smart, plain, tablet; `ways`: the channels they use, favourite first."""

    id: str
    number: str
    name: str
    document: str
    plan: str
    balance: int
    unit: str
    language: str
    device: str
    ways: tuple[str, ...]


class Event(msgspec.Struct, frozen=True, rename={"with_": "with"}):
    """Something that somebody does, or that happens to the house. `at`: HH:MM:SS of the operator's day; `by`: a channel, or world."""

    at: str
    who: str
    by: str
    does: str
    with_: dict[str, Any] = {}


class Day(msgspec.Struct, frozen=True):
    """A planned day."""

    heading: Heading
    people: tuple[Person, ...]
    events: tuple[Event, ...]

    @property
    def start(self) -> datetime:
        """This will give its midnight in the operator's zone."""
        day = self.heading.day
        return datetime(day.year, day.month, day.day, tzinfo=ZONE)

    def moment(self, event: Event) -> datetime:
        """This will give the time of an event."""
        hours, minutes, seconds = (int(part) for part in event.at.split(":"))
        return self.start + timedelta(hours=hours, minutes=minutes, seconds=seconds)


def clock_words(seconds: int) -> str:
    """This will write a second of the day as HH:MM:SS."""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def lines(day: Day) -> Iterable[str]:
    """This will write a day, line by line."""
    for part in (day.heading, *day.people, *day.events):
        yield msgspec.json.encode(part).decode()


def write(day: Day, path: Path) -> None:
    """This will keep a day in a file."""
    path.write_text("\n".join(lines(day)) + "\n", encoding="utf-8")


def read(path: Path) -> Day:
    """This will read a day; events may stand in any order.

    :raises BadDay: with the number of the first line that is wrong.
    """
    heading: Heading | None = None
    people: list[Person] = []
    events: list[Event] = []
    for place, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            found = _line(line, heading is None)
        except (msgspec.MsgspecError, ValueError) as wrong:
            raise BadDay(f"{path.name}, line {place}: {wrong}") from None
        match found:
            case Heading():
                heading = found
            case Person():
                people.append(found)
            case _:
                events.append(found)
    if heading is None:
        raise BadDay(f"{path.name} is empty")
    return Day(heading, tuple(people), tuple(sorted(events, key=lambda event: event.at)))


def _line(line: str, first: bool) -> Heading | Person | Event:
    if first:
        return msgspec.json.decode(line, type=Heading)
    fields = msgspec.json.decode(line, type=dict[str, Any])
    if "lives" in fields:
        return msgspec.convert(fields, Person)
    event = msgspec.convert(fields, Event)
    datetime.strptime(event.at, "%H:%M:%S")  # a time of day, or a ValueError
    return event
