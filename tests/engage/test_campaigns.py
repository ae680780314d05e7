"""Campaigns in a house worked by hand: pause, stop, quiet hours, a message centre that is away, and a stop between stamp and hand-over."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from onehall.bench.audience import Customer, customer, settle
from onehall.domains import engage, party
from onehall.domains.engage import Audience, Campaign
from onehall.kernel.events import Origin
from onehall.kernel.i18n import ZONE
from onehall.kernel.ids import home_of
from onehall.kernel.refusals import Refusal
from tests.ground.counter import Counter, opened

TEXTS = {"en": "Ten gigabytes for ten yuan.", "zh-CN": "十元十个G。"}
PEOPLE = 8


@pytest_asyncio.fixture
async def counter(database: str) -> AsyncIterator[Counter]:
    """A house at ten in the morning, with eight customers in two homes of different lanes."""
    async with opened(database) as made:
        at(made, 10)
        await settle(made.store, PEOPLE, 2)
        yield made


def at(counter: Counter, hour: int) -> None:
    local = counter.store.clock.now().astimezone(ZONE)
    wanted = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    counter.store.clock.move((wanted if wanted > local else wanted + timedelta(days=1)) - local)


async def made(counter: Counter, ways: tuple[str, ...] = ("sms",), **audience: Any) -> Campaign:
    async with counter.store.edge(0) as tx:
        return await engage.actions.make(tx, "Autumn", TEXTS, ways, Audience(**audience))


async def moved(counter: Counter, one: Campaign, target: str) -> None:
    async with counter.store.edge(0) as tx:
        await engage.actions.move(tx, one.id, target)


async def stands(counter: Counter, one: Campaign) -> tuple[str, dict[str, int]]:
    async with counter.store.edge(0) as tx:
        state = (await engage.queries.campaign(tx, one.id)).state
        found = await engage.queries.figures(tx, one)
    assert found.fits
    return state, {each: count for each in ("sent", "delivered", "withdrawn", "failed", "suppressed") if (count := found.of(each))}


async def stops(counter: Counter, who: Customer, way: str | None = None, channel: str = "web") -> None:
    async with counter.store.edge(who.party, Origin(channel=channel, party=who.party)) as tx:
        await party.actions.stop_marketing(tx, who.party, way)


async def texts(counter: Counter, who: Customer) -> list[str]:
    return [message.text for message in await counter.world.sms.messages(who.phone)]


async def test_everybody_is_sent_it_once_and_the_campaign_is_done(counter: Counter) -> None:
    one = await made(counter)
    assert await stands(counter, one) == ("draft", {})
    await moved(counter, one, "running")
    await counter.settle()
    assert await stands(counter, one) == ("done", {"delivered": PEOPLE})
    for place in range(PEOPLE):
        assert len(await texts(counter, customer(place, 2))) == 1
    with pytest.raises(Refusal) as refused:
        await moved(counter, one, "running")
    assert refused.value.status == 409


async def test_a_step_that_is_done_again_sends_nothing_twice(counter: Counter) -> None:
    one = await made(counter)
    await moved(counter, one, "running")
    step = {"campaign": one.id, "lane": 0, "home": 0, "after": ""}
    async with counter.store.edge(0) as tx:
        await engage.actions.step(tx, step)
    await counter.settle()
    assert await stands(counter, one) == ("done", {"delivered": PEOPLE})


async def test_a_paused_campaign_waits_and_goes_on(counter: Counter) -> None:
    one = await made(counter)
    await moved(counter, one, "running")
    await moved(counter, one, "paused")
    await counter.settle()
    assert await stands(counter, one) == ("paused", {})
    await moved(counter, one, "running")
    counter.store.clock.move(timedelta(seconds=4))
    await counter.settle()
    assert await stands(counter, one) == ("done", {"delivered": PEOPLE})


async def test_a_stopped_campaign_sends_nothing_more(counter: Counter) -> None:
    one = await made(counter)
    await moved(counter, one, "running")
    await moved(counter, one, "stopped")
    await counter.settle()
    counter.store.clock.move(timedelta(minutes=10))
    await counter.settle()
    assert await stands(counter, one) == ("stopped", {})
    assert await counter.one("SELECT count(*) FROM job WHERE kind LIKE 'engage.%'") == 0


async def test_nothing_is_sent_in_quiet_hours_and_the_rest_follows_in_the_morning(counter: Counter) -> None:
    at(counter, 22)
    one = await made(counter)
    await moved(counter, one, "running")
    await counter.settle()
    assert await stands(counter, one) == ("running", {})
    at(counter, 8)
    await counter.settle()
    assert await stands(counter, one) == ("done", {"delivered": PEOPLE})


async def test_a_stop_between_stamp_and_hand_over_keeps_it_in_the_house(counter: Counter) -> None:
    who = customer(1, 2)
    await counter.world.sms.switches.turn("later", 50)
    one = await made(counter, parties=(who.party,))
    await moved(counter, one, "running")
    await counter.settle()
    assert await stands(counter, one) == ("running", {"sent": 1})
    await stops(counter, who)
    await counter.world.sms.switches.turn("later", None)
    counter.store.clock.move(timedelta(minutes=1))
    await counter.settle()
    assert await stands(counter, one) == ("done", {"withdrawn": 1})
    [receipt] = await texts(counter, who)
    assert receipt.startswith("We have noted that you stopped marketing. Receipt "), receipt


async def test_a_centre_that_stays_away_ends_it_as_failed_and_the_campaign_goes_on(counter: Counter) -> None:
    await counter.world.sms.switches.turn("later", 50)
    one = await made(counter, parties=tuple(customer(place, 2).party for place in (0, 1)))
    await moved(counter, one, "running")
    for _try in range(10):
        await counter.settle()
        counter.store.clock.move(timedelta(minutes=10))
    assert await stands(counter, one) == ("done", {"failed": 2})


async def test_one_way_is_stopped_and_the_next_is_taken(counter: Counter) -> None:
    who = customer(2, 2)
    await stops(counter, who, "sms")
    one = await made(counter, ways=("sms", "wechat"), parties=(who.party,))
    await moved(counter, one, "running")
    await counter.settle()
    assert await counter.one("SELECT way FROM campaign_contact WHERE party = $1", who.party) == "wechat"
    assert [said.kind for said in await counter.world.wechat.messages(f"o{who.phone}")] == ["notice"]


async def test_a_stop_reads_as_later_than_what_was_sent_by_a_clock_ahead(counter: Counter) -> None:
    who = customer(3, 2)
    ahead = counter.store.clock.now() + timedelta(seconds=5)
    async with counter.store.edge(who.party) as tx:
        tx.no_earlier(ahead)
        await party.actions.lock_standings(tx, [who.party])
        await party.actions.note_marketed(tx, [who.party])
    await stops(counter, who)
    stamp, told = "SELECT at FROM consent WHERE NOT allowed", "SELECT at FROM event WHERE type = 'party.consent_withdrawn'"
    assert await counter.one(stamp) == await counter.one(told) == ahead + timedelta(microseconds=1)
    body = await counter.one("SELECT body FROM event WHERE type = 'party.consent_withdrawn'")
    assert (body["way"], body["words"]["id"]) == ("", "You will get no more marketing from us.")


async def test_a_receipt_is_sent_once_and_not_to_who_wrote_by_text_message(counter: Counter) -> None:
    by_web, by_sms = customer(4, 2), customer(5, 2)
    await stops(counter, by_web, "call")
    await stops(counter, by_web, "call")
    await stops(counter, by_sms, channel="sms")
    await counter.settle()
    assert len(await texts(counter, by_web)) == 1 and await texts(counter, by_sms) == []


async def test_an_account_in_wechat_is_noted_where_its_customer_lives(counter: Counter) -> None:
    who = customer(6, 2)
    for address in ("new", None):
        async with counter.store.edge(0) as tx:
            tx.later("party.note_reach", {"party": who.party, "way": "wechat", "address": address}, works_in=home_of(who.party))
        await counter.settle()
        assert await counter.one("SELECT address FROM reach WHERE party = $1 AND way = 'wechat'", who.party) == address


async def test_a_stop_waits_for_a_step_that_is_sending_and_reads_as_later(counter: Counter) -> None:
    who = customer(7, 2)
    async with counter.store.edge(who.party) as tx:
        await party.actions.lock_standings(tx, [who.party])
        stopping = asyncio.create_task(stops(counter, who))
        await asyncio.sleep(0.3)
        assert not stopping.done()
        await party.actions.note_marketed(tx, [who.party])
        sent = tx.now
    await stopping
    assert await counter.one("SELECT at FROM consent WHERE NOT allowed") > sent


async def test_a_step_waits_for_a_stop_and_then_sends_nothing(counter: Counter) -> None:
    who = customer(0, 2)
    one = await made(counter, parties=(who.party,))
    await moved(counter, one, "running")
    async with counter.store.edge(who.party) as tx:
        await party.actions.stop_marketing(tx, who.party)
        working = asyncio.create_task(counter.settle())
        await asyncio.sleep(0.5)
        assert await counter.one("SELECT count(*) FROM campaign_contact") == 0
    await working
    assert await counter.one("SELECT state || ' ' || why FROM campaign_contact") == "suppressed stopped"
