"""Postings. An entry, its legs and the balances they change are one statement, written once for each `once`."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import asyncpg

from onehall.domains.billing import rules
from onehall.domains.billing.model import Book, Entry, Leg, Posted, currency_of
from onehall.kernel.i18n import _, keep
from onehall.kernel.ids import home_of, keyed_id
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH
from onehall.kernel.store.transaction import Row

_FIXED: Final = 19
_REFUSED: Final = {
    "billing_account_floor": lambda: Refusal("balance.low", _("The balance is not enough for this."), 402),
    "billing_account_reserved": lambda: Refusal("balance.reserved", _("This reservation is over."), 409),
    "billing_account_deposit": lambda: Refusal("deposit.low", _("The prepayment is not enough for this."), 409),
    "posting_of_entry": lambda: Refusal("once.reused", _("This key was used for something else."), 409),
    "payment_spent": lambda: Refusal("payment.spent", _("This payment was used already."), 409),
}


async def post(tx: Tx, entry: Entry) -> Posted:
    """This will post an entry, once: its legs sum to zero, and the account and payment they touch change with it.

    :raises Refusal: `balance.low`, 402; `payment.spent`, 409; `once.reused`, 409, the key stands for something else;
        404 no such open account or payment.
    """
    legs = rules.legs(entry.moves)
    if not legs:
        return Posted("", False)
    currency = currency_of(entry.moves)
    id_ = _id(tx, entry, legs, currency)
    sql = _sql(len(legs), entry.account is not None, entry.payment is not None)
    row = await changing(tx, sql, *_values(tx, id_, entry, legs, currency))
    if row["fresh"] and entry.account and row["balance"] is None:
        raise missing(_("account"))
    if row["fresh"] and entry.payment and row["rest"] is None:
        raise missing(_("payment"))
    balance, left = _money(row["balance"], currency), _money(row["deposit"], currency)
    return Posted(id_, row["fresh"], balance, left, row["rest"], row["party"], row["unit"], row["number"], row["owes"] is not False)


async def post_many(tx: Tx, entries: Sequence[Entry]) -> dict[str, str]:
    """This will post entries of this home, each on an account whose row is held; they are new, and are not looked for.

    Gives their ids by what they are posted once for; what moves nothing is not posted.
    """
    made = [(entry, legs, currency_of(entry.moves)) for entry in entries if (legs := rules.legs(entry.moves))]
    if not made:
        return {}
    rows = [(_id(tx, entry, legs, currency), entry, legs, currency) for entry, legs, currency in made]
    origin = tx.origin
    heads = [(id_, e.once, e.kind, keep(e.what), e.of, e.account) for id_, e, _legs, _currency in rows]
    parts = [
        (f"{id_}.{place}", id_, str(leg.side.book), leg.side.owner, leg.minor, currency)
        for id_, _entry, legs, currency in rows for place, leg in enumerate(legs)
    ]  # fmt: skip
    sums: dict[str | None, tuple[int, int]] = {}
    for entry, legs, _currency in made:
        main, owed = sums.get(entry.account, (0, 0))
        sums[entry.account] = (main + _sum(legs, Book.MAIN, entry.account), owed - _sum(legs, Book.UNBILLED, entry.account))
    await changing(
        tx,
        """WITH heads AS (
               INSERT INTO entry (home, id, once, kind, what, of, account, at, party, staff, journey, channel, unit)
               SELECT $1::smallint, n.*, $8::timestamptz, $9::text, $10::text, $11::text, $12::text, $13::text
               FROM unnest($2::text[], $3::text[], $4::text[], $5::jsonb[], $6::text[], $7::text[]) n
           ), legs AS (
               INSERT INTO posting (home, id, entry, book, owner, minor, currency) SELECT $1::smallint, n.*
               FROM unnest($14::text[], $15::text[], $16::text[], $17::text[], $18::bigint[], $19::text[]) n
           )
           UPDATE billing_account a SET balance = a.balance + n.main, unbilled = a.unbilled + n.owed, revision = a.revision + 1
           FROM unnest($20::text[], $21::bigint[], $22::bigint[]) n(id, main, owed) WHERE a.home = $1 AND a.id = n.id RETURNING a.id""",
        tx.home, *_columns(heads), tx.now, origin.party, origin.staff, origin.journey, origin.channel, origin.unit, *_columns(parts),
        *_columns([(account, main, owed) for account, (main, owed) in sums.items()]),
    )  # fmt: skip
    return {entry.once: id_ for id_, entry, _legs, _currency in rows}


async def changing(tx: Tx, sql: str, *values: Any) -> Row:
    """This will send a statement under the constraints of the books; what they forbid is a refusal.

    :raises Refusal: what the constraint that said no stands for.
    """
    try:
        row = await tx.write_one(sql, *values)
    except (asyncpg.CheckViolationError, asyncpg.ForeignKeyViolationError) as error:
        for prefix, refusal in _REFUSED.items():
            if (error.constraint_name or "").startswith(prefix):
                raise refusal() from error
        raise
    if row is None:
        raise missing(_("account"))
    return row


async def unbalanced(tx: Tx) -> list[Row]:
    """This will give every entry of every home whose legs do not sum to zero; there is none."""
    return await tx.read(
        """-- fan-out: a check of the books, off the hot path
           SELECT home, entry, currency, sum(minor)::bigint AS off FROM posting GROUP BY home, entry, currency HAVING sum(minor) <> 0"""
    )


async def astray(tx: Tx) -> list[Row]:
    """This will give every account and payment whose kept balance is not the sum of its postings; there is none."""
    return await tx.read(
        """-- fan-out: a check of the books, off the hot path
           SELECT a.home, a.id, a.balance, a.deposit FROM billing_account a
           LEFT JOIN posting p ON p.home = a.home AND p.owner = a.id COLLATE "default"
           GROUP BY a.home, a.id HAVING a.balance <> coalesce(sum(p.minor) FILTER (WHERE p.book = 'main'), 0)
              OR a.unbilled <> -coalesce(sum(p.minor) FILTER (WHERE p.book = 'unbilled'), 0)
              OR a.deposit <> coalesce(sum(p.minor) FILTER (WHERE p.book = 'deposit'), 0)
           UNION ALL
           SELECT y.home, y.id, y.received - y.spent, 0 FROM payment y
           LEFT JOIN posting p ON p.home = y.home AND p.owner = y.id COLLATE "default"
           GROUP BY y.home, y.id HAVING y.received - y.spent <> coalesce(sum(p.minor) FILTER (WHERE p.book = 'advance'), 0)"""
    )


async def sums(tx: Tx) -> dict[str, int]:
    """This will sum every book over all homes, minor units; together they are zero. For reports and tests."""
    sql = """-- fan-out: a report
             SELECT book, sum(minor)::bigint AS total FROM posting GROUP BY book"""
    return {row["book"]: row["total"] for row in await tx.read(sql)}


async def history(tx: Tx, party: str, given: str | None, limit: int) -> list[Row]:
    """This will give the latest changes of the main balance of a party's accounts, newest first. One statement."""
    return await tx.read(
        """SELECT a.id AS account, e.kind, e.what, e.at, 1 AS count, a.number, p.minor, p.currency FROM billing_account a
           JOIN entry e ON e.home = a.home AND e.account = a.id COLLATE "default"
           JOIN posting p ON p.home = e.home AND p.entry = e.id AND p.book = 'main' AND p.owner = a.id COLLATE "default"
           WHERE a.home = $1 AND a.party = $2 AND ($3::text IS NULL OR $3 IN (a.line, a.number))
           ORDER BY e.at DESC, e.id DESC LIMIT $4""",
        home_of(party), party, given, limit,
    )  # fmt: skip


