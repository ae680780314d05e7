"""When people come, by which way, and what they come for. Curves are out of a thousand.

The hours were learnt from public records of when customers contacted an operator: on its site (1,105 of them) and by telephone
(1,119); the days of the week, and what is used in a day, from 320 thousand calls, messages and sessions of 500 subscribers. The
rest is our own estimate.
"""

from datetime import date
from random import Random
from typing import Final, TypeVar

import msgspec

T = TypeVar("T")
ONLINE: Final = (25, 24, 16, 5, 9, 4, 4, 10, 28, 56, 52, 63, 68, 80, 81, 64, 79, 57, 52, 43, 40, 55, 52, 33)
SPOKEN: Final = (28, 15, 7, 8, 8, 3, 7, 14, 17, 40, 55, 73, 65, 65, 73, 71, 80, 66, 46, 61, 52, 55, 55, 33)
COUNTER: Final = (0, 0, 0, 0, 0, 0, 0, 0, 0, 60, 110, 115, 95, 85, 105, 115, 110, 100, 90, 75, 40, 0, 0, 0)
HOURS: Final = {"app": ONLINE, "web": ONLINE, "sms": SPOKEN, "counter": COUNTER}
WEEK: Final = (1024, 980, 984, 989, 991, 1000, 1032)  # Monday first; 1000 is the mean day
DEVICES: Final = {"smart": 78, "plain": 14, "tablet": 8}
WAYS: Final = {  # of each device, how likely a channel is somebody's favourite
    "smart": {"app": 62, "web": 22, "sms": 10, "counter": 6},
    "plain": {"sms": 68, "counter": 32},
    "tablet": {"web": 70, "app": 30},
}
PLANS: Final = {"hall-59": 34, "hall-99": 18, "hall-29": 20, "data-79": 10, "data-129": 6, "youth-39": 7, "senior-25": 5}
AMOUNTS: Final = {30: 25, 50: 40, 100: 25, 200: 10}

USED_TODAY: Final = 0.4  # of the people
USES: Final = {"data_mb": 550, "voice_min": 13, "sms": 1}  # in a day, on average


class Wish(msgspec.Struct, frozen=True):
    """A kind of service. `share`: of a thousand services; `least`: so many on the smallest day; `ways`: where it is asked for."""

    does: str
    share: int
    ways: dict[str, int]
    least: int = 0
    guest: bool = False


READ: Final = {"app": 58, "web": 18, "sms": 22, "counter": 2}
WISHES: Final = (
    Wish("balance.check", 190, READ, 2), Wish("data.left", 140, READ, 2), Wish("orders.mine", 45, {"app": 70, "web": 28, "counter": 2}),
    Wish("bill.so_far", 100, READ, 1), Wish("usage.month", 50, {"app": 60, "web": 25, "sms": 15}), Wish("line.detail", 45, READ),
    Wish("look at plans", 130, {"web": 100}, 1, guest=True), Wish("number.search", 60, {"app": 70, "web": 30}, guest=True),
    Wish("topup", 110, {"app": 55, "web": 20, "sms": 17, "counter": 8}, 6),
    Wish("pack.add", 40, {"app": 75, "web": 15, "counter": 10}, 2), Wish("plan.change", 12, {"app": 60, "web": 20, "counter": 20}, 1),
    Wish("lost phone", 5, {"app": 50, "web": 50}, 1), Wish("sim.replace", 5, {"counter": 100}, 1),
    Wish("port_out.check", 6, {"sms": 60, "app": 40}, 1), Wish("port_out.code", 4, {"sms": 70, "app": 30}, 1),
    Wish("line.close", 3, {"counter": 70, "web": 30}, 1),
    Wish("line.open", 40, {"app": 38, "web": 27, "counter": 15, "app>counter": 12, "sms>counter": 8}, 5, guest=True),
)  # fmt: skip


class Fault(msgspec.Struct, frozen=True):
    """A kind of fault. `often`: at scale 1; `minutes`: how long it lasts, 0 for one blow; `hits`: the services that feel it."""

    often: int
    minutes: int
    hits: tuple[str, ...]
    least: int = 1


FAULTS: Final = {
    "sim spoilt": Fault(10, 0, ("line.open",), 2), "notices doubled": Fault(2, 45, ("topup",)), "notices late": Fault(2, 40, ("topup",)),
    "notices lost": Fault(1, 15, ("topup",)), "network down": Fault(1, 30, ("line.open",)), "bank down": Fault(1, 4, ("topup",)),
}  # fmt: skip


def services(whole: int, scale: float, day: date) -> int:
    """This will say how many services a day of the week has."""
    return max(1, round(whole * scale * WEEK[day.weekday()] / 1000))


def pick(luck: Random, shares: dict[T, int]) -> T:
    """This will draw one by its share."""
    return luck.choices(tuple(shares), tuple(shares.values()))[0]
