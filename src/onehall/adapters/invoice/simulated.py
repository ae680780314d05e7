"""A simulated e-invoice service: numbers of its own, refusals, and invoices that are ready only after a while."""

import hashlib
from datetime import timedelta
from typing import Any, Final

from onehall.adapters.switches import Switches
from onehall.kernel import ids
from onehall.kernel.jobs import Later
from onehall.kernel.money import Money
from onehall.kernel.store import Store
from onehall.ports.invoice import Invoiced, Wanted

PAGE: Final = "/sim/invoices"
_DIGITS = 20


class SimulatedInvoice:
    """Invoices in a table. Switches: `fail` (refuses so many), `later`, `down`, `delay_s` (how long until one is ready)."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.switches = Switches(store, "invoice")

    async def issue(self, key: str, wanted: Wanted) -> Invoiced:
        """This will issue an invoice, or say that it is not ready, or refuse.

        :raises Later: it was told to be away, or the invoice is not ready.
        """
        turned = await self.switches.all()
        if turned.get("down"):
            raise Later("the invoice service was told to be down")
        found = await self._row(key)
        if found is None:
            status = "refused" if await self.switches.obey() or not await self._may(wanted) else "issued"
            found = await self._keep(key, wanted, status, timedelta(seconds=int(turned.get("delay_s") or 0)))
        if found["ready"] > self.store.clock.now():
            raise Later("the invoice is not ready yet")
        if found["status"] == "refused":
            return Invoiced("refused", why="the service does not issue this")
        return Invoiced("issued", found["number"], f"{PAGE}/{found['number']}")

    async def document(self, number: str) -> bytes:
        """This will give a plain text that stands for the invoice."""
        async with self.store.edge(0) as tx:
            row = await tx.read_one("SELECT title, minor, currency, reverses FROM sim_invoice WHERE number = $1", number)
        if row is None:
            return b""
        red = f"\nReverses {row['reverses']}" if row["reverses"] else ""
        return f"Invoice {number}\n{row['title']}\n{Money(row['minor'], row['currency'])}{red}\n".encode()

    async def issued(self) -> list[dict[str, Any]]:
        """This will list what was issued, for tests and the service's own page."""
        async with self.store.edge(0) as tx:
            rows = await tx.read("SELECT number, title, minor, currency, reverses FROM sim_invoice WHERE status = 'issued' ORDER BY asked")
        return [dict(row) for row in rows]

    async def _may(self, wanted: Wanted) -> bool:
        """A red invoice takes back a whole one that stands, once."""
        if not wanted.reverses:
            return wanted.amount.minor > 0
        async with self.store.edge(0) as tx:
            rows = await tx.read(
                "SELECT minor, reverses FROM sim_invoice WHERE status = 'issued' AND (number = $1 OR reverses = $1)", wanted.reverses
            )
        return [row["minor"] for row in rows] == [-wanted.amount.minor] and rows[0]["reverses"] is None

    async def _row(self, key: str) -> Any:
        async with self.store.edge(ids.home_for(key)) as tx:
            return await tx.read_one("SELECT number, status, ready FROM sim_invoice WHERE home = $1 AND key = $2", tx.home, key)

    async def _keep(self, key: str, wanted: Wanted, status: str, delay: timedelta) -> Any:
        number = str(int(hashlib.sha256(key.encode()).hexdigest(), 16))[:_DIGITS]
        async with self.store.edge(ids.home_for(key)) as tx:
            await tx.write(
                """INSERT INTO sim_invoice (home, key, number, title, minor, currency, reverses, asked, ready, status)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING""",
                tx.home, key, number, wanted.title, wanted.amount.minor, wanted.amount.currency, wanted.reverses or None, tx.now,
                tx.now + delay, status,
            )  # fmt: skip
        return await self._row(key)
