"""Who lives in town: customers with lines, and the guests who come to buy one. All of them are made up."""

from functools import lru_cache
from random import Random
from typing import Final

from onehall.demo.people import STAFF
from onehall.demo.stock import numbers
from onehall.replay import habits
from onehall.replay.day import Person
from onehall.replay.habits import pick

FAMILY: Final = "李王张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
GIVEN: Final = "伟芳娜敏静磊洋艳勇军杰娟涛明超霞平刚桂英雨晨欣怡子涵"
FOREIGN: Final = ("Anna Weber", "James Okoro", "Lucia Rossi", "Kenji Mori", "Noor Khan")
CLERKS: Final = {person.unit: person for person in STAFF if person.role == "clerk"}
PREFIX: Final = "1860004"  # no number of the demo operator's pool begins so
CHECK: Final = "10X98765432"
PEOPLE_MAX: Final = 9_999


def residents(luck: Random, count: int) -> list[Person]:
    """This will make customers who have a line; nobody's document or number is another's."""
    return [_resident(luck, place) for place in range(1, min(count, PEOPLE_MAX) + 1)]


def _resident(luck: Random, place: int) -> Person:
    device = pick(luck, habits.DEVICES)
    foreign = luck.random() < 0.04
    return Person(
        f"r{place:04}", f"{PREFIX}{place:04}", luck.choice(FOREIGN) if foreign else name(luck), document(luck, place),
        pick(luck, habits.PLANS), luck.randrange(0, 20_000, 10), luck.choice(list(CLERKS)), "en" if foreign else "zh-CN",
        device, ways(luck, device),
    )  # fmt: skip


def ways(luck: Random, device: str) -> tuple[str, ...]:
    """This will put the channels that a device can use in an order of liking."""
    left, found = dict(habits.WAYS[device]), []
    while left:
        found.append(pick(luck, left))
        del left[found[-1]]
    return tuple(found)


def name(luck: Random) -> str:
    """This will make up a name."""
    return luck.choice(FAMILY) + "".join(luck.choice(GIVEN) for _ in range(luck.choice((1, 2, 2))))


def document(luck: Random, place: int) -> str:
    """This will make up a resident's document of somebody grown up, whose check digit is right; `place` is in it, so it is alone."""
    born = f"{luck.randrange(1950, 2004)}{luck.randrange(1, 13):02}{luck.randrange(1, 29):02}"
    body = f"11{place // 1000:02}01{born}{place % 1000:03}"
    return body + CHECK[sum(int(digit) * (2 ** (17 - at) % 11) for at, digit in enumerate(body)) % 11]


@lru_cache(maxsize=1)
def tails() -> tuple[str, ...]:
    """This will give the last four digits that ordinary numbers of the pool end in."""
    return tuple(sorted({number.number[-4:] for number in numbers() if _plain(number.number[-4:])}))


def _plain(tail: str) -> bool:
    """Nobody pays for these: four digits of their own, no two of them in a row."""
    steps = [abs(int(one) - int(next_)) for one, next_ in zip(tail, tail[1:], strict=False)]
    return len(set(tail)) == 4 and 1 not in steps
