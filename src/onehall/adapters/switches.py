"""Switches of the simulated world: what it is told to do badly. Kept in the database, so every process sees them."""

from typing import Any, Final

from onehall.kernel.i18n import Text, _
from onehall.kernel.jobs import Later
from onehall.kernel.store import Store

WORDS: Final[dict[str, Text]] = {
    "fail": _("Say no: to so many"), "later": _("Out of reach: for so many"), "down": _("Out of reach until turned off"),
    "delay_s": _("An invoice is ready only after: seconds"),
    "slow_ms": _("Answer slowly: milliseconds"), "doubled": _("The notice comes twice"), "lost": _("The notice never comes"),
    "reordered": _("Notices come in the wrong order"), "delay_ms": _("The notice comes late: milliseconds"),
    "no_charge": _("Charges by agreement fail: so many"), "no_agreement": _("Nobody agrees to be charged: so many"),
    "file_short": _("The day's file leaves out: so many lines"), "file_extra": _("The day's file has strangers: so many lines"),
    "file_amount": _("The day's file is wrong by one fen: so many lines"), "file_currency": _("The day's file has dollars: so many lines"),
    "file_doubled": _("The day's file says it twice: so many lines"), "file_late": _("The day's file has it a day late: so many lines"),
    "file_no_refunds": _("The day's file knows of no refunds"),
    "refuse": _("Refuse everybody (true)"), "face": _("No face matches (false)"),
    "strangers": _("Whoever it was not told of is unknown (false)"),
}  # fmt: skip
EACH: Final = ("fail", "later")
MORE: Final[dict[str, tuple[str, ...]]] = {
    "payment": (
        "doubled", "lost", "reordered", "delay_ms", "down", "slow_ms", "no_charge", "no_agreement", "file_short", "file_extra",
        "file_amount", "file_currency", "file_doubled", "file_late", "file_no_refunds",
    ),
    "invoice": ("down", "delay_s"),
    "identity_check": ("refuse", "face", "strangers", "slow_ms"),
}  # fmt: skip


class Switches:
    """The switches of one simulated adapter."""

    def __init__(self, store: Store, adapter: str) -> None:
        self.store = store
        self.adapter = adapter

    @property
    def words(self) -> dict[str, Text]:
        """This will say what each switch of the adapter does."""
        return {name: WORDS[name] for name in (*EACH, *MORE.get(self.adapter, ()))}

    async def all(self) -> dict[str, Any]:
        """This will read every switch of the adapter."""
        async with self.store.edge(0) as tx:
            rows = await tx.read("SELECT name, value FROM sim_switch WHERE adapter = $1", self.adapter)
        return {row["name"]: row["value"] for row in rows}

    async def turn(self, name: str, value: Any) -> None:
        """This will set a switch; None turns it off."""
        async with self.store.edge(0) as tx:
            if value is None:
                await tx.write("DELETE FROM sim_switch WHERE adapter = $1 AND name = $2", self.adapter, name)
                return
            await tx.write(
                "INSERT INTO sim_switch (adapter, name, value) VALUES ($1, $2, $3) "
                "ON CONFLICT (adapter, name) DO UPDATE SET value = excluded.value",
                self.adapter, name, value,
            )  # fmt: skip

    async def spend(self, name: str) -> bool:
        """This will take one from a switch that counts (`fail` 2: the next two fail); False when it is off or used up."""
        async with self.store.edge(0) as tx:
            row = await tx.write_one(
                "SELECT value FROM sim_switch WHERE adapter = $1 AND name = $2 FOR UPDATE", self.adapter, name
            )
            left = int(row["value"]) if row else 0
            if left > 0:
                await tx.write("UPDATE sim_switch SET value = $3 WHERE adapter = $1 AND name = $2", self.adapter, name, left - 1)
        return left > 0

    async def obey(self, turned: dict[str, Any] | None = None) -> bool:
        """This will act the faults that are switched on (`turned`, when they were read already); True when the answer must be a no.

        :raises Later: the adapter was told to be out of reach.
        """
        turned = await self.all() if turned is None else turned
        if turned.get("later") and await self.spend("later"):
            raise Later(f"{self.adapter} was told to be out of reach")
        return bool(turned.get("fail")) and await self.spend("fail")
