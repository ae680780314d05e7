"""A simulated SIM writer: what it wrote is kept in a table; switches make it fail, spoil cards or stay away."""

from typing import Any

from onehall.adapters.switches import Switches
from onehall.kernel import ids
from onehall.kernel.store import Store
from onehall.ports.sim_writer import Written


class SimulatedSimWriter:
    """Cards in a table."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.switches = Switches(store, "sim_writer")

    async def write(self, iccid: str, number: str, kind: str, key: str) -> Written:
        """This will write a card; the same key gives the same outcome. A failed plastic card is spoilt."""
        async with self.store.edge(ids.home_for(iccid)) as tx:
            before = await tx.read_one(
                "SELECT done, why FROM sim_card_written WHERE home = $1 AND iccid = $2 AND key = $3", tx.home, iccid, key
            )
        if before is None:
            failed = await self.switches.obey()
            why = "the writer was told to fail" if failed else ""
            async with self.store.edge(ids.home_for(iccid)) as tx:
                await tx.write_alone(
                    "INSERT INTO sim_card_written (home, iccid, number, kind, key, done, why, at) "
                    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
                    tx.home, iccid, number, kind, key, not failed, why, tx.now,
                )  # fmt: skip
            before = {"done": not failed, "why": why}
        if not before["done"]:
            return Written(False, before["why"], spoilt=kind == "plastic")
        return Written(True, activation=f"LPA:1$rsp.simulated$ {iccid}" if kind == "esim" else "")

    async def written(self) -> list[dict[str, Any]]:
        """This will show the latest writings."""
        async with self.store.edge(0) as tx:
            rows = await tx.read("SELECT iccid, number, kind, done, why, at FROM sim_card_written ORDER BY at DESC LIMIT 100")
        return [dict(row) for row in rows]
