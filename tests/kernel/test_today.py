"""The day as it runs: counted by ten minutes, channel and part of the operator; what is over is counted once."""

import asyncio
from datetime import timedelta

import pytest

from onehall.kernel.events import Origin
from onehall.kernel.i18n import ZONE
from onehall.kernel.store import Store
from onehall.kernel.today import REST_SECONDS_MIN, Today
from onehall.kernel.visits import Visited

GUANGDONG, ZHEJIANG = "onehall.gd", "onehall.zj"


@pytest.fixture
async def morning(store: Store) -> Store:
    """A house at ten in the morning of a day of the operator's zone."""
    now = store.clock.now().astimezone(ZONE)
    at_ten = now.replace(hour=10, minute=0, second=1, microsecond=0)
    store.clock.move(at_ten + timedelta(days=1) - now)
    return store


async def serve(store: Store, channel: str, unit: str | None, times: int = 1) -> None:
    async with store.edge(0) as tx:
        for _time in range(times):
            tx.tell(Visited("balance.check"), Origin(channel=channel, unit=unit))


async def test_services_are_counted_by_slot_and_channel_of_ones_own_part(morning: Store) -> None:
    await serve(morning, "api", GUANGDONG, 3)
    await serve(morning, "desk", ZHEJIANG)
    await serve(morning, "sms", None)
    today = Today(morning)
    whole = await today.look("onehall")
    assert sorted((one.slot, one.channel, one.count) for one in whole.counts) == [(60, "api", 3), (60, "desk", 1), (60, "sms", 1)]  # 10:00
    assert [(one.channel, one.count) for one in (await today.look(GUANGDONG)).counts] == [("api", 3)]
    assert (await today.look("onehall.g")).counts == ()
    assert whole.start == morning.clock.now().astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)


async def test_what_is_over_is_counted_once_and_what_is_new_is_added(morning: Store) -> None:
    await serve(morning, "api", GUANGDONG, 2)
    today = Today(morning)
    morning.clock.move(timedelta(minutes=13))  # three minutes after the end of the slot
    assert sum(one.count for one in (await today.look("onehall")).counts) == 2
    async with morning.edge(0) as tx:
        await tx.write("DELETE FROM event")  # a second count would find nothing
    await serve(morning, "web", GUANGDONG)
    await asyncio.sleep(REST_SECONDS_MIN + 0.1)
    found = await today.look("onehall")
    assert sorted((one.slot, one.channel, one.count) for one in found.counts) == [(60, "api", 2), (61, "web", 1)]


async def test_a_slot_that_has_just_ended_is_not_closed_to_a_fact_that_is_late(morning: Store) -> None:
    today = Today(morning)
    morning.clock.move(timedelta(minutes=9, seconds=30))
    await serve(morning, "api", GUANGDONG)
    morning.clock.move(timedelta(seconds=60))
    assert sum(one.count for one in (await today.look("onehall")).counts) == 1
    await serve(morning, "web", None)
    async with morning.edge(0) as tx:  # written now, of the slot before
        await tx.write("UPDATE event SET at = at - interval '70 seconds' WHERE channel = 'web'")
    await asyncio.sleep(REST_SECONDS_MIN + 0.1)
    assert sorted((one.slot, one.channel) for one in (await today.look("onehall")).counts) == [(60, "api"), (60, "web")]


async def test_a_new_day_begins_with_nothing(morning: Store) -> None:
    await serve(morning, "api", GUANGDONG)
    today, yesterday = Today(morning), morning.clock.now().astimezone(ZONE).date()
    morning.clock.move(timedelta(hours=1))
    assert len((await today.look("onehall")).counts) == 1
    morning.clock.move(timedelta(hours=13))
    await asyncio.sleep(REST_SECONDS_MIN + 0.1)
    assert (await today.look("onehall")).counts == ()
    before = await today.look("onehall", yesterday)
    assert [(one.slot, one.count) for one in before.counts] == [(60, 1)] and before.now == before.start + timedelta(days=1)


async def test_work_that_is_due_is_shown_with_the_age_of_the_oldest(morning: Store) -> None:
    async with morning.edge(0) as tx:
        for minutes in (5, 3, -60):
            tx.later("sms.send", {}, due=tx.now - timedelta(minutes=minutes))
        tx.later("network.set", {}, due=tx.now - timedelta(minutes=4))
    found = await Today(morning).look("onehall")
    assert [(one.kind, one.count, round(one.age_seconds / 60)) for one in found.queues] == [
        ("sms.send", 2, 5), ("network.set", 1, 4),
    ]  # fmt: skip
