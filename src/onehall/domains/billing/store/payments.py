"""Rows of payments and refunds."""

from datetime import datetime
from typing import Any, Final

import msgspec

from onehall.domains.billing.model import Payment, Refund
from onehall.kernel.ids import home_of
from onehall.kernel.store import Tx
from onehall.kernel.store.transaction import Row

COLUMNS: Final = (
    "home, id, party, account, unit, minor, currency, text, channel, status, until, asked, to_journey, method, url, reference, "
    "received, spent, staff, settled"
)
_NEW: Final = """INSERT INTO payment (home, id, once, party, account, unit, to_journey, minor, currency, text, channel, status, method,
                                     received, spent, doc, asked, until, revision)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'pending', $12, 0, 0, $13, $14, $15, 1)"""
_SETTLED: Final = """UPDATE payment SET status = $3, method = coalesce($4, method), reference = coalesce($5, reference),
                             staff = coalesce($6, staff), unit = coalesce($7, unit), settled = $8, revision = revision + 1
                      WHERE home = $1 AND id = $2"""
_REFUND: Final = "home, id, payment, party, minor, currency, method, status"


async def insert(tx: Tx, payment: Payment, once: str, doc: dict[str, Any]) -> Payment | None:
    """This will write a new payment; None when there is one of that `once`."""
    row = await tx.write_one(f"{_NEW} ON CONFLICT DO NOTHING RETURNING {COLUMNS}", *_values(payment, once, doc))
    return _payment(row) if row else None


def insert_last(tx: Tx, payment: Payment, once: str) -> None:
    """This will write a new payment at the end of the transaction, all of which is done again where there is one of that `once`."""
    tx.write_last(_NEW, *_values(payment, once, {}))


async def one(tx: Tx, payment: str, *, lock: bool = False) -> Payment | None:
    """This will read a payment, and keep it from changing meanwhile if `lock`ed."""
    sql = f"SELECT {COLUMNS} FROM payment WHERE home = $1 AND id = $2"
    row = await (tx.write_one(sql + " FOR UPDATE", home_of(payment), payment) if lock else tx.read_one(sql, home_of(payment), payment))
    return _payment(row) if row else None


async def settle(
    tx: Tx, payment: Payment, status: str, *, method: str | None = None, reference: str | None = None, staff: str | None = None,
    unit: str | None = None, last: bool = False,
) -> None:  # fmt: skip
    """This will bring a payment that was read under lock to a status; at the `last`, nothing of the transaction reads it after that."""
    values = (home_of(payment.id), payment.id, status, method, reference, staff, unit, tx.now)
    if last:
        tx.write_last(_SETTLED, *values)
    else:
        await tx.write(_SETTLED, *values)


async def charging(tx: Tx, account: str, channel: str) -> bool:
    """This will tell whether a payment of an account that was begun in a channel may still come."""
    sql = "SELECT id FROM payment WHERE home = $1 AND account = $2 AND channel = $3 AND status = 'pending' LIMIT 1"
    return await tx.read_one(sql, home_of(account), account, channel) is not None


def open_checkout(tx: Tx, payment: str, url: str) -> None:
    """This will write down, at the end of the transaction, where a pending payment can be paid."""
    sql = "UPDATE payment SET url = $3, revision = revision + 1 WHERE home = $1 AND id = $2 AND status = 'pending'"
    tx.write_later(sql, home_of(payment), payment, url)


async def of_party(tx: Tx, party: str, limit: int, *, done: bool = False) -> list[Payment]:
    """This will read a party's latest payments, newest first, or only those that were paid. One statement."""
    only = "AND status IN ('done', 'late')" if done else ""
    sql = f"SELECT {COLUMNS} FROM payment WHERE home = $1 AND party = $2 {only} ORDER BY asked DESC, id DESC LIMIT $3"
    return [_payment(row) for row in await tx.read(sql, home_of(party), party, limit)]


async def waiting(tx: Tx, before: datetime, limit: int) -> list[Payment]:
    """This will read payments of every home that are pending though their time is over."""
    sql = f"""-- fan-out: the console, off the hot path
              SELECT {COLUMNS} FROM payment WHERE status = 'pending' AND until < $1 ORDER BY until LIMIT $2"""
    return [_payment(row) for row in await tx.read(sql, before, limit)]


async def insert_refund(
    tx: Tx, id_: str, once: str, payment: Payment, minor: int, why: Any, method: str, doc: dict[str, Any]
) -> Refund | None:
    """This will write a new refund; None when there is one of that `once`."""
    row = await tx.write_one(
        f"""INSERT INTO refund (home, id, once, payment, account, party, unit, minor, currency, why, method, status, staff, doc, asked,
                                revision)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'requested', $12, $13, $14, 1)
            ON CONFLICT DO NOTHING RETURNING {_REFUND}""",
        payment.home, id_, once, payment.id, payment.account, payment.party, payment.unit, minor, payment.currency, why, method,
        tx.origin.staff, doc, tx.now,
    )  # fmt: skip
    return msgspec.convert(dict(row), Refund) if row else None


async def refund(tx: Tx, id_: str, *, lock: bool = False) -> Refund | None:
    """This will read a refund."""
    sql = f"SELECT {_REFUND} FROM refund WHERE home = $1 AND id = $2"
    row = await (tx.write_one(sql + " FOR UPDATE", home_of(id_), id_) if lock else tx.read_one(sql, home_of(id_), id_))
    return msgspec.convert(dict(row), Refund) if row else None


async def refunded(tx: Tx, payment: str) -> int:
    """This will sum what was promised back of a payment and has not failed, minor units."""
    sql = "SELECT coalesce(sum(minor), 0)::bigint AS total FROM refund WHERE home = $1 AND payment = $2 AND status <> 'failed'"
    row = await tx.read_one(sql, home_of(payment), payment)
    return int(row["total"]) if row else 0


async def refunds_to_hand_over(tx: Tx, payment: str) -> list[Refund]:
    """This will read what a counter still has to hand back of a payment."""
    sql = f"""SELECT {_REFUND} FROM refund WHERE home = $1 AND payment = $2
             AND (status = 'failed' OR status = 'requested' AND method <> 'online') ORDER BY id"""
    return [msgspec.convert(dict(row), Refund) for row in await tx.read(sql, home_of(payment), payment)]


async def settle_refund(tx: Tx, id_: str, status: str) -> None:
    """This will bring a refund that was read under lock to a status."""
    sql = "UPDATE refund SET status = $3, settled = $4, staff = coalesce($5, staff), revision = revision + 1 WHERE home = $1 AND id = $2"
    await tx.write(sql, home_of(id_), id_, status, tx.now, tx.origin.staff)


def _payment(row: Row) -> Payment:
    return msgspec.convert(dict(row), Payment)


def _values(payment: Payment, once: str, doc: dict[str, Any]) -> tuple[Any, ...]:
    return (
        payment.home, payment.id, once, payment.party, payment.account, payment.unit, payment.to_journey, payment.minor,
        payment.currency, payment.text, payment.channel, payment.method, doc, payment.asked, payment.until,
    )  # fmt: skip
