"""The doors of the hall: customers come in by a one-time code to their phone; a new phone is a newcomer."""

from onehall.domains import outreach
from onehall.hall.provers import welcome
from onehall.kernel.events import Origin
from onehall.kernel.identity import Who
from onehall.kernel.identity.codes import ask_code, check_code
from onehall.kernel.identity.gate import Gate
from onehall.kernel.settings import current
from onehall.kernel.store import Store


class Doors:
    """Logging in, the same way in every channel that has a login."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.store = gate.store

    async def ask_code(self, who: Who, phone: str, channel: str) -> int:
        """This will send a one-time code; gives for how many seconds it is good, whether we know the phone or not.

        :raises Refusal: 422 no phone number; 429 too many.
        """
        self.gate.limits.code.take(who.address, self.store.clock.now())
        await ask_code(self.store, phone, "login", Origin(channel=channel))
        return current().otp_minutes * 60

    async def check_code(self, who: Who, phone: str, code: str, channel: str) -> str:
        """This will give the party whose phone it is; a phone that names nobody yet becomes a prospect's.

        :raises Refusal: 422 wrong code; 429 too many tries.
        """
        self.gate.limits.login.take(who.address, self.store.clock.now())
        verified = await check_code(self.store, phone, code, "login", Origin(channel=channel))
        if verified.party is not None:
            await follow(self.store, who, verified.party)
            return verified.party
        known, _new = await welcome(self.store, verified.phone, who.language, origin=Origin(channel=channel))
        await follow(self.store, who, known)
        return known


async def follow(store: Store, who: Who, party: str) -> None:
    """This will take along what a guest scanned to the customer they turn out to be."""
    if who.visitor:
        await outreach.actions.follow(store, [f"visitor:{who.visitor}"], party)
