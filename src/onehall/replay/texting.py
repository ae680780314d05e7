"""People who write messages: keywords, numbers of options, and what they make of the replies."""

import re
from typing import Any, Final

import msgspec

from onehall.replay.day import Event
from onehall.replay.door import Door
from onehall.replay.scene import Scene
from onehall.replay.talking import SETTLED, Ending

WORDS: Final = {
    "balance.check": "CXYE", "data.left": "CXLL", "bill.so_far": "CXZD", "orders.mine": "CXDD", "usage.month": "CXYL",
    "line.detail": "CXTC", "topup": "CZ {amount}", "port_out.check": "CXXZ#{name}#{document}", "port_out.code": "SQXZ#{name}#{document}",
}  # fmt: skip
HALL: Final = "10016"
CENTRE: Final = "127.0.0.1"
PAY: Final = re.compile(r"/pay/(\w{24})")
LINE: Final = re.compile(r"^(\d+)\. ([\d ]+)", re.MULTILINE)
CODE: Final = re.compile(r"(?<!\d)\d{6}(?!\d)")


async def text(scene: Scene, event: Event, phone: str, words: str) -> str:
    """This will send a message and give what comes back, in one piece; "" when the centre was turned away."""
    door = Door(scene.app, event.who, CENTRE)
    scene.sent += 1
    body = {"id": f"{event.who}-{scene.sent}", "from": phone, "to": HALL, "text": words}
    answer = await door.send("POST", "/sms/inbound", msgspec.json.encode(body))
    return "\n".join(answer.json()["replies"]) if answer.status == 200 else ""


async def by_message(scene: Scene, event: Event) -> Ending:
    """This will have a function served by message."""
    person = scene.people[event.who]
    words = WORDS[event.does].format(name=person.name.replace(" ", ""), document=person.document, **event.with_)
    said = await text(scene, event, person.number, words)
    if not said:
        return Ending("refused", "centre")
    if event.does == "topup":
        return await _pays(scene, event, said)
    if event.does == "port_out.code":
        await scene.street.rest(20)
        said = await text(scene, event, person.number, "Y")
        return Ending("done" if CODE.search(said) else "refused", "" if CODE.search(said) else "port_out.not_yet")
    return Ending("done")


async def _pays(scene: Scene, event: Event, said: str) -> Ending:
    """The link in the message is opened on the phone."""
    then, link = str(event.with_.get("then", "pay")), PAY.search(said)
    if link is None:
        return Ending("refused", "no link")
    if then == "leave":
        return Ending("unpaid")
    for _try in range(30):
        await scene.street.rest(12)
        button = "decline" if then == "decline" else "pay"
        pressed = await scene.way_of(event, "web").send("POST", f"/sim/bank/{link[1]}", f"do={button}".encode(), kind="form")
        if pressed.status in SETTLED:
            return Ending("done" if button == "pay" else "refused", "" if button == "pay" else "declined")
    return Ending("unpaid", "bank")


async def opens_by_message(scene: Scene, event: Event) -> str:
    """This will begin to buy a line by message: a plan, a number; gives the code with which it goes on at a counter."""
    with_, phone = event.with_, str(event.with_["phone"])
    said = await text(scene, event, phone, f"KH {with_['plan']}")
    for words in (str(with_["ends"]), ""):
        await scene.street.rest(30)
        said = await text(scene, event, phone, words or _lowest(said))
    found = CODE.findall(said)
    return str(found[-1]) if found else ""


def _lowest(said: str) -> str:
    """Of the numbers on offer they take the lowest, whichever place it has."""
    offered: list[tuple[Any, str]] = sorted((shown.replace(" ", ""), place) for place, shown in LINE.findall(said))
    return offered[0][1] if offered else "1"
