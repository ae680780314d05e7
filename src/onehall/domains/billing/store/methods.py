"""Rows of stored ways to pay."""

from typing import Any, Final

import asyncpg
import msgspec

from onehall.domains.billing.model import Method
from onehall.kernel.i18n import _
from onehall.kernel.ids import home_of
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx

COLUMNS: Final = "home, id, kind, name, label, party, account, status, since, until"


async def insert(tx: Tx, method: Method, once: str, unit: str | None, doc: dict[str, Any]) -> bool:
    """This will write a new way to pay; False when there is one of that `once`.

    :raises Refusal: `autopay.set`, 409, the account has one that stands.
    """
    try:
        row = await tx.write_one(
            f"""INSERT INTO payment_method ({COLUMNS}, once, unit, doc, revision)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1)
                ON CONFLICT (home, once) DO NOTHING RETURNING id""",
            *msgspec.structs.astuple(method), once, unit, doc,
        )  # fmt: skip
    except asyncpg.UniqueViolationError as error:
        raise Refusal("autopay.set", _("This account is paid automatically already."), 409) from error
    return row is not None


async def one(tx: Tx, id_: str, *, lock: bool = False) -> Method | None:
    """This will read a way to pay, and keep it from changing meanwhile if `lock`ed."""
    sql = f"SELECT {COLUMNS} FROM payment_method WHERE home = $1 AND id = $2"
    row = await (tx.write_one(sql + " FOR UPDATE", home_of(id_), id_) if lock else tx.read_one(sql, home_of(id_), id_))
    return msgspec.convert(dict(row), Method) if row else None


async def of_account(tx: Tx, account: str) -> Method | None:
    """This will read the agreement by which an account is paid automatically, or is about to be."""
    row = await tx.read_one(
        f"""SELECT {COLUMNS} FROM payment_method
            WHERE home = $1 AND account = $2 AND kind = 'autopay' AND status IN ('pending', 'active')""",
        home_of(account), account,
    )  # fmt: skip
    return msgspec.convert(dict(row), Method) if row else None


async def of_party(tx: Tx, party: str) -> list[tuple[Method, str | None]]:
    """This will read the agreements of a party that stand, each with the number of its account. One statement."""
    columns = ", ".join(f"m.{name}" for name in COLUMNS.split(", "))
    rows = await tx.read(
        f"""SELECT {columns}, a.number FROM payment_method m JOIN billing_account a ON a.home = m.home AND a.id = m.account
            WHERE m.home = $1 AND a.party = $2 AND m.kind = 'autopay' AND m.status IN ('pending', 'active') ORDER BY m.since, m.id""",
        home_of(party), party,
    )  # fmt: skip
    return [(msgspec.convert({name: row[name] for name in COLUMNS.split(", ")}, Method), row["number"]) for row in rows]


async def move(tx: Tx, id_: str, status: str, label: str | None = None) -> None:
    """This will bring a way to pay that was read under lock to a status."""
    await tx.write(
        """UPDATE payment_method SET status = $3, label = coalesce($4, label), revision = revision + 1,
                  until = CASE WHEN $3 IN ('refused', 'stopped') THEN $5::timestamptz ELSE until END WHERE home = $1 AND id = $2""",
        home_of(id_), id_, status, label, tx.now,
    )  # fmt: skip
