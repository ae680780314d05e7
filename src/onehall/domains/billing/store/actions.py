"""Rows of balance actions: top-ups, adjustments, reservations, as TMF654 shows them."""

from datetime import datetime
from typing import Any, Final

from onehall.kernel.ids import home_of
from onehall.kernel.money import Money
from onehall.kernel.store import Tx
from onehall.kernel.store.transaction import Row

_NEW: Final = """INSERT INTO balance_action (home, id, kind, account, party, unit, status, minor, currency, doc, at, until, revision)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1) ON CONFLICT DO NOTHING"""


async def insert(
    tx: Tx, id_: str, kind: str, account: str, status: str, amount: Money, doc: dict[str, Any], party: str | None, unit: str | None, *,
    until: datetime | None = None, last: bool = False,
) -> None:  # fmt: skip
    """This will write a balance action, once for its id; at the `last`, nothing of the transaction reads it after that."""
    values = (tx.home, id_, kind, account, party, unit, status, amount.minor, amount.currency, doc, tx.now, until)
    if last:
        tx.write_later(_NEW, *values)
    else:
        await tx.write(_NEW, *values)


async def settle(tx: Tx, id_: str, status: str) -> bool:
    """This will end a balance action that was only begun; False when it is over."""
    row = await tx.write_one(
        """UPDATE balance_action SET status = $3, revision = revision + 1
           WHERE home = $1 AND id = $2 AND kind = 'topup' AND status = 'created' RETURNING id""",
        tx.home, id_, status,
    )  # fmt: skip
    return row is not None


async def known(tx: Tx, id_: str) -> bool:
    """This will tell whether there is a balance action of an id."""
    return await tx.read_one("SELECT 1 AS known FROM balance_action WHERE home = $1 AND id = $2", home_of(id_), id_) is not None


async def fail(tx: Tx, id_: str, status: str, why: str) -> str | None:
    """This will write that a top-up or transfer came to nothing, and why; gives its kind. None: it was known, or is no such action."""
    row = await tx.write_one(
        """UPDATE balance_action SET status = $3, doc = doc || $4::jsonb, revision = revision + 1
           WHERE home = $1 AND id = $2 AND kind IN ('topup', 'transfer') AND status IN ('created', 'completed') RETURNING kind""",
        home_of(id_), id_, status, {"statusReason": why},
    )  # fmt: skip
    return row["kind"] if row else None


async def end_reservation(tx: Tx, id_: str, status: str) -> Row | None:
    """This will end a reservation that stands; None when it is over already."""
    return await tx.write_one(
        """UPDATE balance_action SET status = $3, revision = revision + 1
           WHERE home = $1 AND id = $2 AND kind = 'reserve' AND status = 'created' RETURNING account, minor, currency""",
        tx.home, id_, status,
    )  # fmt: skip


async def describe(tx: Tx, id_: str, words: dict[str, Any]) -> None:
    """This will write other words to a balance action."""
    await tx.write(
        "UPDATE balance_action SET doc = doc || $3::jsonb, revision = revision + 1 WHERE home = $1 AND id = $2", tx.home, id_, words
    )
