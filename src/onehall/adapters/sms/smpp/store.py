"""The SQL of the SMPP centre: what was sent and what became of it, and parts of long messages that wait for the others."""

from datetime import timedelta
from typing import Final

from onehall.adapters.sms.smpp.letters import Part
from onehall.kernel.ids import home_for
from onehall.kernel.store import Store

PARTS_WAIT: Final = timedelta(hours=24)


async def sent(store: Store, phone: str, key: str) -> set[int]:
    """This will give the places of the parts that the centre has taken."""
    async with store.edge(home_for(phone)) as tx:
        rows = await tx.read("SELECT part FROM sms_sent WHERE home = $1 AND phone = $2 AND key = $3", tx.home, phone, key)
    return {row["part"] for row in rows}


async def keep_sent(store: Store, phone: str, key: str, part: int, centre_id: str) -> None:
    """This will note that the centre has taken a part, and by what name."""
    async with store.edge(home_for(phone)) as tx:
        await tx.write(
            "INSERT INTO sms_sent (home, phone, key, part, centre_id, state, error, at) VALUES ($1, $2, $3, $4, $5, 'sent', '', $6) "
            "ON CONFLICT DO NOTHING",
            tx.home, phone, key, part, centre_id, tx.now,
        )  # fmt: skip


async def note(store: Store, phone: str, names: list[str], state: str, error: str) -> bool:
    """This will note what became of a part; False when none is known by these names."""
    async with store.edge(home_for(phone)) as tx:
        row = await tx.write_one(
            "UPDATE sms_sent SET state = $4, error = $5, at = $6 WHERE home = $1 AND phone = $2 AND centre_id = ANY($3) RETURNING key",
            tx.home, phone, names, state, error, tx.now,
        )  # fmt: skip
    return row is not None


async def put_together(store: Store, phone: str, part: Part, text: str) -> str | None:
    """This will keep a part; gives the whole text once all are there. Of parts that come at once at least the last one sees them all."""
    async with store.edge(home_for(phone)) as tx:
        await tx.write(
            "INSERT INTO sms_part (home, phone, ref, place, text, at) VALUES ($1, $2, $3, $4, $5, $6) "
            "ON CONFLICT (home, phone, ref, place) DO UPDATE SET text = excluded.text, at = excluded.at",
            tx.home, phone, part.ref, part.place, text, tx.now,
        )  # fmt: skip
    async with store.edge(home_for(phone)) as tx:
        rows = await tx.read(
            "SELECT place, text FROM sms_part WHERE home = $1 AND phone = $2 AND ref = $3 AND at > $4 AND place <= $5 ORDER BY place",
            tx.home, phone, part.ref, tx.now - PARTS_WAIT, part.total,
        )  # fmt: skip
    return "".join(row["text"] for row in rows) if len(rows) == part.total else None


async def forget_parts(store: Store, phone: str, part: Part) -> None:
    """This will throw the parts of a message away, and those of the phone that waited in vain."""
    async with store.edge(home_for(phone)) as tx:
        await tx.write(
            "DELETE FROM sms_part WHERE home = $1 AND phone = $2 AND (ref = $3 OR at < $4)",
            tx.home, phone, part.ref, tx.now - PARTS_WAIT,
        )  # fmt: skip
