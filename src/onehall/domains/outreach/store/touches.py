"""Scans, what orders were credited to, and the counted shelves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from onehall.domains.outreach.model import Credit, Owner, Stock, Touch, Weighed
from onehall.kernel.ids import home_for, home_of
from onehall.kernel.store import Tx

TOUCHES_MAX = 50
_ADD = """
INSERT INTO outreach_touch (home, carrier, id, code, kind, unit, staff, campaign, channel, at, followed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (home, carrier, id) DO NOTHING
"""


def home(carrier: str) -> int:
    """This will name the home of whoever scanned: a customer's own, a guest's by their name."""
    kind, _colon, name = carrier.partition(":")
    return home_of(name) if kind == "party" else home_for(f"touch/{carrier}")


async def add(tx: Tx, carrier: str, touch: Touch, *, followed: bool = False) -> None:
    """This will keep a scan, once; one that `followed` is the copy of a guest's with the customer whom they turned out to be."""
    owner = touch.owner
    await tx.write(
        _ADD, home(carrier), carrier, touch.id, touch.code, touch.kind, owner.unit, owner.staff, owner.campaign, touch.channel, touch.at,
        followed,
    )  # fmt: skip


async def of_carrier(tx: Tx, carrier: str, since: datetime) -> list[Touch]:
    """This will give somebody's scans since a moment, the latest first; fifty at most. One statement, from any home."""
    sql = f"""SELECT id, code, kind, unit, staff, campaign, channel, at FROM outreach_touch
              WHERE home = $1 AND carrier = $2 AND at >= $3 ORDER BY at DESC LIMIT {TOUCHES_MAX}"""
    return [_touch(row) for row in await tx.read(sql, home(carrier), carrier, since)]


def insert_credit(tx: Tx, credit: Credit) -> None:
    """This will write to whom an order is credited, at the end of the transaction; what was written before stays."""
    owner = credit.owner
    tx.write_later(
        "INSERT INTO outreach_credit (home, order_id, party, access, source, code, unit, staff, campaign, assisted, scans, rule, at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (home, order_id) DO NOTHING",
        home_of(credit.order), credit.order, credit.party, credit.access, credit.source, credit.code, owner.unit, owner.staff,
        owner.campaign, credit.assisted, msgspec.to_builtins(credit.scans), credit.rule, credit.at,
    )  # fmt: skip


async def credit(tx: Tx, order: str) -> Credit | None:
    """This will read to whom an order is credited. One statement."""
    sql = """SELECT order_id, party, access, source, code, unit, staff, campaign, assisted, scans, rule, at
             FROM outreach_credit WHERE home = $1 AND order_id = $2"""
    row = await tx.read_one(sql, home_of(order), order)
    return _credit(dict(row)) if row else None


async def recent_credits(tx: Tx, unit: str, limit: int) -> list[Credit]:
    """This will list the latest orders that a scan brought to a part of the tree."""
    sql = """-- fan-out: the console, off the hot path
             SELECT order_id, party, access, source, code, unit, staff, campaign, assisted, scans, rule, at
             FROM outreach_credit WHERE code IS NOT NULL AND ($1 OR unit = $2 OR starts_with(unit, $3)) ORDER BY at DESC LIMIT $4"""
    return [_credit(dict(row)) for row in await tx.read(sql, "." not in unit, unit, f"{unit}.", limit)]


async def stock(tx: Tx, unit: str) -> Stock | None:
    """This will give the cards of a store as they were last counted. One statement, from any home."""
    sql = "SELECT unit, here, centre, counted FROM outreach_stock WHERE home = $1 AND unit = $2"
    row = await tx.read_one(sql, home_for(f"stock/{unit}"), unit)
    return Stock(**dict(row)) if row else None


async def put_stock(tx: Tx, stock: Stock) -> None:
    """This will keep a count."""
    await tx.write(
        "INSERT INTO outreach_stock (home, unit, here, centre, counted) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (home, unit) DO UPDATE SET here = excluded.here, centre = excluded.centre, counted = excluded.counted",
        home_for(f"stock/{stock.unit}"), stock.unit, stock.here, stock.centre, stock.counted,
    )  # fmt: skip


def carriers(party: str | None, holders: Sequence[str]) -> list[str]:
    """This will name under whom a journey's scans may lie: its customer, and the guests through whose hands it went."""
    guests = [one for one in dict.fromkeys(holders) if one.startswith("visitor:")]
    return [*([f"party:{party}"] if party else []), *guests]


def _touch(row: Any) -> Touch:
    owner = Owner(row["unit"], row["staff"], row["campaign"])
    return Touch(row["id"], row["code"], row["kind"], owner, row["at"], row["channel"])


def _credit(row: dict[str, Any]) -> Credit:
    owner = Owner(row.pop("unit"), row.pop("staff"), row.pop("campaign"))
    return Credit(order=row.pop("order_id"), owner=owner, scans=msgspec.convert(row.pop("scans"), tuple[Weighed, ...]), **row)
