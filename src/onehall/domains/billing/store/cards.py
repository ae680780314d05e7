"""Rows of top-up cards, each in the home of its PIN's hash, and of those who guess."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from onehall.domains.billing.model import Batch, Card
from onehall.kernel.ids import home_for, home_of
from onehall.kernel.store import Tx

_BATCH: Final = "home, id, cards, minor, currency, expires, status, made"
_CARD: Final = "hash, batch, no AS serial, minor, currency, expires, status, token, account"
_TRY: Final = """
INSERT INTO card_guess AS g (home, name, tries, last, locked_until) VALUES ($1, $2, 1, $3, NULL)
ON CONFLICT (home, name) DO UPDATE SET
    tries = CASE WHEN g.last <= $4 THEN 1 ELSE g.tries + 1 END, last = excluded.last, locked_until = NULL
WHERE g.locked_until IS NULL OR g.locked_until <= $3
RETURNING tries
"""


async def insert_batch(tx: Tx, batch: Batch) -> None:
    """This will write a new batch."""
    await tx.write(
        """INSERT INTO card_batch (home, id, cards, minor, currency, expires, status, made, staff)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
        *msgspec.structs.astuple(batch), tx.origin.staff,
    )  # fmt: skip


async def batch(tx: Tx, id_: str) -> Batch | None:
    """This will read a batch."""
    row = await tx.read_one(f"SELECT {_BATCH} FROM card_batch WHERE home = $1 AND id = $2", home_of(id_), id_)
    return msgspec.convert(dict(row), Batch) if row else None


async def hold_batch(tx: Tx, id_: str) -> str:
    """This will keep a batch from changing meanwhile, and tell how it stands; "" when there is none."""
    row = await tx.write_one("SELECT status FROM card_batch WHERE home = $1 AND id = $2 FOR UPDATE", home_of(id_), id_)
    return row["status"] if row else ""


async def set_batch(tx: Tx, id_: str, status: str) -> None:
    """This will bring a batch to a status."""
    await tx.write("UPDATE card_batch SET status = $3 WHERE home = $1 AND id = $2", tx.home, id_, status)


async def activate(tx: Tx, id_: str) -> bool:
    """This will make a batch good that is whole; False when it was blocked meanwhile."""
    sql = "UPDATE card_batch SET status = 'active' WHERE home = $1 AND id = $2 AND status = 'making' RETURNING id"
    return await tx.write_one(sql, tx.home, id_) is not None


async def in_making(tx: Tx) -> list[Batch]:
    """This will read the batches that are not whole, the oldest first."""
    rows = await tx.read(f"-- fan-out: by hand\nSELECT {_BATCH} FROM card_batch WHERE status = 'making' ORDER BY made, id")
    return [msgspec.convert(dict(row), Batch) for row in rows]


async def insert_cards(tx: Tx, batch: Batch, cards: Sequence[tuple[str, str]]) -> int:
    """This will write cards (hash of the PIN, serial) of a batch; gives how many there were not yet."""
    rows = await tx.write(
        """-- cold: cards are made by hand, many at once
           INSERT INTO card (home, hash, batch, no, minor, currency, expires, status)
           SELECT n.home, n.hash, $1, n.serial, $2, $3, $4, 'new' FROM unnest($5::smallint[], $6::text[], $7::text[]) n(home, hash, serial)
           ON CONFLICT DO NOTHING RETURNING home""",
        batch.id, batch.minor, batch.currency, batch.expires, [home_for(hash_) for hash_, _serial in cards],
        [hash_ for hash_, _serial in cards], [serial for _hash, serial in cards],
    )  # fmt: skip
    return len(rows)


async def count(tx: Tx, batch: str) -> int:
    """This will count the cards of a batch, wherever they live."""
    row = await tx.read_one("-- fan-out: by hand\nSELECT count(*)::int AS cards FROM card WHERE batch = $1", batch)
    return row["cards"] if row else 0


async def kept(tx: Tx, batch: str, hashes: Sequence[str]) -> int:
    """This will count which of some cards are kept already of a batch."""
    sql = "-- fan-out: by hand\nSELECT count(*)::int AS cards FROM card WHERE batch = $1 AND hash = ANY($2) AND home = ANY($3)"
    row = await tx.read_one(sql, batch, list(hashes), sorted({home_for(hash_) for hash_ in hashes}))
    return row["cards"] if row else 0


async def block(tx: Tx, batch: str) -> int:
    """This will block the unused cards of a batch, wherever they live."""
    sql = "-- fan-out: by hand\nUPDATE card SET status = 'blocked' WHERE batch = $1 AND status = 'new' RETURNING home"
    return len(await tx.write(sql, batch))


async def use(tx: Tx, hash_: str, token: str, account: str) -> Card | None:
    """This will use a card up, once, for a token and an account; None when it cannot be had."""
    row = await tx.write_one(
        f"""UPDATE card SET status = 'used', token = $3, account = $4, used = $5
            WHERE home = $1 AND hash = $2 AND status = 'new' AND expires > $5 RETURNING {_CARD}""",
        home_for(hash_), hash_, token, account, tx.now,
    )  # fmt: skip
    return msgspec.convert(dict(row), Card) if row else None


async def one(tx: Tx, hash_: str) -> Card | None:
    """This will read a card."""
    row = await tx.read_one(f"SELECT {_CARD} FROM card WHERE home = $1 AND hash = $2", home_for(hash_), hash_)
    return msgspec.convert(dict(row), Card) if row else None


async def give_back(tx: Tx, hash_: str, account: str) -> None:
    """This will make a card good again whose money found no account."""
    await tx.write(
        """UPDATE card SET status = 'new', token = NULL, account = NULL, used = NULL
           WHERE home = $1 AND hash = $2 AND account = $3 AND status = 'used'""",
        home_for(hash_), hash_, account,
    )  # fmt: skip


async def count_try(tx: Tx, name: str, forgotten_after: timedelta) -> int | None:
    """This will count a try of a name, in its home; None when it is locked."""
    row = await tx.write_one(_TRY, home_for(name), name, tx.now, tx.now - forgotten_after)
    return int(row["tries"]) if row else None


async def lock(tx: Tx, name: str, until: datetime) -> None:
    """This will lock a name out from now on."""
    await tx.write("UPDATE card_guess SET locked_until = $3 WHERE home = $1 AND name = $2", home_for(name), name, until)


async def locked_until(tx: Tx, name: str) -> datetime | None:
    """This will tell until when a name is locked out."""
    row = await tx.read_one("SELECT locked_until FROM card_guess WHERE home = $1 AND name = $2", home_for(name), name)
    return row["locked_until"] if row else None


async def clear(tx: Tx, name: str, *, whole: bool) -> None:
    """This will forget the tries of a name that had a real card, or only that one try."""
    if whole:
        await tx.write("DELETE FROM card_guess WHERE home = $1 AND name = $2", home_for(name), name)
        return
    sql = "UPDATE card_guess SET tries = greatest(tries - 1, 0), locked_until = NULL WHERE home = $1 AND name = $2"
    await tx.write(sql, home_for(name), name)
