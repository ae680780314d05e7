"""Rows of use, and all that rating an account needs. Whoever rates holds the account's row."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import asyncpg
import msgspec

from onehall.domains.billing.model import Charged, Draw, Month, Outcome, Payer, Pool, Subscription, Use
from onehall.domains.billing.store.state import SUBSCRIPTION
from onehall.kernel.ids import home_for, keyed_id
from onehall.kernel.store import Again, Tx
from onehall.kernel.store.leaving import EPOCH
from onehall.kernel.store.transaction import Row

_USAGE: Final = (
    "id, source, record, version, account, line, number, kind, amount, at, peer, zone, offering, key, units, drawn, left_over, minor, "
    "currency, status"
)
_WRITTEN: Final = ("home", *_USAGE.split(", "), "seen", "batch")


def usage_id(home: int, source: str, record: str) -> str:
    """This will give the id of a source's record: the same whenever it comes."""
    return keyed_id(home, EPOCH, "usage", source, record)


async def routes(tx: Tx, numbers: Sequence[str]) -> dict[str, str]:
    """This will name the account that pays for what each number uses; numbers that nobody has are left out."""
    return (await routed(tx, numbers))[0]


async def routed(tx: Tx, numbers: Sequence[str]) -> tuple[dict[str, str], set[str]]:
    """This will name the account that pays for what each number uses, and the numbers that somebody else has paid for before."""
    rows = await tx.read(
        """-- fan-out: records of many numbers, off the hot path
           SELECT n.number, coalesce(n.payer, n.account) AS account, n.moved FROM unnest($1::smallint[], $2::text[]) w(home, number)
           JOIN number_account n ON n.home = w.home AND n.number = w.number""",
        [home_for(number) for number in numbers], numbers,
    )  # fmt: skip
    return {row["number"]: row["account"] for row in rows}, {row["number"] for row in rows if row["moved"]}


async def charged(tx: Tx, uses: Sequence[tuple[int, Use]]) -> dict[tuple[str, str], str]:
    """This will name the accounts that records, each looked for in a home, are charged to already: by source and record."""
    rows = await tx.read(
        """-- fan-out: only for records of numbers that several accounts have paid for
           SELECT u.source, u.record, u.account FROM unnest($1::smallint[], $2::text[]) w(home, id)
           JOIN usage u ON u.home = w.home AND u.id = w.id""",
        [home for home, _ in uses], [usage_id(home, use.source, use.record) for home, use in uses],
    )  # fmt: skip
    return {(row["source"], row["record"]): row["account"] for row in rows}


async def lock(tx: Tx, accounts: Sequence[str]) -> dict[str, Payer]:
    """This will hold accounts until the end of the transaction, in one order for all, and read them as they are then."""
    rows = await tx.write(
        """SELECT id, party, unit, mode, currency, balance - reserved AS free, floor, unbilled, credit_limit, cycle_day,
                  credit_reached, spend_limit, data_cap, limit_told
           FROM billing_account WHERE home = $1 AND id = ANY($2) ORDER BY id FOR UPDATE""",
        tx.home, sorted(accounts),
    )  # fmt: skip
    return {row["id"]: Payer(**dict(row), subscriptions=[], shares=[], pools=[], months={}) for row in rows}


async def known(tx: Tx, ids: Sequence[str]) -> dict[str, Row]:
    """This will read those of some records that are here already."""
    rows = await tx.read(f"SELECT {_USAGE} FROM usage WHERE home = $1 AND id = ANY($2)", tx.home, ids)
    return {row["id"]: row for row in rows}


async def since(tx: Tx, account: str, kind: str, at: datetime) -> list[Row]:
    """This will read an account's rated records of a kind from a time on."""
    return await tx.read(
        f"SELECT {_USAGE} FROM usage WHERE home = $1 AND account = $2 AND kind = $3 AND at >= $4 AND status = 'rated' ORDER BY at, id",
        tx.home, account, kind, at,
    )  # fmt: skip