def _id(tx: Tx, entry: Entry, legs: list[Leg], currency: str) -> str:
    """The id holds what is posted, so that legs of another shape under the same `once` find no entry to stand under."""
    owner = entry.account or entry.payment
    shape = [f"{leg.side.book}/{leg.side.owner}/{leg.minor}" for leg in legs]
    return keyed_id(home_of(owner) if owner else tx.home, EPOCH, "entry", entry.once, currency, *shape)


def _values(tx: Tx, id_: str, entry: Entry, legs: list[Leg], currency: str) -> list[Any]:
    origin = tx.origin
    main, deposit, unbilled = (_sum(legs, book, entry.account) for book in (Book.MAIN, Book.DEPOSIT, Book.UNBILLED))
    owed = -unbilled
    advance = [leg.minor for leg in legs if leg.side.book is Book.ADVANCE and leg.side.owner == entry.payment]
    received, spent = sum(m for m in advance if m > 0), -sum(m for m in advance if m < 0)
    values = [
        home_of(id_), id_, entry.once, entry.kind, keep(entry.what), entry.of, entry.account, entry.payment, tx.now,
        origin.party, origin.staff, origin.journey, origin.channel, origin.unit, main, deposit, received, spent, owed,
    ]  # fmt: skip
    for place, leg in enumerate(legs):
        values += [f"{id_}.{place}", str(leg.side.book), leg.side.owner, leg.minor, currency]
    return values


