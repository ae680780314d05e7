"""Simulated browsers: what each was told, to be read under /sim/pushes."""

from datetime import datetime

import msgspec

from onehall.adapters.switches import Switches
from onehall.kernel import ids
from onehall.kernel.jobs import Later
from onehall.kernel.store import Store
from onehall.ports.push import Device

TOLD_MAX = 100
GONE = "/gone"


class Told(msgspec.Struct, frozen=True):
    """What a browser was told."""

    endpoint: str
    text: str
    at: datetime


class SimulatedPush:
    """Browsers in a table; one whose address ends in /gone is there no more."""

    public_key = ""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.switches = Switches(store, "push")

    async def send(self, device: Device, text: str, key: str) -> bool:
        """This will put words on a simulated browser, once per key.

        :raises Later: it was told to be out of reach.
        """
        if await self.switches.obey():
            raise Later("the push service was told to fail")
        if device.endpoint.endswith(GONE):
            return False
        async with self.store.edge(ids.home_for(device.endpoint)) as tx:
            await tx.write_alone(
                "INSERT INTO sim_push (home, id, endpoint, key, text, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                tx.home, tx.new_id(), device.endpoint, key, text, tx.now,
            )  # fmt: skip
        return True

    async def told(self) -> list[Told]:
        """This will give what browsers were told, the latest first."""
        async with self.store.edge(0) as tx:
            rows = await tx.read("SELECT endpoint, text, at FROM sim_push ORDER BY at DESC LIMIT $1", TOLD_MAX)
        return [Told(**dict(row)) for row in rows]
