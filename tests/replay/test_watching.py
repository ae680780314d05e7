"""Who watches a day sees the console without a login, and can change nothing."""

import asyncio
from collections.abc import Callable

import pytest

from onehall.replay.day import Day
from onehall.replay.door import Door, Page
from onehall.replay.house import opened
from onehall.replay.watch import PAGE, Watcher

pytestmark = pytest.mark.slow


def test_a_day_is_watched_and_not_touched(fresh: Callable[[bool], str], small_day: Day) -> None:
    dsn = fresh(True)

    async def look() -> tuple[Page, Page, int]:
        async with opened(small_day, dsn, settled=True) as scene:
            door = Door(Watcher(scene), "viewer", language="en")
            seen = await door.see(f"{PAGE}?of={small_day.heading.day}")
            written = await door.post("/desk/logout", {})
            return seen, await door.see("/console/orders"), written.status

    seen, orders, refused = asyncio.run(look())
    assert seen.status == 200 and "Services given" in seen.text and "Zhao Ning" in seen.text
    assert orders.status == 200 and orders.path == "/console/orders"
    assert refused == 405