@lru_cache(maxsize=64)
def _sql(legs: int, account: bool, payment: bool) -> str:
    rows = (range(_FIXED + 1 + 5 * leg, _FIXED + 6 + 5 * leg) for leg in range(legs))
    postings = ", ".join(f"($1, ${a}, $2, ${b}, ${c}, ${d}, ${e})" for a, b, c, d, e in rows)
    currency = f"${_FIXED + 5}"
    kept = f"""UPDATE billing_account SET balance = balance + $15, deposit = deposit + $16, unbilled = unbilled + $19,
                   revision = revision + 1
               WHERE home = $1 AND id = $7 AND status = 'open' AND currency = {currency} AND EXISTS (SELECT 1 FROM told)
               RETURNING balance, deposit, party, unit, number, mode <> 'prepaid' OR unbilled > 0 AS owes"""
    paid = f"""UPDATE payment SET received = received + $17, spent = spent + $18, account = coalesce(account, $7), revision = revision + 1
               WHERE home = $1 AND id = $8 AND currency = {currency} AND EXISTS (SELECT 1 FROM told) RETURNING received - spent AS rest"""
    none = """SELECT NULL::bigint AS balance, $15::bigint + $16::bigint + $19::bigint AS deposit, NULL::text AS party, NULL::text AS unit,
                     NULL::text AS number, NULL::boolean AS owes"""
    no_rest = "SELECT NULL::bigint AS rest, $17::bigint + $18::bigint AS nothing"
    return f"""WITH told AS (
        INSERT INTO entry (home, id, once, kind, what, of, account, payment, at, party, staff, journey, channel, unit)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING RETURNING id
    ), legs AS (
        INSERT INTO posting (home, id, entry, book, owner, minor, currency) VALUES {postings} ON CONFLICT DO NOTHING
    ), kept AS ({kept if account else none}), paid AS ({paid if payment else no_rest})
    SELECT EXISTS (SELECT 1 FROM told) AS fresh, (SELECT balance FROM kept) AS balance,
           (SELECT deposit FROM kept) AS deposit,
           (SELECT party FROM kept) AS party, (SELECT unit FROM kept) AS unit, (SELECT number FROM kept) AS number,
           (SELECT owes FROM kept) AS owes,
           (SELECT rest FROM paid) AS rest"""


def _sum(legs: list[Leg], book: Book, owner: str | None) -> int:
    return sum(leg.minor for leg in legs if leg.side.book is book and leg.side.owner == owner)


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
