"""The way in of a phone whose texts reach the SMS hall over SMPP, by a message centre that is not ours, and whose replies come back so."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from msgspec import structs

from onehall.adapters.sms.simulated import Message
from onehall.adapters.sms.smpp import SmppSms
from onehall.adapters.sms.smpp.letters import GSM, UCS2, decoded
from onehall.channels import sms
from onehall.channels.sms import segments
from onehall.hall import View
from onehall.kernel.settings import read
from tests.adapters.sms.centres import SECONDS, Foreign, foreign
from tests.conformance.place import Place
from tests.conformance.ways import Sms

HEAD = "050003"
"""How the header of a part of a long text begins: five octets, of which three are the text's number, the parts and the place."""


class Air(SmppSms):
    """The port over SMPP, and the phones that lie beyond the centre."""

    def reaches(self, centre: Foreign) -> "Air":
        """This will keep what the centre brings to each phone."""
        self.centre, self.came, self.count = centre, defaultdict[str, list[str]](list), 0
        self.parts, self.answered = dict[str, list[str]](), asyncio.Queue[str]()
        self.reading = asyncio.create_task(self._read())
        return self

    async def write(self, phone: str, text: str) -> None:
        """This will have a phone write a text, and wait until the house has taken it."""
        await self.centre.told(by=f"86{phone}", octets=text.encode("utf-16-be").hex(), coding=8)
        assert await asyncio.wait_for(self.answered.get(), SECONDS) == "ESME_ROK"

    async def messages(self, phone: str) -> list[Message]:
        """This will give what came to a phone, once all that was sent has come."""
        async with self.base.edge(0) as tx:
            row = await tx.read_one("SELECT count(*) FROM sms_sent")
            now = tx.now
        assert row is not None
        async with asyncio.timeout(SECONDS):
            while self.count < row[0]:
                await asyncio.sleep(0.005)
        return [Message(str(place), text, "to", now) for place, text in enumerate(self.came[phone])]

    async def _read(self) -> None:
        while True:
            assert self.centre.running.stdout
            line = await self.centre.running.stdout.readline()
            if not line:
                return
            self._take(line)

    def _take(self, line: bytes) -> None:
        said = json.loads(line)
        if "answered" in said:
            self.answered.put_nowait(said["answered"])
            return
        octets, phone = said["octets"], said["to"].removeprefix("86")
        head, body = (octets[:12], octets[12:]) if octets.startswith(HEAD) else ("", octets)
        text = decoded(bytes.fromhex(body), UCS2 if said["coding"] == "UCS2" else GSM)
        if head and not head.endswith("01"):
            self.came[phone][-1] += text
        else:
            self.came[phone].append(text)
        self.count += 1


@asynccontextmanager
async def on_air(place: Place) -> AsyncIterator[Air]:
    """This will bind a house to the centre."""
    counter, simulated = place.counter, place.counter.world.sms
    async with foreign() as centre:
        rules = structs.replace(read(), smpp_host="127.0.0.1", smpp_port=centre.port, smpp_system_id="hall", smpp_password="secret")
        air = Air.of(counter.store, rules)
        counter.world.sms = air.reaches(centre)
        air.hears = partial(sms.heard, counter.hall, sent=True)
        await air.start()
        try:
            yield air
        finally:
            counter.world.sms = simulated
            await air.stop()
            air.reading.cancel()


class OverSmpp(Sms):
    """Text by text, as `Sms`, through the centre."""

    async def say(self, text: str) -> View | None:
        """This will send one message; gives the journey in which the phone then stands."""
        air, before = self._air(), len(await self._air().messages(self.person.number))
        await air.write(self.person.number, text)
        await self.counter.settle()
        self.replies = [message.text for message in await air.messages(self.person.number)][before:]
        assert self.replies and segments.fits(self.replies[0]), self.replies
        return await self.stands("sms", self.person.number)

    def _air(self) -> Air:
        assert isinstance(self.counter.world.sms, Air)
        return self.counter.world.sms
