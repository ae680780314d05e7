"""A bus of our own making: messages lie in a table, in the order in which they came, each once."""

from collections.abc import Sequence

from onehall.adapters.switches import Switches
from onehall.kernel.ids import home_of, id_after, new_id
from onehall.kernel.jobs import Later
from onehall.kernel.store import Store
from onehall.ports.bus import Message

_PUT = """
INSERT INTO sim_bus_message (home, id, subject, key, body, place) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
"""


class SimulatedBus:
    """Switches: `down` until it is turned off; `fail`, so many messages are not taken."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.switches = Switches(store, "bus")
        self._last = ""

    async def open(self) -> None:
        """This will be there, unless it is told not to be.

        :raises Later: it was told to be out of reach.
        """
        if (await self.switches.all()).get("down"):
            raise Later("the bus was told to be out of reach")

    async def publish(self, messages: Sequence[Message]) -> set[str]:
        """This will keep messages; of a key whose message is not taken, no later one is."""
        taken: set[str] = set()
        stopped: set[str] = set()
        for one in messages:
            if one.key in stopped or await self.switches.spend("fail"):
                stopped.add(one.key)
                continue
            async with self.store.edge(home_of(one.id)) as tx:
                await tx.write(_PUT, tx.home, one.id, one.subject, one.key, one.body.decode(), self._place())
            taken.add(one.id)
        return taken

    def _place(self) -> str:
        fresh = new_id(0, self.store.clock.now())
        self._last = fresh if fresh > self._last else id_after(self._last)
        return self._last

    async def close(self) -> None:
        """Nothing is open."""
