"""What simulated browsers were told can be read by hand."""

import httpx

from onehall.ports.push import Device
from tests.ground.counter import served


async def test_what_browsers_were_told_is_shown(demo_database: str) -> None:
    async with served(demo_database) as (counter, client):
        device = Device("https://browser.simulated/one", "", "")
        assert await counter.world.push.send(device, "hello", "a") and await counter.world.push.send(device, "hello", "a")
        found: httpx.Response = await client.get("/sim/pushes")
        assert [(one["browser"], one["text"]) for one in found.json()] == [("https://browser.simulated/one", "hello")]
