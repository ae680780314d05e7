"""Whole conversations in WeChat, by the platform's own calls."""

import asyncio
import re
from datetime import timedelta

import httpx
import pytest

from onehall.adapters.wechat.simulated import SimulatedWechat
from onehall.channels import wechat
from onehall.channels.wechat import calls
from onehall.domains import billing
from onehall.kernel import settings
from onehall.kernel.identity.names import party_of
from onehall.kernel.ids import home_for
from onehall.kernel.money import money
from tests.channels.wechat.conftest import Follower, Place
from tests.ground.counter import Counter, served

PHONE = "18600010002"
LINKED = "We know you here from now on. Send UNLINK to be forgotten."


async def linked_to(counter: Counter, openid: str) -> str | None:
    async with counter.store.edge(home_for(openid)) as tx:
        return await party_of(tx, "wechat", openid)


async def test_the_platform_finds_us(place: Place) -> None:
    counter, client = place
    params, _body = counter.world.wechat.call("", counter.store.clock.now())
    assert (await client.get("/wechat", params=params | {"echostr": "5838479"})).text == "5838479"
    for wrong in ({"signature": "0" * 40}, {"timestamp": "1"}, {"nonce": ""}):
        assert (await client.get("/wechat", params=params | {"echostr": "5838479"} | wrong)).status_code == 403


async def test_a_stranger_is_welcomed_and_linked_by_a_code(place: Place, maria: Follower) -> None:
    counter, _client = place
    assert await maria.does("subscribe") == "Welcome to our hall. Send 0000 for the menu, or use the buttons below."
    said = await maria.link(PHONE)
    assert said.startswith(LINKED)
    party = await counter.one("SELECT party FROM product WHERE number = $1", PHONE)
    assert await linked_to(counter, maria.openid) == party
    assert await maria.say("N") == "All right, nothing was changed."
    assert await maria.say("CXYE") == "Your balance is ¥158.00.\nBalance: ¥158.00"  # no code is asked for again
    assert await maria.does("CLICK", "balance.check") == "Your balance is ¥158.00.\nBalance: ¥158.00"
    assert await maria.say("unlink") == "We have forgotten whose account this is."
    assert await linked_to(counter, maria.openid) is None
    assert await maria.say("解绑") == "This account is linked to nobody."
    assert not (await maria.say("CXYE")).startswith("Your balance")


async def test_who_stops_following_is_forgotten(place: Place, maria: Follower) -> None:
    await maria.link(PHONE)
    assert await maria.does("unsubscribe") == ""
    assert await linked_to(place[0], maria.openid) is None


async def test_a_message_that_comes_again_is_answered_alike_and_done_once(place: Place, maria: Follower) -> None:
    await maria.link(PHONE)
    await maria.say("N")
    await place[0].settle()
    replies = await asyncio.gather(*(maria.say("CZ 50", "7") for _time in range(4)))
    assert len(set(replies)) == 1 and replies[0].startswith("Top-up of 18600010002\nPay ¥50.00 here: http")
    assert await maria.say("CXYE", "7") == replies[0]  # a message is known by its id
    assert await place[0].one("SELECT count(*) FROM payment") == 1


async def test_what_goes_on_after_is_written(place: Place, maria: Follower) -> None:
    counter = place[0]
    await maria.link(PHONE)
    await maria.say("N")
    await counter.settle()
    await maria.say("CZ 50")
    payment = await counter.one("SELECT id FROM payment WHERE status = 'pending'")
    await counter.settle()
    assert await maria.chat() == []
    async with counter.store.edge(payment) as tx:
        await billing.actions.hear(tx, payment, "paid", money(50), "bank-1")
    await counter.settle()
    counter.store.clock.move(timedelta(seconds=4))
    await counter.settle()
    [told] = await maria.chat()
    assert "¥50.00" in told and "Pay" not in told
    counter.store.clock.move(timedelta(hours=1))
    await counter.settle()
    assert await maria.chat() == [told]


async def test_slow_words_are_sent_after(place: Place, maria: Follower, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "PASSIVE_SECONDS", 0.0)
    assert await maria.say("0000", "9") == ""
    await asyncio.gather(*calls._working)
    await place[0].settle()
    [told] = await maria.chat()
    assert told.startswith("What would you like to do?\n1. ")
    monkeypatch.setattr(calls, "PASSIVE_SECONDS", 4.5)
    await maria.say("0000", "9")
    await place[0].settle()
    assert await maria.chat() == [told]


async def test_words_that_the_chat_takes_no_longer_go_by_template(place: Place, maria: Follower) -> None:
    counter = place[0]
    await counter.world.wechat.switches.turn("fail", 1)
    async with counter.store.edge(0) as tx:
        tx.later("wechat.send", {"openid": maria.openid, "text": "Your plan changes on 1 May.\nPlan: Hall 99"})
    with settings.changed(wechat_template="tpl:thing1"):
        await counter.settle()
    # 19 letters and the sign of more: 20
    assert await maria.chat() == [f"tpl\nthing1: Your plan changes o…\n{settings.current().url}"]


async def test_a_scene_brings_a_journey_along_and_links_nobody(place: Place, maria: Follower) -> None:
    counter = place[0]
    party = await counter.one("SELECT party FROM product WHERE number = $1", PHONE)
    begun = await counter.hall.start(counter.customer(party, "web"), "line.suspend")
    code = (await counter.hall.hand_over(counter.customer(party, "web"), begun.id)).code
    shown = await maria.does("subscribe", f"qrscene_{code}")
    assert shown.startswith("We send a code to your phone.") or "Reply Y for yes or N for no." in shown
    assert await linked_to(counter, maria.openid) is None
    assert await counter.one("SELECT channel FROM journey WHERE id = $1", begun.id) == "wechat"
    again = await maria.does("SCAN", "999999")
    assert again in ("This code is not known.", "Too many tries. Please wait 6 seconds.")


