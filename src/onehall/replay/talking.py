"""How a person goes through a journey: reads, thinks, answers, pays at the bank or not, comes back to look, or gives up."""

from typing import Any, Final

import msgspec

from onehall.replay.day import Event
from onehall.replay.door import Door
from onehall.replay.scene import Scene
from onehall.replay.screens import Screen, Talk
from onehall.replay.town import tails
from onehall.traffic.kinds import FACE

STEPS_MAX: Final = 90
LOOKS: Final = (4, 6, 10, 20, 40, 60)  # seconds between looks, the last for as long as it takes
THINKS: Final = {"prove": 35, "number": 25, "agree": 15, "offer": 20}
SETTLED: Final = (302, 303)


class Ending(msgspec.Struct, frozen=True):
    """How it ended for the person: done, refused, left, unpaid, or waiting when they went to bed; and the reason."""

    outcome: str
    why: str = ""


class Going(msgspec.Struct):
    """Where somebody is in a journey: what they want, what they would answer, and what they have paid already."""

    scene: Scene
    event: Event
    talk: Talk
    door: Door
    answers: dict[str, Any]
    phone: str = ""
    then: str = "pay"
    leaves_at: str = ""
    cash: bool = False
    looks: int = 0
    tried: int = 0
    pressed: str = ""

    async def through(self, screen: Screen) -> Ending:
        """This will go on until it is over, one way or another."""
        for _step in range(STEPS_MAX):
            if not screen.open:
                return Ending(screen.state, screen.why)
            if self.leaves_at and self.leaves_at in (screen.key, "pay" if screen.pay else ""):
                return Ending("left", screen.key)
            if screen.pay and not self.cash:
                if self.then == "leave":
                    return Ending("unpaid")
                screen = await self._pay(screen)
            elif screen.state == "waiting" or not (screen.key or screen.fields):
                screen = await self._wait(screen)
            else:
                screen = await self._answer(screen)
        return Ending("waiting", screen.key)

    async def _answer(self, screen: Screen) -> Screen:
        self.looks = 0
        await self.scene.street.rest(THINKS.get(screen.key, 6))
        return await self.talk.answer(screen, await self._value(screen))

    async def _value(self, screen: Screen) -> Any:
        if screen.pay:
            return {"method": "cash"}
        if screen.key == "number" and "number" not in self.answers:  # the number to buy, or whose to top up
            return await self._number(screen) if "ends" in self.answers else self.phone
        if screen.fields and screen.fields != ("value",) and screen.key not in self.answers:
            return await self._shown(screen)
        if screen.key in self.answers:
            return self.answers[screen.key]
        liked = [one for one in screen.options if one in self.answers.values()]
        return liked[0] if liked else screen.options[0] if screen.options else True

    async def _number(self, screen: Screen) -> str:
        """A number that ends as they would like it; when it is gone, as the next best."""
        known = tails()
        start = known.index(self.answers["ends"]) if self.answers["ends"] in known else 0
        for _try in range(20):
            found = await self.talk.find(screen, f"ends {known[(start + self.tried) % len(known)]}")
            self.tried += 1
            if found:
                return found[0]
        return ""

    async def _shown(self, screen: Screen) -> dict[str, Any]:
        """Who they are: a code that comes to the phone, the document at the counter, the document and a face anywhere else."""
        if "code" in screen.fields:
            return {"code": await self.scene.texted(self.door, self.phone)}
        boxes = {"name": self.answers["name"], "document_type": "resident_id", "document_number": self.answers["document"]}
        boxes |= {"face": self.answers["face"], "face_compared": "yes", "phone": "" if "document_number" in screen.fields else self.phone}
        return {name: boxes[name] for name in screen.fields if name in boxes}

    async def _pay(self, screen: Screen) -> Screen:
        if screen.pay == self.pressed:
            return await self._wait(screen)
        await self.scene.street.rest(12)
        button = "decline" if self.then == "decline" and not self.pressed else "pay"
        answer = await self.door.send("POST", f"/sim/bank/{screen.pay}", f"do={button}".encode(), kind="form")
        if answer.status in SETTLED or answer.status == 409:
            self.pressed, self.looks = screen.pay, 0
        return await self._wait(screen)

    async def _wait(self, screen: Screen) -> Screen:
        await self.scene.street.rest(LOOKS[min(self.looks, len(LOOKS) - 1)])
        self.looks += 1
        return await self.talk.look(screen)


def of(talk: Talk, scene: Scene, event: Event, **answers: Any) -> Going:
    """This will set somebody going who has a line, or a guest, with what they would answer."""
    person = scene.people.get(event.who)
    mine = {"name": person.name, "document": person.document} if person else {}
    phone = person.number if person else str(event.with_.get("phone", ""))
    wished = {name: value for name, value in event.with_.items() if name not in ("then", "phone", "store")}
    return Going(
        scene, event, talk, talk.door, {"face": FACE, "agree": True} | mine | wished | answers, phone, str(event.with_.get("then", "pay"))
    )
