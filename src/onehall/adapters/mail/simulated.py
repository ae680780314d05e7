"""Simulated mail: boxes that keep what they are sent."""

from typing import Any

from onehall.adapters.switches import Switches
from onehall.kernel import ids
from onehall.kernel.jobs import Later
from onehall.kernel.store import Store
from onehall.ports.mail import Attached


class SimulatedMail:
    """Boxes in a table. Switches: `fail` and `later` (out of reach for so many)."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.switches = Switches(store, "mail")

    async def send(self, to: str, subject: str, text: str, key: str, files: tuple[Attached, ...] = ()) -> None:
        """This will put a mail into its box, once per key.

        :raises Later: it was told to be out of reach, or to fail.
        """
        if await self.switches.obey():
            raise Later("the mail service was told to fail")
        kept = [{"name": one.name, "kind": one.kind, "text": one.content.decode("utf-8", "replace")} for one in files]
        async with self.store.edge(ids.home_for(key)) as tx:
            await tx.write(
                """INSERT INTO sim_mail (home, key, address, subject, text, files, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
                   ON CONFLICT DO NOTHING""",
                tx.home, key, to, subject, text, kept, tx.now,
            )  # fmt: skip

    async def mails(self, to: str) -> list[dict[str, Any]]:
        """This will give what an address got, oldest first."""
        async with self.store.edge(0) as tx:
            rows = await tx.read("SELECT subject, text, files FROM sim_mail WHERE address = $1 ORDER BY at, key", to)
        return [dict(row) for row in rows]
