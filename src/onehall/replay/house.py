"""The house of a simulated day: fresh, with the demo operator and the town's people in it, and no worker but the day's own hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from onehall import app, demo
from onehall.demo.customers import Customer, settle
from onehall.domains import billing
from onehall.kernel.settings import Settings
from onehall.kernel.store import migrate
from onehall.replay.clock import OURS, DayClock
from onehall.replay.day import Day, Person
from onehall.replay.door import HOST, Door
from onehall.replay.post import Post
from onehall.replay.scene import Scene
from onehall.replay.street import Street

SECRET: Final = "a simulated day has no secret from anybody"
SETTLED_BEFORE: Final = timedelta(days=20)
AT_ONCE: Final = 6


@asynccontextmanager
async def opened(day: Day, dsn: str, *, settled: bool = False) -> AsyncIterator[Scene]:
    """This will open a house over an empty database, with the town's people in it as they were before the day.

    `settled`: they live there already, because the day's house was opened over this database before.
    """
    OURS.set(True)
    clock = DayClock(day.start - SETTLED_BEFORE)
    await migrate(dsn)
    rules = Settings(database_url=dsn, database_pool=8, secret=SECRET, base_url=f"http://{HOST}", language="zh-CN")
    serving = app.create(rules, clock, works=False)
    house: app.House = serving.state.house
    await house.store.open()
    try:
        if not settled:
            await _settle(day, house)
        yield await _stage(day, serving, house, clock)
    finally:
        await house.store.close()


async def _settle(day: Day, house: app.House) -> None:
    await demo.open(house.store, lambda line: None)
    for start in range(0, len(day.people), AT_ONCE):
        await asyncio.gather(*(settle(house.store, _customer(one)) for one in day.people[start : start + AT_ONCE]))
    async with house.store.edge(0) as tx:
        billing.reactions.plan_reconciliation(tx, day.heading.day)
        billing.reactions.usage.plan_sweep(tx, day.heading.day)


async def _stage(day: Day, serving: Any, house: app.House, clock: DayClock) -> Scene:
    street = Street(house.store, house.world, clock)
    post = Post(house.world.payment, street, Door(serving, "bank"))
    house.world.payment.notices = post
    street.minutely.append(house.hall.visits.write)
    await street.work_until(day.start)
    return Scene(serving, day, street, post)


async def leave(scene: Scene) -> None:
    """This will write down how far the day's clock is ahead of the machine's, for those who read these tables later."""
    ahead = scene.clock.at - datetime.now(UTC)
    if ahead > timedelta(0):
        await scene.app.state.clockwork.move(ahead)


def _customer(one: Person) -> Customer:
    return Customer(one.number, one.name, one.document, one.plan, one.balance, one.unit, one.language)
