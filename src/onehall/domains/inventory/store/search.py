"""Searching a million numbers in one bounded statement.

The rarest thing asked for picks the way in: an index on the digits from behind or from the front, on three digits in a row,
on the tier, on which digits occur; else a walk from random homes. A way that leads to few rows is read whole and shuffled;
one that leads to many is tried at random places, a bounded number of rows at each, so that every call shows another batch.
"""

import random
from datetime import datetime
from itertools import combinations
from typing import Any

from onehall.domains.inventory.model import NumberOffer, Wanted
from onehall.kernel.ids import HOMES
from onehall.kernel.money import CURRENCY, Money
from onehall.kernel.resources.sql import Values, every
from onehall.kernel.store import Tx

PLACES = 12
ROWS_A_PLACE = 1_500
ROWS_WHOLE = 8_000
RARE = 0.004
_GRAMS = "ARRAY[" + ", ".join(f"substr(right(number, 8), {start}, 3)" for start in range(1, 7)) + "]"
_COLUMNS = "number, tier, unit, city, mask, pool"
Way = tuple[float, str, Any]  # the share of all numbers to which it leads, its name, what it looks for


async def search(tx: Tx, wanted: Wanted, limit: int, luck: random.Random) -> list[NumberOffer]:
    """This will find numbers that can be had now, another batch each time. One statement."""
    values = Values(tx.now)
    share, way, target = min(_ways(wanted), key=lambda found: found[0])
    filters = every(_filters(wanted, values))
    if share <= RARE:
        shuffled = f"ORDER BY md5(number || {values.add(str(luck.random()), 'text')})"
        rows = f"SELECT * FROM ({_whole(way, target, values)}) r WHERE {filters} {shuffled}"
    else:
        rows = _places(way, target, values, limit, luck, filters)
    sql = f"""-- fan-out: numbers are searched by their digits
        SELECT f.*, t.prepay, t.min_spend, t.lock_months, t.currency FROM ({rows} LIMIT {values.add(limit * 2)}) f
        LEFT JOIN number_tier t ON t.level = f.tier AND t.starts <= $1 AND (t.ends IS NULL OR t.ends > $1)"""
    found = {row["number"]: _offer(row) for row in await tx.read(sql, *values.values)}
    some = list(found.values())[:limit]
    luck.shuffle(some)
    return some


def _ways(wanted: Wanted) -> list[Way]:
    if wanted.pool:
        return [(0.0, "pool", wanted.pool)]
    ways: list[Way] = [(1.0, "walk", None)]
    if wanted.ends:
        ways.append((0.1 ** len(wanted.ends), "reverse(number)", wanted.ends[::-1]))
    if len(wanted.starts) >= 3:
        ways.append((0.1 ** (len(wanted.starts) - 2), "number", wanted.starts))
    longest = max(wanted.contains, key=len, default="")
    if len(longest) >= 3:
        ways.append((6 * 0.1 ** len(longest) if len(longest) > 3 else RARE, "grams", longest))
    left = 10 - len(wanted.without)
    if left <= 5:
        ways.append(((left / 10) ** 8, "mask", [digit for digit in range(10) if str(digit) not in wanted.without]))
    if wanted.tier:
        ways.append((0.01, "tier", wanted.tier))
    return ways


def _whole(way: str, target: Any, values: Values) -> str:
    """All rows of a rare kind, in a bounded number."""
    if way == "grams":
        grams = [target[start : start + 3] for start in range(len(target) - 2)]
        condition = f"{_GRAMS} @> {values.add(grams, 'text[]')}"
    elif way == "mask":
        condition = f"mask = ANY({values.add(_masks(target), 'smallint[]')})"
    elif way == "pool":
        condition = f"pool = {values.add(target, 'text')}"
    else:
        condition = f"{way} >= {values.add(target, 'text')} AND {way} < {values.add(target + ':', 'text')}"
    return f"SELECT {_COLUMNS} FROM number WHERE {condition} AND {_open()} LIMIT {ROWS_WHOLE}"


