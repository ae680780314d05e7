"""The bank's notices on their way to us, in the day's own time: doubled or lost as the bank is told, late as long as the post is slow."""

from datetime import timedelta

import msgspec

from onehall.adapters.payment.notices import SIGNATURE, TIME, WAITS_SECONDS, Notices, sign
from onehall.adapters.payment.simulated import NOTICE, SimulatedPayment
from onehall.ports.payment import Paid
from onehall.replay.door import Door
from onehall.replay.street import Street


class Post(Notices):
    """Carries the notices of a simulated bank; `late` is how long each is under way."""

    def __init__(self, bank: SimulatedPayment, street: Street, door: Door) -> None:
        super().__init__(bank.switches, bank.notices.key, bank.notices.url, street.clock)
        self.street = street
        self.door = door
        self.late = timedelta(0)

    async def post(self, paid: Paid) -> int:
        """This will bring a notice once and give the HTTP status of the answer."""
        at, body = str(int(self.clock.now().timestamp())), msgspec.json.encode(paid)
        answer, _headers = await self.door.call("POST", NOTICE, body, {TIME: at, SIGNATURE: sign(self.key(), at, body)})
        return answer.status

    def _start(self, notice: Paid, delay: float) -> None:
        """Each notice of a pair comes a moment after the other; one that is not taken comes again."""

        async def bring() -> None:
            for wait in WAITS_SECONDS:
                await self.street.rest(wait)
                if (status := await self.post(notice)) == 200 or 400 <= status < 500:
                    return

        self.street.at(self.street.clock.now() + self.late + timedelta(seconds=delay), bring)
