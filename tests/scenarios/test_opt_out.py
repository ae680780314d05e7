"""J9: a customer replies TD to a marketing message, and every way is still within a second, also in the middle of a running campaign.

Two thousand customers are told of an offer; some stop before, some while it runs, by the very message that came to them. Nobody is sent
anything after the stamp of their stop, and no message about a service is lost.
"""

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from onehall.bench.audience import Customer, customer, settle
from onehall.chaos import checker
from onehall.domains import engage, party
from onehall.domains.engage import Audience, Campaign
from onehall.kernel.i18n import ZONE
from onehall.kernel.ids import home_for
from onehall.kernel.store import Store
from tests.ground.house import House
from tests.scenarios.cast import App, messages, rows, sms, until

CUSTOMERS, HOMES = 2000, 16
BEFORE, DURING, SERVED = range(0, 400, 20), range(1980, 380, -20), range(1, 2000, 20)  # 20 stop before, 80 while it runs, 100 are served
TEXTS = {"en": "Ten gigabytes for ten yuan.", "zh-CN": "十元十个G。"}
STOPS = """-- fan-out: a test
SELECT c.party, max(c.at) AS at FROM consent c WHERE c.purpose = 'marketing' AND NOT c.allowed GROUP BY c.party"""
GOT = """-- fan-out: a test
SELECT phone, text, at FROM sim_message WHERE way = 'to' AND phone LIKE '137%'"""
PUSHED = "SELECT text FROM sim_push WHERE endpoint LIKE '%/j9'"
KEY = base64.urlsafe_b64encode(b"\x04" * 65).decode().rstrip("=")
SECRET = base64.urlsafe_b64encode(b"s" * 16).decode().rstrip("=")
SERVICE = "Your top-up of 50 yuan has arrived."
OFFER = ("Ten gigabytes", "十元十个G")


@pytest.fixture
async def office(house: House) -> AsyncIterator[Store]:
    """The store behind the house, with its clock, at ten in the morning."""
    local = house.clock.now().astimezone(ZONE)
    ten = local.replace(hour=10, minute=0, second=0)
    house.clock.move((ten if ten > local else ten + timedelta(days=1)) - local)
    store = await Store(house.dsn, clock=house.clock, pool_size=6).open()
    yield store
    await store.close()


async def begun(store: Store, ways: tuple[str, ...], audience: Audience) -> Campaign:
    async def work(tx: Any) -> Campaign:
        made = await engage.actions.make(tx, "Autumn", TEXTS, ways, audience)
        return await engage.actions.move(tx, made.id, "running")

    return await store.run(0, work)


async def ended(store: Store, one: Campaign) -> engage.Figures:
    async def look() -> bool:
        async with store.edge(0) as tx:
            return (await engage.queries.campaign(tx, one.id)).state == "done"

    await until(look)
    async with store.edge(0) as tx:
        return await engage.queries.figures(tx, one)


async def contact_of(house: House, one: Campaign, who: Customer) -> dict[str, Any]:
    sql = "SELECT state, way, why, at FROM campaign_contact WHERE home = $1 AND party = $2 AND campaign = $3"
    [row] = await rows(house, sql, who.home, who.party, one.id)
    return row


@pytest.mark.slow
async def test_nothing_is_sent_after_a_stop_in_the_middle_of_a_campaign(house: House, office: Store) -> None:
    await settle(office, CUSTOMERS, HOMES)
    await asyncio.gather(*(stops(house, place) for place in BEFORE))
    one = await begun(office, ("sms",), Audience(unit="onehall.gd.gz"))
    await asyncio.gather(*(stops(house, place) for place in DURING), *(served(office, place) for place in SERVED))
    figures = await ended(office, one)
    assert figures.fits, figures
    assert figures.of("suppressed") + figures.sent >= CUSTOMERS and figures.of("sent") == figures.of("failed") == 0
    assert await checker.check(house.dsn) == []
    await until(lambda: all_served(house))
    got = await rows(house, GOT)
    offers = {row["phone"]: row["at"] for row in got if row["text"].startswith(OFFER)}
    assert len(offers) == len([row for row in got if row["text"].startswith(OFFER)]) == figures.of("delivered")
    check_stops(offers, {row["party"]: row["at"] for row in await rows(house, STOPS)})
    service = [row["phone"] for row in got if row["text"] == SERVICE]
    assert sorted(service) == [customer(place, HOMES).phone for place in SERVED]