def _places(way: str, target: Any, values: Values, limit: int, luck: random.Random, filters: str) -> str:
    """A few rows from each of some random places; the last place is the very beginning, so that few numbers are all found."""
    each = max(2, limit // PLACES + 1)
    if way in ("walk", "tier"):
        homes = sorted({luck.randrange(HOMES) for _ in range(PLACES)}, key=lambda _home: luck.random())
        places = f"unnest({values.add([*homes, 0], 'int[]')}) WITH ORDINALITY AS p (place, turn)"
        narrow = f"tier = {values.add(target, 'smallint')} AND tier > 0 AND " if way == "tier" else ""
        condition, order = f"{narrow}home >= p.place", "home" if way == "tier" else "home, number"
    else:
        starts = [target + f"{luck.randrange(10_000):04}" for _ in range(PLACES)]
        places = f"unnest({values.add([*starts, target], 'text[]')}) WITH ORDINALITY AS p (place, turn)"
        condition, order = f"{way} >= p.place AND {way} < {values.add(target + ':', 'text')}", way
    take = f"CASE WHEN p.turn > {PLACES} THEN {limit} ELSE {each} END"
    inner = f"SELECT {_COLUMNS} FROM number WHERE {condition} AND {_open()} ORDER BY {order} LIMIT {ROWS_A_PLACE}"
    return f"SELECT n.* FROM {places} CROSS JOIN LATERAL (SELECT * FROM ({inner}) r WHERE {filters} LIMIT {take}) n"


def _open() -> str:
    """What can be had at $1: free, or held or resting until a time that has passed."""
    return "state <> 'sold' AND (state = 'free' OR until <= $1)"


def _filters(wanted: Wanted, values: Values) -> list[str]:
    found = []
    if wanted.ends:
        found.append(f"number LIKE {values.add('%' + wanted.ends)}")
    if wanted.starts:
        found.append(f"number LIKE {values.add(wanted.starts + '%')}")
    found += [f"right(number, 8) LIKE {values.add(f'%{part}%')}" for part in wanted.contains]
    if wanted.without:
        found.append(f"mask & {values.add(sum(1 << int(digit) for digit in wanted.without), 'int')} = 0")
    if wanted.tier is not None:
        found.append(f"tier = {values.add(wanted.tier, 'smallint')}")
    if wanted.nice:
        found.append("tier > 0")
    found.append(f"pool = {values.add(wanted.pool, 'text')}" if wanted.pool else "pool IS NULL")
    if wanted.unit:
        inside = f"unit = {values.add(wanted.unit, 'text')} OR starts_with(unit, {values.add(wanted.unit + '.', 'text')})"
        found.append(f"(unit IS NULL OR {inside})")
    return found


def _masks(allowed: list[int]) -> list[int]:
    """Every set of digits that can be made of those allowed."""
    return [sum(1 << digit for digit in some) for count in range(1, len(allowed) + 1) for some in combinations(allowed, count)]


def _offer(row: Any) -> NumberOffer:
    currency = row["currency"] or CURRENCY
    prepay, spend = Money(row["prepay"] or 0, currency), Money(row["min_spend"] or 0, currency)
    return NumberOffer(row["number"], row["tier"], prepay, spend, row["lock_months"] or 0, row["unit"], row["city"])


async def one(tx: Tx, number: str, home: int, now: datetime, pool: str | None = None) -> NumberOffer | None:
    """This will read one number that can be had now in its pool (None: the open stock), with its terms. One statement."""
    sql = """SELECT n.number, n.tier, n.unit, n.city, t.prepay, t.min_spend, t.lock_months, t.currency FROM number n
             LEFT JOIN number_tier t ON t.level = n.tier AND t.starts <= $3 AND (t.ends IS NULL OR t.ends > $3)
             WHERE n.home = $1 AND n.number = $2 AND n.pool IS NOT DISTINCT FROM $4::text
             AND (n.state = 'free' OR (n.state <> 'sold' AND n.until <= $3))"""
    row = await tx.read_one(sql, home, number, now, pool)
    return _offer(row) if row else None
