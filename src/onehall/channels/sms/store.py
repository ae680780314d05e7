"""The SQL of the SMS hall: which question a phone was asked last, and what was answered to which message."""

from datetime import timedelta
from typing import Any, Final

import msgspec

from onehall.kernel import ids
from onehall.kernel.store import Store, Tx

TAKEN_OVER: Final = timedelta(seconds=30)


class Dialogue(msgspec.Struct):
    """Where a phone stands: its journey, the values behind the numbers that it was shown, which page of what it searched for."""

    journey: str | None = None
    shown: list[str] = []
    page: int = 0
    words: str = ""


def home_of_phone(phone: str) -> int:
    """This will give the home in which a phone's dialogue is kept."""
    return ids.home_for(f"sms/{phone}")


async def claim(store: Store, phone: str, message: str) -> tuple[bool, list[str] | None]:
    """This will take a message to be worked on; (False, replies) when it came before, replies None while it is worked on.

    What a process had taken that was killed is taken over after a while.
    """
    async with store.edge(home_of_phone(phone)) as tx:
        new = await tx.write_alone(
            "INSERT INTO sms_inbound AS m (home, phone, id, at) VALUES ($1, $2, $3, $4) ON CONFLICT (home, phone, id) "
            "DO UPDATE SET at = excluded.at WHERE m.replies IS NULL AND m.at < $5 RETURNING id",
            tx.home, phone, message, tx.now, tx.now - TAKEN_OVER,
        )  # fmt: skip
        if new:
            return True, None
        row = await tx.read_one("SELECT replies FROM sms_inbound WHERE home = $1 AND phone = $2 AND id = $3", tx.home, phone, message)
        return False, row["replies"] if row else None


async def dialogue(tx: Tx, phone: str) -> Dialogue:
    """This will read where a phone stands."""
    row = await tx.read_one("SELECT journey, shown FROM sms_dialogue WHERE home = $1 AND phone = $2", tx.home, phone)
    if row is None:
        return Dialogue()
    return Dialogue(row["journey"], row["shown"]["values"], row["shown"]["page"], row["shown"].get("words", ""))


async def keep(store: Store, phone: str, message: str, replies: list[str], now: Dialogue) -> None:
    """This will write what was answered to a message, and where the phone stands now. One statement."""
    shown: dict[str, Any] = {"values": now.shown, "page": now.page, "words": now.words}
    async with store.edge(home_of_phone(phone)) as tx:
        await tx.write_alone(
            "WITH told AS (UPDATE sms_inbound SET replies = $4 WHERE home = $1 AND phone = $2 AND id = $3) "
            "INSERT INTO sms_dialogue (home, phone, journey, shown, at) VALUES ($1, $2, $5, $6, $7) "
            "ON CONFLICT (home, phone) DO UPDATE SET journey = excluded.journey, shown = excluded.shown, at = excluded.at",
            tx.home, phone, message, replies, now.journey, shown, tx.now,
        )  # fmt: skip


async def forget(store: Store, phone: str, message: str) -> None:
    """This will let a message be worked on again, as it could not be answered."""
    async with store.edge(home_of_phone(phone)) as tx:
        await tx.write("DELETE FROM sms_inbound WHERE home = $1 AND phone = $2 AND id = $3", tx.home, phone, message)
