"""Numbers: each lives in the home of its digits, and every change of one is one conditional statement."""

from collections.abc import Sequence
from datetime import datetime

from onehall.domains.inventory.model import Number, Pattern, StockNumber, Terms
from onehall.kernel import ids
from onehall.kernel.money import Money
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH

_COLUMNS = "number, state, tier, until, token, line, unit, city, pool"
_TERMS = """
SELECT level, prepay, min_spend, currency, lock_months FROM number_tier
WHERE starts <= $1 AND (ends IS NULL OR ends > $1) ORDER BY level
"""
_PATTERNS = """
SELECT level, shape, but FROM number_pattern WHERE starts <= $1 AND (ends IS NULL OR ends > $1) ORDER BY level, id
"""
_ADD = """
INSERT INTO number (home, number, id, state, tier, unit, city, mask)
SELECT u.home, u.number, u.id, 'free', u.tier, u.unit, u.city, u.mask
FROM unnest($1::smallint[], $2::text[], $3::text[], $4::smallint[], $5::text[], $6::text[], $7::smallint[])
  AS u (home, number, id, tier, unit, city, mask)
ON CONFLICT (home, number) DO NOTHING RETURNING number
"""
_TAKE = """
UPDATE number SET state = 'held', token = $3, until = $4, line = NULL, revision = revision + 1
WHERE home = $1 AND number = $2 AND ((state = 'held' AND token = $3)
  OR (pool IS NOT DISTINCT FROM $6::text AND (state = 'free' OR (state IN ('held', 'resting') AND until <= $5))))
RETURNING until
"""
_RELEASE = """
UPDATE number SET state = 'free', token = NULL, until = NULL, revision = revision + 1
WHERE home = $1 AND number = $2 AND state = 'held' AND token = $3 RETURNING number
"""
_SELL = """
UPDATE number SET state = 'sold', line = $3, until = NULL, revision = revision + 1
WHERE home = $1 AND number = $2 AND state = $4 AND token IS NOT DISTINCT FROM $5 AND until IS NOT DISTINCT FROM $6
"""
_RETURN = """
UPDATE number SET state = $4, token = NULL, until = $5, line = NULL, revision = revision + 1
WHERE home = $1 AND number = $2 AND state = 'sold' AND line = $3 RETURNING number
"""


_POOL = """
UPDATE number SET pool = $3, revision = revision + 1
WHERE home = $1 AND number = $2 AND pool IS NULL AND (state = 'free' OR (state IN ('held', 'resting') AND until <= $4)) RETURNING number
"""
_UNPOOL = """
UPDATE number SET pool = NULL, revision = revision + 1
WHERE home = $1 AND number = $2 AND pool = $3 AND state = 'free' RETURNING number
"""


def row_id(number: str) -> str:
    """This will give the id by which a number is known as a resource; the same for ever."""
    return ids.keyed_id(ids.home_for(number), EPOCH, "number", number)


async def terms(tx: Tx) -> list[Terms]:
    """This will read what each tier costs and binds now."""
    return [
        Terms(row["level"], Money(row["prepay"], row["currency"]), Money(row["min_spend"], row["currency"]), row["lock_months"])
        for row in await tx.read(_TERMS, tx.now)
    ]


async def patterns(tx: Tx) -> list[Pattern]:
    """This will read the shapes that make a number nice now."""
    return [Pattern(row["level"], row["shape"], row["but"]) for row in await tx.read(_PATTERNS, tx.now)]


async def add(tx: Tx, rows: Sequence[tuple[StockNumber, int, int]]) -> list[str]:
    """This will put numbers (with tier and mask) into stock; gives those that were not there yet."""
    numbers = [row.number for row, _tier, _mask in rows]
    columns = (
        [ids.home_for(number) for number in numbers], numbers, [row_id(number) for number in numbers],
        [tier for _row, tier, _mask in rows], [row.unit for row, _t, _m in rows], [row.city for row, _t, _m in rows],
        [mask for _row, _tier, mask in rows],
    )  # fmt: skip
    return [row["number"] for row in await tx.write(_ADD, *columns)]


async def take_stock(tx: Tx) -> None:
    """This will have the database count the pool anew, so that a search takes the right way in after many were added."""
    await tx.write("ANALYZE number")


async def find(tx: Tx, number: str) -> Number | None:
    """This will read a number as it stands. One statement, from any home."""
    row = await tx.read_one(f"SELECT {_COLUMNS} FROM number WHERE home = $1 AND number = $2", ids.home_for(number), number)
    return Number(**row) if row else None


async def take(tx: Tx, number: str, token: str, until: datetime, pool: str | None = None) -> bool:
    """This will hold a number for a token if it can be had in its pool (None: the open stock); False when somebody else has it."""
    return await tx.write_one(_TAKE, ids.home_for(number), number, token, until, tx.now, pool) is not None


async def put_in_pool(tx: Tx, number: str, pool: str) -> bool:
    """This will set a number that can be had aside for a private pool; False when it cannot be had, or is in a pool already."""
    return await tx.write_one(_POOL, ids.home_for(number), number, pool, tx.now) is not None


async def take_out_of_pool(tx: Tx, number: str, pool: str) -> bool:
    """This will give a free number of a private pool back to the open stock."""
    return await tx.write_one(_UNPOOL, ids.home_for(number), number, pool) is not None


async def pool_counts(tx: Tx, pool: str) -> dict[str, int]:
    """This will count the numbers of a private pool by their state. One statement."""
    rows = await tx.read("SELECT state, count(*) AS many FROM number WHERE pool = $1 GROUP BY state -- fan-out: a store's own page", pool)
    return {row["state"]: row["many"] for row in rows}


async def release(tx: Tx, number: str, token: str) -> bool:
    """This will let a number go that the token holds."""
    return await tx.write_one(_RELEASE, ids.home_for(number), number, token) is not None


def sell(tx: Tx, number: Number, line: str) -> None:
    """This will give a number to a line, at the end of the transaction, as it was just read."""
    tx.write_last(_SELL, ids.home_for(number.number), number.number, line, number.state, number.token, number.until)


async def take_back(tx: Tx, number: str, line: str, until: datetime | None) -> bool:
    """This will take a number back from a line: free at once, or resting until a time."""
    state = "free" if until is None else "resting"
    return await tx.write_one(_RETURN, ids.home_for(number), number, line, state, until) is not None


async def pass_on(tx: Tx, number: str, before: str, line: str) -> None:
    """This will write that a number that was sold to a line is another's now."""
    await tx.write(
        "UPDATE number SET line = $4, revision = revision + 1 WHERE home = $1 AND number = $2 AND state = 'sold' AND line = $3",
        ids.home_for(number), number, before, line,
    )  # fmt: skip
