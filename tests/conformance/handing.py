"""How each channel shows a code to whoever wants to go on elsewhere, and takes one: its real entry."""

from typing import Any

from onehall.hall import View
from tests.conformance.machines import Hotline
from tests.conformance.people import Person
from tests.conformance.place import Place
from tests.conformance.programs import its_program
from tests.conformance.ways import Api, Sms, Wechat


async def gives(way: Any, view: View) -> str:
    """What a channel shows to whoever wants to go on elsewhere: a link where a person can scan one, else the code."""
    match way:
        case Api():
            return str((await way.client.post(f"/api/journeys/{view.id}/handover", headers=way.headers)).json()["url"])
        case Sms() | Wechat():
            await way.say("JX")
            assert "until " in way.replies[0] and ":" in way.replies[0].rsplit("until ", 1)[1]
            return way.code
        case Hotline():
            await way.presses("0")
            await way.presses("3")
            assert any("Go on until" in said for said in way.spoken["says"]), way.spoken
            return way.code
    return str(await way.hands_over())


async def takes(place: Place, person: Person, channel: str, shown: str) -> Any:
    """A channel takes what was shown to it, by its own entry; gives the way in, at the journey."""
    counter, client = place.counter, place.client
    match channel:
        case "web":
            web = place.web(person)
            await web.browser.go(shown)
            assert web.page.says("Open a line") and web.page.says("Go on until"), web.page.words
            await web.browser.send(web.page.form_to("/c"))
            assert (await web.stands()).question
            return web
        case "sms":
            sms = Sms(counter, person, client)
            assert await sms.say(f"JX {shown}"), sms.replies
            return sms
        case "wechat":
            chat = Wechat(counter, person, client)
            scene = await counter.world.wechat.make_scene(shown, 600)
            key = scene.text.removeprefix("sim-wechat:")
            assert await chat._call(f"<MsgType>event</MsgType><Event>SCAN</Event><EventKey>{key}</EventKey>"), chat.replies
            return chat
        case "kiosk":
            kiosk = place.kiosk(person)
            await kiosk.browser.go(f"/kiosk?cabinet={kiosk.name}")
            await kiosk.browser.follow_to("/kiosk/code")
            kiosk.cabinet.put(scanned=shown)
            await kiosk.browser.send(next(form for form in kiosk.page.posting if "do" in form.groups()), {"do": "scan"})
            assert (await kiosk.stands()).question
            return kiosk
        case "desk":
            desk = place.desk(person)
            assert (await desk.take(shown)).question
            return desk
        case "hotline":
            return await rung(place, person, shown)
    program = await its_program(place, person)
    await program._call("take", {"code": shown})
    return program


async def rung(place: Place, person: Person, code: str) -> Hotline:
    """A caller keys a code in."""
    call = Hotline(place.counter, person, place.client)
    rung = await place.client.post("/hotline/calls", json={"id": call.call, "from": person.number, "language": "en"})
    call.spoken = rung.json()
    await call.presses("7")
    assert await call.presses(f"{code}#"), call.spoken
    return call
