"""Kits of the street stories: a member of staff's phone, spoken for over HTTP, that takes things down without a net."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import httpx
import pyotp

from onehall.domains.party.rules import check_digit
from onehall.kernel.identity import staff
from onehall.kernel.identity.gate import STAFF_SESSION
from onehall.kernel.identity.who import GUEST
from onehall.kernel.ids import home_for
from tests.ground.counter import FACE, Counter

PASSWORD = "a-word-for-the-street"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
SIGNED = {"name": "李雷", "type": "image/png", "data": PIXEL}


def document(serial: int) -> str:
    """This will make up a document number that is well formed."""
    first = f"110101{1960 + serial // 900}0512{serial % 900 + 100:03}"
    return first + check_digit(first)


class Kit:
    """One kit: `off` is how much its clock is ahead of the house's; `pack` is what it took along."""

    def __init__(self, counter: Counter, client: httpx.AsyncClient, name: str, secret: str) -> None:
        self.counter, self.client, self.name, self.secret = counter, client, name, secret
        self.headers = {"sec-fetch-site": "same-origin"}
        self.off, self.pack = timedelta(0), dict[str, Any]()

    @property
    def clock(self) -> datetime:
        """What the kit's own clock says."""
        return self.counter.store.clock.now() + self.off

    async def logs_in(self) -> "Kit":
        """This will have them log in on their phone, as they do again when they are back in the net."""
        code = pyotp.TOTP(self.secret).at(self.counter.store.clock.now())
        granted = await self.counter.house.front.gate.log_in_staff(GUEST, self.name, PASSWORD, code, "desk")
        self.headers["cookie"] = f"{STAFF_SESSION}={granted.token}"
        return self

    async def comes_back(self, after: timedelta) -> None:
        """This will let time pass underground, and log in again."""
        self.counter.store.clock.move(after)
        await self.logs_in()

    async def takes_along(self, count: int = 3) -> list[str]:
        """This will ask for numbers, and all that goes with them; gives the numbers."""
        answer = await self.client.post("/field/numbers", json={"count": count}, headers=self.headers)
        assert answer.status_code == 200, answer.text
        self.pack = answer.json()
        return [one["number"] for one in self.pack["numbers"]]

    def opens(
        self, number: str, document: str, sim: str = "esim", plan: str = "hall-59", shown_all: bool = False
    ) -> dict[str, Any]:
        """This will take down an opening, without a net; with all that they agreed to, which is then held to.

        A price of today is another tomorrow, so that stories that last into the night leave it out.
        """
        agreed = [number if one["kind"] == "number" else str(one["value"]) for one in self.pack["prices"][f"{plan}|{sim}"]]
        face = {"name": "face.jpg", "type": "image/jpeg", "data": FACE}
        shown = {"name": "李雷", "document_type": "resident_id", "document_number": document, "face": face}
        answers = [
            {"key": "prove", "value": shown}, {"key": "agree", "value": True, "shown": agreed if shown_all else None},
            {"key": "agree.signed", "value": SIGNED}, {"key": "money", "value": {"method": "cash"}},
        ]  # fmt: skip
        return self.takes_down("line.open", {"offer": plan, "number": number, "sim": sim}, answers)

    def takes_down(self, function: str, given: dict[str, Any], answers: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        """This will take something down under a name of the kit's own."""
        return {"name": str(uuid.uuid4()), "function": function, "at": self.clock.isoformat(), "given": given, "answers": answers or []}

    async def sends(self, item: dict[str, Any], status: int = 200) -> dict[str, Any]:
        """This will send what was taken down."""
        answer = await self.client.post("/field/items", json={"clock": self.clock.isoformat(), "item": item}, headers=self.headers)
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    async def brings(self, item: dict[str, Any]) -> dict[str, Any]:
        """This will send it until nothing more comes of it."""
        for _look in range(8):
            stands = await self.sends(item)
            if stands["state"] != "waiting":
                return stands
            await self.counter.settle()
        return stands


async def kit_of(counter: Counter, client: httpx.AsyncClient, name: str, unit: str = "onehall.gd.gz.s1") -> Kit:
    """This will take somebody on, and have them log in on their phone."""
    async with counter.store.edge(home_for(name)) as tx:
        secret = await staff.add(tx, name, PASSWORD, name=name.title(), unit=unit, roles=("clerk",))
    return await Kit(counter, client, name, secret).logs_in()