async def test_a_code_is_typed_or_scanned_by_the_chats_own_scanner(place: Place, maria: Follower) -> None:
    counter = place[0]
    guest = counter.guest("somebody", "web")
    for way in ("typed", "scanned"):
        begun = await counter.hall.start(guest, "line.open", {"offer": "hall-59"})
        code = (await counter.hall.hand_over(guest, begun.id)).code
        if way == "typed":
            shown = await maria.say(code)
            assert re.search(r"1\. \d{11}", shown)
            continue
        parts = f"<Event>scancode_waitmsg</Event><ScanCodeInfo><ScanResult>http://hall/c/{code}</ScanResult></ScanCodeInfo>"
        assert re.search(r"1\. \d{11}", await maria.send(f"<MsgType>event</MsgType>{parts}"))


async def test_pictures_and_unknown_events_change_nothing(place: Place, maria: Follower) -> None:
    assert await maria.send("<MsgType>image</MsgType><PicUrl>x</PicUrl><MsgId>1</MsgId>") == (
        "Please write to us in words. Send 0000 for the menu."
    )
    assert await maria.does("LOCATION") == ""
    assert await place[0].one("SELECT count(*) FROM journey WHERE channel = 'wechat'") == 0


async def test_replays_forgeries_and_large_bodies_are_refused(place: Place, maria: Follower) -> None:
    counter, client = place
    now, platform = counter.store.clock.now(), counter.world.wechat
    params, body = platform.call(maria.plain("<MsgType>text</MsgType><Content>0000</Content><MsgId>1</MsgId>"), now)
    first = await client.post("/wechat", params=params, content=body)
    assert first.status_code == 200
    assert (await client.post("/wechat", params=params, content=body)).text == first.text  # the platform tries again
    other = maria.plain("<MsgType>text</MsgType><Content>CXYE</Content><MsgId>2</MsgId>").encode()
    assert (await client.post("/wechat", params=params, content=other)).json()["code"] == "wechat.replayed"
    for wrong in ({"signature": "0" * 40}, {"nonce": "another"}, {"timestamp": str(int(now.timestamp()) + 1)}):
        assert (await client.post("/wechat", params=params | wrong, content=body)).json()["code"] == "wechat.forged"
    assert (await client.post("/wechat", content=body)).status_code == 403
    assert (await client.post("/wechat", params=params, content=b"<" * 70_000)).status_code == 413
    counter.store.clock.move(timedelta(minutes=6))
    assert (await client.post("/wechat", params=params, content=body)).json()["code"] == "wechat.forged"
    bomb = b'<!DOCTYPE xml [<!ENTITY a "aa">]><xml><FromUserName>&a;</FromUserName><CreateTime>1</CreateTime></xml>'
    params, body = platform.call(bomb.decode(), counter.store.clock.now())
    assert (await client.post("/wechat", params=params, content=body)).status_code == 400
    assert await counter.one("SELECT count(*) FROM dialogue_message WHERE channel = 'wechat'") == 1


async def test_the_menu_is_set_once_and_the_page_is_used_by_hand(place: Place) -> None:
    counter, client = place
    for _time in range(2):
        async with counter.store.edge(0) as tx:
            wechat.plan_menu(tx)
        await counter.settle()
    menu = await counter.world.wechat.menu()
    assert [row["name"] for row in menu] == ["Look up", "Do", "Go on here"] and all(len(row.get("sub_button", ())) <= 5 for row in menu)
    client.headers["accept"] = "text/html"
    page = await client.get("/sim/wechat/li")
    token = re.search(r'name="_?csrf"[^>]*value="([^"]+)"', page.text)
    assert page.status_code == 200 and token and "Check balance" in page.text
    form = {"_csrf": token[1], "text": "0000"}
    assert (await client.post("/sim/wechat/li", data=form, follow_redirects=True)).status_code == 200
    for deed in ({"click": "store.list"}, {"scan": "000000"}, {"subscribe": "1"}, {"unsubscribe": "1"}):
        assert (await client.post("/sim/wechat/li", data={"_csrf": token[1]} | deed, follow_redirects=True)).status_code == 200
    said = (await client.get("/sim/wechat/li/messages")).json()
    assert said[0]["text"] == "0000" and said[1]["text"].startswith("What would you like to do?")
    assert (await client.get("/sim/wechat")).text.count("/sim/wechat/li") == 1
    assert (await client.get("/sim/wechat/%3Cx%3E")).status_code == 422


async def test_a_sealed_account_talks_sealed(demo_database: str) -> None:
    async with served(demo_database) as (counter, client):
        counter.world.wechat = SimulatedWechat(
            counter.store, "token", "wx49f0ab532d5d035a", "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
        )
        assert (await Follower(counter, client, "oMaria").say("0000")).startswith("What would you like to do?")
        with pytest.raises(AssertionError, match="wechat.forged"):
            open_one = Follower(counter, client, "oMaria")
            open_one.counter.world.wechat.call = SimulatedWechat(counter.store, "token").call
            await open_one.say("0000")


async def test_the_client_needs_no_cookie(place: Place, maria: Follower) -> None:
    client: httpx.AsyncClient = place[1]
    client.cookies.set("hall_visitor", "x")
    assert await maria.say("0000")
