"""A simulated network: subscribers in a table, and switches that make it refuse or stay away."""

from typing import Any

from onehall.adapters.switches import Switches
from onehall.kernel import ids
from onehall.kernel.store import Store
from onehall.ports.network import Told

_KEEP = """
INSERT INTO sim_subscriber AS s (home, number, imsi, state, services, keys, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (home, number) DO UPDATE SET state = excluded.state, services = excluded.services, at = excluded.at,
imsi = CASE WHEN excluded.imsi = '' THEN s.imsi ELSE excluded.imsi END, keys = s.keys || excluded.keys
WHERE NOT s.keys @> excluded.keys
"""


class SimulatedNetwork:
    """Subscribers in a table."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.switches = Switches(store, "network")

    async def activate(self, number: str, imsi: str, services: dict[str, Any], key: str) -> Told:
        """This will put a subscriber in service, unless told to refuse."""
        return await self._set(number, imsi, "barred" if services.get("barred") else "active", services, key)

    async def change(self, number: str, services: dict[str, Any], key: str) -> Told:
        """This will set what a subscriber may do, unless told to refuse."""
        return await self._set(number, "", "barred" if services.get("barred") else "active", services, key)

    async def deactivate(self, number: str, key: str) -> Told:
        """This will take a subscriber out of service."""
        return await self._set(number, "", "gone", {}, key)

    async def subscriber(self, number: str) -> dict[str, Any] | None:
        """This will show a subscriber as the network has it."""
        async with self.store.edge(ids.home_for(number)) as tx:
            row = await tx.read_one("SELECT * FROM sim_subscriber WHERE home = $1 AND number = $2", tx.home, number)
        return dict(row) if row else None

    async def subscribers(self) -> list[dict[str, Any]]:
        """This will show the latest subscribers."""
        async with self.store.edge(0) as tx:
            rows = await tx.read("SELECT number, imsi, state, services, at FROM sim_subscriber ORDER BY at DESC LIMIT 100")
        return [dict(row) for row in rows]

    async def _set(self, number: str, imsi: str, state: str, services: dict[str, Any], key: str) -> Told:
        if await self.switches.obey():
            return Told(False, "the network was told to refuse")
        async with self.store.edge(ids.home_for(number)) as tx:
            await tx.write_alone(_KEEP, tx.home, number, imsi, state, services, [key], tx.now)
        return Told(True)
