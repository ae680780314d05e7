"""Rows of what is set aside for calls in progress, in buckets and in money. Whoever changes them holds the account's row."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from onehall.domains.billing.model import Draw, Reservation
from onehall.domains.billing.store.ledger import changing
from onehall.kernel.ids import home_of
from onehall.kernel.store import Tx
from onehall.kernel.store.transaction import Row

_COLUMNS: Final = (
    "id, account, line, number, kind, source, wanted, granted, drawn, minor, currency, peer, zone, status, at, until"
)


async def insert(tx: Tx, one: Reservation) -> bool:
    """This will write a reservation; False when it is there already."""
    row = await tx.write_one(
        f"""INSERT INTO reservation (home, {_COLUMNS})
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT DO NOTHING RETURNING id""",
        tx.home, one.id, one.account, one.line, one.number, one.kind, one.source, one.wanted, one.granted, _drawn(one.drawn), one.minor,
        one.currency, one.peer, one.zone, one.status, one.at, one.until,
    )  # fmt: skip
    return row is not None


async def one(tx: Tx, id_: str) -> Reservation | None:
    """This will read a reservation."""
    row = await tx.read_one(f"SELECT {_COLUMNS} FROM reservation WHERE home = $1 AND id = $2", home_of(id_), id_)
    return _read(row) if row else None


async def end(tx: Tx, id_: str, status: str, *, among: Sequence[str] = ("reserved",)) -> Reservation | None:
    """This will end a reservation that is in one of some states; gives it as it was in its units and money, or None."""
    row = await tx.write_one(
        f"UPDATE reservation SET status = $3 WHERE home = $1 AND id = $2 AND status = ANY($4) RETURNING {_COLUMNS}",
        tx.home, id_, status, list(among),
    )  # fmt: skip
    return _read(row) if row else None


async def set_aside(tx: Tx, account: str, drawn: Sequence[Draw], minor: int, times: int) -> None:
    """This will set units of buckets and money of an account aside (times 1), or free them again (-1).

    :raises Refusal: `balance.low`, 402.
    """
    if drawn:
        await tx.write(
            """UPDATE bucket b SET reserved = b.reserved + n.amount, revision = b.revision + 1
               FROM unnest($2::text[], $3::numeric[]) n(id, amount) WHERE b.home = $1 AND b.id = n.id""",
            tx.home, [draw.bucket for draw in drawn], [draw.amount * times for draw in drawn],
        )  # fmt: skip
    if minor:
        await changing(
            tx,
            """UPDATE billing_account SET reserved = reserved + $3, revision = revision + 1 WHERE home = $1 AND id = $2
               RETURNING id""",
            tx.home, account, minor * times,
        )  # fmt: skip


async def of_line(tx: Tx, account: str, line: str) -> dict[str, Decimal]:
    """This will give what is set aside for a line now, by bucket."""
    rows = await tx.read(
        "SELECT drawn FROM reservation WHERE home = $1 AND account = $2 AND line = $3 AND status = 'reserved' AND drawn IS NOT NULL",
        tx.home, account, line,
    )  # fmt: skip
    found: dict[str, Decimal] = {}
    for row in rows:
        for bucket, amount in row["drawn"].items():
            found[bucket] = found.get(bucket, Decimal(0)) + Decimal(amount)
    return found


def _drawn(drawn: Sequence[Draw]) -> dict[str, str] | None:
    return {draw.bucket: str(draw.amount) for draw in drawn} or None


def _read(row: Row) -> Reservation:
    values = dict(row)
    values["drawn"] = tuple(Draw(bucket, Decimal(amount)) for bucket, amount in (row["drawn"] or {}).items())
    return Reservation(**values)
