"""Planning a day: the same seed and scale make the same people and the same list of what happens."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any, Final

from onehall.demo.tariffs import PACKS
from onehall.replay import habits, town
from onehall.replay.day import SERVICES, Day, Event, Heading, Person, clock_words
from onehall.replay.habits import Wish, pick

LAST_OF_A_MONTH: Final = date(2026, 11, 30)  # a Monday; the night after it turns the month
A_PERSON: Final = 5  # services a day
PEOPLE_MIN: Final = 8
PATIENT: Final = {"pay": 84, "decline": 7, "leave": 9}
BUYS: Final = {"buys": 62, "leaves at prove": 22, "leaves at agree": 9, "leaves at pay": 4, "declines": 3}
WILLING: Final = ("buys", "pay")  # who goes through with it
GUESTS_FROM: Final = 10_000  # documents of guests are numbered from here


def plan(seed: int, scale: float, day: date = LAST_OF_A_MONTH) -> Day:
    """This will plan a day; it depends on nothing else than what is given."""
    luck = Random(seed)
    count = habits.services(SERVICES, scale, day)
    people = town.residents(luck, max(PEOPLE_MIN, count // A_PERSON))
    services = list(_services(luck, count, people))
    events = [*services, *_faults(luck, scale, services), *_uses(luck, people), *_shifts()]
    return Day(Heading(day, seed, scale), tuple(people), tuple(sorted(events, key=lambda one: (one.at, one.who))))


def _services(luck: Random, count: int, people: list[Person]) -> Iterator[Event]:
    whole = sum(wish.share for wish in habits.WISHES)
    fond, tails, guests = {way: _fond(people, way) for way in habits.HOURS}, town.tails(), 0
    for wish in habits.WISHES:
        for _one in range(max(wish.least, round(count * wish.share / whole))):
            way = pick(luck, wish.ways)
            at = clock_words(_second(luck, way.rpartition(">")[2], wish))
            if wish.guest:
                guests += 1
                yield Event(at, f"g{guests:04}", way, wish.does, _guest(luck, wish, guests, tails))
            else:
                yield Event(at, pick(luck, fond[way]), way, wish.does, _with(luck, wish))


def _second(luck: Random, way: str, wish: Wish) -> int:
    """A second of the day; who goes to a counter comes while somebody stands there, and who leaves or buys not in its last minutes."""
    hours = dict(enumerate(habits.HOURS[way]))
    if wish.does in ("line.open", "line.close", "port_out.code", "lost phone"):
        hours = {hour: share if hour < 22 else 0 for hour, share in hours.items()}
    return pick(luck, hours) * 3600 + luck.randrange(3600)


def _fond(people: list[Person], way: str) -> dict[str, int]:
    """Who likes a way goes it more often than who only can."""
    return {person.id: 8 if person.ways[0] == way else 1 for person in people if way in person.ways} or {people[0].id: 1}


def _with(luck: Random, wish: Wish) -> dict[str, Any]:
    match wish.does:
        case "topup":
            return {"amount": pick(luck, habits.AMOUNTS), "then": pick(luck, PATIENT)}
        case "pack.add":
            return {"pack": luck.choice([pack[0] for pack in PACKS if pack[4] <= 2000]), "then": pick(luck, PATIENT)}
        case "plan.change":
            return {"plan": luck.choice([plan for plan in habits.PLANS if not plan.startswith(("youth", "senior"))])}
        case "lost phone":
            return {"found after": luck.randrange(20, 180)}
    return {}


def _guest(luck: Random, wish: Wish, place: int, tails: tuple[str, ...]) -> dict[str, Any]:
    if wish.does == "number.search":
        return {"words": f"ends {luck.choice('01235678')}{luck.choice('01235678')}, no 4"}
    if wish.does != "line.open":
        return {}
    return {
        "plan": pick(luck, habits.PLANS | {"youth-39": 0, "senior-25": 0}), "ends": luck.choice(tails), "name": town.name(luck),
        "document": town.document(luck, GUESTS_FROM + place), "then": pick(luck, BUYS), "store": luck.choice(list(town.CLERKS)),
        "phone": f"139{8_000_0000 + place:08}",
    }  # fmt: skip


def _faults(luck: Random, scale: float, services: list[Event]) -> Iterator[Event]:
    """Faults come by day, a minute or two before somebody comes whom they hit: a small day has its faults too."""
    for does, fault in habits.FAULTS.items():
        hit = [one for one in services if one.does in fault.hits and one.with_.get("then") in WILLING and "09" <= one.at < "21"]
        for _one in range(max(fault.least, round(fault.often * scale))):
            seconds = _seconds(luck.choice(hit).at) - luck.randrange(20, 120)
            yield Event(clock_words(seconds), "world", "world", does, {"minutes": fault.minutes} if fault.minutes else {})


def _uses(luck: Random, people: list[Person]) -> Iterator[Event]:
    """What was used in a day is told once, of some people before noon and of others at night."""
    for person in people:
        if luck.random() < habits.USED_TODAY:
            used = {kind: round(luck.expovariate(1 / mean), 1 if kind != "sms" else None) for kind, mean in habits.USES.items()}
            at = clock_words(pick(luck, dict(enumerate(habits.ONLINE))) * 3600 + luck.randrange(3600))
            yield Event(at, person.id, "network", "use", used)


def _seconds(at: str) -> int:
    hours, minutes, seconds = (int(part) for part in at.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def _shifts() -> Iterator[Event]:
    """Clerks come a little before the doors open."""
    for place, clerk in enumerate(town.CLERKS.values()):
        yield Event(clock_words(8 * 3600 + 3000 + place * 60), clerk.username, "counter", "clerk logs in")