async def add(tx: Tx, rated: Sequence[Charged], batch: str | None) -> None:
    """This will write records that are new here.

    :raises Again: one of them has just been told for another account of this home.
    """
    try:
        await tx.copy("usage", _WRITTEN, [(tx.home, *_values(one), tx.now, batch) for one in rated])
    except asyncpg.UniqueViolationError as error:
        raise Again from error


async def correct(tx: Tx, rated: Sequence[Charged]) -> None:
    """This will write records anew that are here already, as they are rated now."""
    changed = [(one.id, one.use.version, one.line, one.use.amount, one.use.at, one.use.peer, one.use.zone, one.offering, one.key, one.units,
                _drawn(one), one.left_over, one.minor, _status(one)) for one in rated]  # fmt: skip
    await tx.write(
        """UPDATE usage u SET version = n.version, line = n.line, amount = n.amount, at = n.at, peer = n.peer, zone = n.zone,
               offering = n.offering, key = n.key, units = n.units, drawn = n.drawn, left_over = n.left_over, minor = n.minor,
               status = n.status
           FROM unnest($2::text[], $3::int[], $4::text[], $5::numeric[], $6::timestamptz[], $7::text[], $8::text[], $9::text[], $10::text[],
               $11::numeric[], $12::jsonb[], $13::numeric[], $14::bigint[], $15::text[])
               n(id, version, line, amount, at, peer, zone, offering, key, units, drawn, left_over, minor, status)
           WHERE u.home = $1 AND u.id = n.id""",
        tx.home, *_columns(changed),
    )  # fmt: skip


async def write_months(tx: Tx, months: Sequence[tuple[str, Month]]) -> None:
    """This will write the totals of months as they are now."""
    totals = _columns([(account, *(getattr(month, name) for name in Month.__struct_fields__)) for account, month in months])
    await tx.write(
        """INSERT INTO usage_month (home, account, line, month, kind, key, offering, currency, records, amount, units, left_over, minor,
                                    latest)
           SELECT $1::smallint, n.*
           FROM unnest($2::text[], $3::text[], $4::date[], $5::text[], $6::text[], $7::text[], $8::text[], $9::int[],
               $10::numeric[], $11::numeric[], $12::numeric[], $13::bigint[], $14::timestamptz[]) n
           ON CONFLICT (home, account, line, month, kind, key, offering) DO UPDATE SET records = excluded.records,
               amount = excluded.amount, units = excluded.units, left_over = excluded.left_over, minor = excluded.minor,
               latest = excluded.latest""",
        tx.home, *totals,
    )  # fmt: skip


async def write_pools(tx: Tx, pools: Sequence[tuple[str, Pool]]) -> None:
    """This will write allowances as they are now, and those that were granted with their first use."""
    fresh = [(account, pool) for account, pool in pools if pool.fresh]
    if fresh:
        await tx.write(
            """INSERT INTO bucket (home, id, account, kind, of, name, total, used, start, until, status, alerted, revision)
               SELECT $1::smallint, n.*, 1 FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::numeric[],
                   $8::numeric[], $9::timestamptz[], $10::timestamptz[], $11::text[], $12::smallint[]) n""",
            tx.home, *_columns([(p.id, a, p.kind, p.of, p.name, p.total, p.used, p.start, p.until, _state(tx, p), p.alerted)
                                for a, p in fresh]),
        )  # fmt: skip
    old = [pool for _, pool in pools if not pool.fresh]
    if old:
        await tx.write(
            """UPDATE bucket b SET used = n.used, alerted = n.alerted, revision = b.revision + 1
               FROM unnest($2::text[], $3::numeric[], $4::smallint[]) n(id, used, alerted) WHERE b.home = $1 AND b.id = n.id""",
            tx.home, *_columns([(pool.id, pool.used, pool.alerted) for pool in old]),
        )  # fmt: skip
    members = [(pool.id, line, most, used) for _, pool in pools for line, (most, used) in pool.members.items()]
    if members:
        await tx.write(
            """INSERT INTO bucket_member (home, bucket, line, most, used)
               SELECT $1::smallint, n.* FROM unnest($2::text[], $3::text[], $4::numeric[], $5::numeric[]) n
               ON CONFLICT (home, bucket, line) DO UPDATE SET most = excluded.most, used = excluded.used""",
            tx.home, *_columns(members),
        )  # fmt: skip