async def all_served(house: House) -> bool:
    return [row["text"] for row in await rows(house, GOT)].count(SERVICE) >= len(SERVED)


def check_stops(offers: dict[str, datetime], stopped: dict[str, datetime]) -> None:
    """Who stopped before has nothing; who stopped meanwhile has it from before their stop (what was just leaving: within a second)."""
    assert len(stopped) == len(BEFORE) + len(DURING)
    for place in (*BEFORE, *DURING):
        one = customer(place, HOMES)
        came = offers.get(one.phone)
        assert came is None or (place in DURING and came < stopped[one.party] + timedelta(seconds=1)), (one, came)
    missed = [place for place in range(CUSTOMERS) if place % 20 and customer(place, HOMES).phone not in offers]
    assert missed == []


async def stops(house: House, place: int) -> None:
    """They write TD; the reply is their receipt."""
    phone = customer(place, HOMES).phone
    [reply, *_more] = await sms(house, phone, "TD", f"stop-{phone}")
    assert reply.startswith(("You will get no more marketing from us.", "退订成功")), reply


async def served(store: Store, place: int) -> None:
    """A message about a service is left to be sent."""
    phone = customer(place, HOMES).phone
    async with store.edge(home_for(phone)) as tx:
        tx.later("sms.send", {"to": phone, "text": SERVICE, "language": "en"})


async def test_an_offer_comes_by_each_way_that_is_allowed(house: House, office: Store) -> None:
    """Text message, WeChat, browser; the way of calls puts a number on the list; who is reached by none is told why not."""
    await settle(office, 1, 1, first=2001)
    who = customer(2001, 1)
    mine = Audience(parties=(who.party,))
    async with office.edge(who.party) as tx:
        await party.actions.turn_push_on(tx, who.party, "https://fcm.googleapis.com/fcm/send/j9", KEY, SECRET)
    for way in ("wechat", "push"):
        one = await begun(office, (way,), mine)
        assert (await ended(office, one)).of("delivered") == 1, way
    capped = await begun(office, ("sms",), mine)  # the third in a week
    await ended(office, capped)
    assert (await contact_of(house, capped, who))["why"] == "cap"
    house.clock.move(timedelta(days=8))
    for way, why in (("mail", "unreachable"), ("sms", "")):
        one = await begun(office, (way,), mine)
        await ended(office, one)
        assert (await contact_of(house, one, who))["why"] == why, way
    assert [row["text"] for row in await rows(house, "SELECT text FROM sim_wechat WHERE openid = $1", f"o{who.phone}")] != []
    [told] = await rows(house, PUSHED)
    assert "Ten gigabytes for ten yuan. Stop under" in told["text"] and "Reply TD" not in told["text"]


async def test_one_reply_silences_every_way_within_a_second(house: House, office: Store) -> None:
    """The offer comes by text message; TD; then a campaign by WeChat, one by browser and one of calls have nothing for them."""
    await settle(office, 1, 1, first=2000)
    who = customer(2000, 1)
    mine = Audience(parties=(who.party,))
    assert (await ended(office, await begun(office, ("sms",), mine))).of("delivered") == 1
    calls = await begun(office, ("call",), mine)
    assert (await ended(office, calls)).of("sent") == 1
    async with office.edge(0) as tx:
        assert [one.address for one in await engage.queries.call_list(tx, calls.id)] == [who.phone]
    await sms(house, who.phone, "TD", "one-reply")
    async with office.edge(0) as tx:
        assert await engage.queries.call_list(tx, calls.id) == []
    for way in ("wechat", "push", "call", "mail"):
        silent = await begun(office, (way,), mine)
        await ended(office, silent)
        row = await contact_of(house, silent, who)
        assert (row["state"], row["why"]) == ("suppressed", "stopped"), way
    withdrawn = await until(lambda: contact_if(house, calls, who, "withdrawn"))
    assert withdrawn["way"] == "call"
    app = App(house)
    await app.logs_in(who.phone)  # the code is a service message
    seen = await app.post("/api/journeys", {"function": "consent.mine"})
    assert seen["said"]["text"] in ("You do not allow marketing.", "您未允许营销信息。")
    offers = [text for text in await messages(house, who.phone) if text.startswith(OFFER)]
    assert offers == ["十元十个G。回复TD退订"]
    await app.client.aclose()
    assert await checker.check(house.dsn) == []


async def contact_if(house: House, one: Campaign, who: Customer, state: str) -> dict[str, Any] | None:
    row = await contact_of(house, one, who)
    return row if row["state"] == state else None
