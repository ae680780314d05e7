"""A simulated short-message centre: phones that keep what they are sent, to be read under /sim/phones."""

from datetime import datetime

import msgspec

from onehall.adapters.switches import Switches
from onehall.kernel import ids
from onehall.kernel.jobs import Later
from onehall.kernel.store import Store

MESSAGES_MAX = 200


class Message(msgspec.Struct, frozen=True):
    """A message on a simulated phone; `way` is "to" (the phone got it) or "from" (it sent it)."""

    id: str
    text: str
    way: str
    at: datetime


class SimulatedSms:
    """Phones in a table."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.switches = Switches(store, "sms")

    async def send(self, to: str, text: str, key: str) -> None:
        """This will put the text on the phone, once per key.

        :raises Later: it was told to be out of reach, or to fail.
        """
        if await self.switches.obey():
            raise Later("the centre was told to fail")
        await self.keep(to, text, key, "to")

    async def keep(self, phone: str, text: str, key: str, way: str) -> None:
        """This will put a text on a phone's screen, once per key."""
        async with self.store.edge(ids.home_for(phone)) as tx:
            await tx.write_alone(
                "INSERT INTO sim_message (home, id, phone, key, text, way, at) VALUES ($1, $2, $3, $4, $5, $6, $7) "
                "ON CONFLICT DO NOTHING",
                tx.home, tx.new_id(), phone, key, text, way, tx.now,
            )  # fmt: skip

    async def messages(self, phone: str) -> list[Message]:
        """This will give what the phone got and sent, oldest first."""
        async with self.store.edge(ids.home_for(phone)) as tx:
            rows = await tx.read(
                "SELECT id, text, way, at FROM sim_message WHERE home = $1 AND phone = $2 ORDER BY id DESC LIMIT $3",
                tx.home, phone, MESSAGES_MAX,
            )  # fmt: skip
        return [Message(**dict(row)) for row in reversed(rows)]

    async def phones(self) -> list[str]:
        """This will name the phones that have messages, the latest first."""
        async with self.store.edge(0) as tx:
            rows = await tx.read("SELECT phone, max(at) AS last FROM sim_message GROUP BY phone ORDER BY last DESC LIMIT 100")
        return [str(row["phone"]) for row in rows]