async def keep_waiting(tx: Tx, some: Iterable[Outcome]) -> None:
    """This will keep records that cannot be rated yet, in the home of their number; told again, they are kept once."""
    rows = [
        (keyed_id(tx.home, EPOCH, "waiting", one.use.source, one.use.record, str(one.use.version)), one.use.number, one.use.source,
         one.use.record, msgspec.to_builtins(one.use, builtin_types=()), one.why)
        for one in some
    ]  # fmt: skip
    await tx.write(
        """INSERT INTO usage_waiting (home, id, number, source, record, body, why, since)
           SELECT $1::smallint, n.*, $8::timestamptz FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::text[]) n
           ON CONFLICT DO NOTHING""",
        tx.home, *_columns(rows), tx.now,
    )  # fmt: skip


async def waiting(tx: Tx, number: str, limit: int) -> list[tuple[str, Use]]:
    """This will read records that wait for a number."""
    rows = await tx.read(
        "SELECT id, body FROM usage_waiting WHERE home = $1 AND number = $2 ORDER BY since, id LIMIT $3", home_for(number), number, limit
    )
    return [(row["id"], msgspec.convert(row["body"], Use, strict=False)) for row in rows]


async def subscribe(tx: Tx, one: Subscription) -> bool:
    """This will write a subscription; False when it is there already."""
    values = [msgspec.structs.asdict(one)[name] for name in SUBSCRIPTION.split(", ")]
    holes = ", ".join(f"${place}" for place in range(2, len(values) + 2))
    sql = f"INSERT INTO subscription (home, {SUBSCRIPTION}) VALUES ($1, {holes}) ON CONFLICT DO NOTHING RETURNING id"
    return await tx.write_one(sql, tx.home, *values) is not None


async def unsubscribe(tx: Tx, account: str, product: str, until: datetime) -> None:
    """This will end an account's open subscriptions to a product at a time."""
    sql = "UPDATE subscription SET until = $4 WHERE home = $1 AND account = $2 AND product = $3 AND (until IS NULL OR until > $4)"
    await tx.write(sql, tx.home, account, product, until)


def use_of(row: Row) -> Use:
    """This will read a record out of its row."""
    names = ("source", "record", "number", "kind", "amount", "at", "version", "peer", "zone")
    return Use(**{name: row[name] for name in names}, account=row["account"], withdrawn=row["status"] == "rejected")


def charged_of(row: Row) -> Charged:
    """This will read what a record was rated to out of its row."""
    drawn = tuple(Draw(bucket, Decimal(amount)) for bucket, amount in (row["drawn"] or {}).items())
    return Charged(
        use_of(row), row["id"], row["account"], row["line"], row["offering"], row["key"], row["units"], drawn, row["left_over"],
        row["minor"], row["currency"],
    )  # fmt: skip


def _values(one: Charged) -> tuple[Any, ...]:
    use = one.use
    return (
        one.id, use.source, use.record, use.version, one.account, one.line, use.number, use.kind, use.amount, use.at, use.peer, use.zone,
        one.offering, one.key, one.units, _drawn(one), one.left_over, one.minor, one.currency, _status(one),
    )  # fmt: skip


def _status(one: Charged) -> str:
    return "rejected" if one.use.withdrawn else "rated"


def _drawn(one: Charged) -> Any:
    return {draw.bucket: str(draw.amount) for draw in one.drawn} or None


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _state(tx: Tx, pool: Pool) -> str:
    return "active" if pool.until is None or pool.until > tx.now else "expired"
