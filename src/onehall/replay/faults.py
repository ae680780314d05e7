"""What goes wrong on a day, and how the house is told: by the switches of the simulated world, and by the bank's slow post."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

import msgspec

from onehall.replay.day import Event
from onehall.replay.door import Door
from onehall.replay.scene import Scene
from onehall.replay.talking import Ending

AWAY: Final = 1_000_000  # calls
LATE: Final = timedelta(minutes=10)
SWITCHES: Final[dict[str, tuple[str, str, Any]]] = {  # the adapter, the switch, and what it is set to while the fault lasts
    "sim spoilt": ("sim_writer", "fail", 1), "notices doubled": ("payment", "doubled", 1), "notices lost": ("payment", "lost", 1),
    "network down": ("network", "later", AWAY), "bank down": ("payment", "down", 1),
}  # fmt: skip


async def break_something(scene: Scene, event: Event) -> Ending:
    """This will turn a switch, and turn it off again when the fault is over; one that counts is used up by itself."""
    adapter, switch, value = SWITCHES[event.does]
    await _turn(scene, adapter, switch, value)
    if minutes := int(event.with_.get("minutes", 0)):
        await scene.street.rest(60 * minutes)
        await _turn(scene, adapter, switch, None)
    return Ending("over" if minutes else "set")


async def slow_post(scene: Scene, event: Event) -> Ending:
    """This will have the bank's notices come ten minutes late for a while."""
    scene.post.late = LATE
    await scene.street.rest(60 * int(event.with_.get("minutes", 30)))
    scene.post.late = timedelta(0)
    return Ending("over")


async def _turn(scene: Scene, adapter: str, switch: str, value: Any) -> None:
    answer = await Door(scene.app, "world").send("POST", f"/sim/{adapter}/switches", msgspec.json.encode({"name": switch, "value": value}))
    if answer.status != 200:
        raise RuntimeError(f"the switch {adapter}.{switch} answers {answer.status}")


FAULTS: Final[dict[str, Callable[[Scene, Event], Awaitable[Ending]]]] = {
    **dict.fromkeys(SWITCHES, break_something), "notices late": slow_post,
}  # fmt: skip
