"""Lines and packs, as rows of Product."""

from collections.abc import Iterable
from typing import Any

import msgspec

from onehall.domains.inventory.model import Change, Line, Pack
from onehall.kernel.i18n import Named
from onehall.kernel.ids import home_of
from onehall.kernel.money import Money
from onehall.kernel.store import Tx
from onehall.kernel.store.transaction import Row

_LINE = (
    "party, unit, account, number, iccid, offering, price_id, name, fee, currency, status, created, activated, ended, contract_until, "
    "lock_until, min_spend, contract_months, lock_months, suspended_why, next_change"
)
_PACK = "party, unit, account, parent, offering, price_id, name, fee, currency, status, created, activated, ended"
_LIVE = "status NOT IN ('terminated', 'cancelled', 'aborted')"
_OF_PARTY = f"""
SELECT home, id, {_LINE} FROM product WHERE home = $1 AND party = $2 AND kind = 'line' AND ({_LIVE} OR $3) ORDER BY id LIMIT $4
"""


async def insert_line(tx: Tx, line: Line) -> None:
    """This will write a new line."""
    values = _line_values(line)
    places = ", ".join(f"${place}" for place in range(4, len(values) + 4))
    await tx.write(f"INSERT INTO product (home, id, kind, {_LINE}) VALUES ($1, $2, $3, {places})", line.home, line.id, "line", *values)


async def insert_pack(tx: Tx, pack: Pack) -> None:
    """This will write a new pack."""
    values = _pack_values(pack)
    places = ", ".join(f"${place}" for place in range(4, len(values) + 4))
    await tx.write(f"INSERT INTO product (home, id, kind, {_PACK}) VALUES ($1, $2, $3, {places})", pack.home, pack.id, "pack", *values)


async def save_line(tx: Tx, line: Line) -> None:
    """This will write a line that was read under lock."""
    names = [name.strip() for name in _LINE.split(",")]
    sets = ", ".join(f"{name} = ${place}" for place, name in enumerate(names, 3))
    sql = f"UPDATE product SET revision = revision + 1, {sets} WHERE home = $1 AND id = $2"
    await tx.write(sql, line.home, line.id, *_line_values(line))


async def save_pack(tx: Tx, pack: Pack) -> None:
    """This will write a pack that was read under lock."""
    names = [name.strip() for name in _PACK.split(",")]
    sets = ", ".join(f"{name} = ${place}" for place, name in enumerate(names, 3))
    sql = f"UPDATE product SET revision = revision + 1, {sets} WHERE home = $1 AND id = $2"
    await tx.write(sql, pack.home, pack.id, *_pack_values(pack))


async def line(tx: Tx, id_: str, *, lock: bool = False) -> Line | None:
    """This will read a line, and keep others from changing it meanwhile if `lock`ed. One statement."""
    sql = f"SELECT home, id, {_LINE} FROM product WHERE home = $1 AND id = $2 AND kind = 'line'"
    row = await (tx.write_one(f"{sql} FOR UPDATE", home_of(id_), id_) if lock else tx.read_one(sql, home_of(id_), id_))
    return _line(row) if row else None


async def lines_of(tx: Tx, party: str, ended: bool = False, limit: int = 100) -> list[Line]:
    """This will read the lines of a party, oldest first. One statement."""
    return [_line(row) for row in await tx.read(_OF_PARTY, home_of(party), party, ended, limit)]


async def lines_of_all(tx: Tx, parties: Iterable[str]) -> list[Line]:
    """This will read the live lines of several parties of any homes. One statement."""
    sql = f"""SELECT home, id, {_LINE} FROM product
              WHERE home = ANY($1::smallint[]) AND party = ANY($2::text[]) AND kind = 'line' AND {_LIVE} ORDER BY id LIMIT 200"""
    named = sorted(set(parties))
    return [_line(row) for row in await tx.read(sql, sorted({home_of(party) for party in named}), named)]


async def numbers_and_plans(tx: Tx, parties: Iterable[str]) -> list[Row]:
    """This will read the numbers and offerings of the active lines of parties of this home, oldest first: party, number, offering."""
    return await tx.read(
        """SELECT party, number, offering FROM product WHERE home = $1 AND party = ANY($2) AND kind = 'line' AND status = 'active'
           ORDER BY id""",
        tx.home, list(parties),
    )  # fmt: skip


async def line_of_number(tx: Tx, number: str) -> Line | None:
    """This will find the live line that has a number, wherever it lives. One statement."""
    sql = f"""-- fan-out: a caller is known by number alone
              SELECT home, id, {_LINE} FROM product WHERE number = $1 AND kind = 'line' AND {_LIVE} ORDER BY id DESC LIMIT 1"""
    row = await tx.read_one(sql, number)
    return _line(row) if row else None


async def pack(tx: Tx, id_: str, *, lock: bool = False) -> Pack | None:
    """This will read a pack, and keep others from changing it meanwhile if `lock`ed. One statement."""
    sql = f"SELECT home, id, {_PACK} FROM product WHERE home = $1 AND id = $2 AND kind = 'pack'"
    row = await (tx.write_one(f"{sql} FOR UPDATE", home_of(id_), id_) if lock else tx.read_one(sql, home_of(id_), id_))
    return _pack(row) if row else None


async def packs_of(tx: Tx, line_id: str) -> list[Pack]:
    """This will read the live packs of a line. One statement."""
    sql = f"SELECT home, id, {_PACK} FROM product WHERE home = $1 AND parent = $2 AND kind = 'pack' AND {_LIVE} ORDER BY id LIMIT 200"
    return [_pack(row) for row in await tx.read(sql, home_of(line_id), line_id)]


def _line_values(line: Line) -> tuple[Any, ...]:
    return (
        line.party, line.unit, line.account, line.number, line.iccid, line.offering, line.price_id, line.name.by_language, line.fee.minor,
        line.fee.currency, line.status, line.created, line.activated, line.ended, line.contract_until, line.lock_until,
        line.min_spend.minor, line.contract_months, line.lock_months, sorted(line.suspended_why),
        msgspec.to_builtins(line.next_change) if line.next_change else None,
    )  # fmt: skip


def _pack_values(pack: Pack) -> tuple[Any, ...]:
    return (
        pack.party, pack.unit, pack.account, pack.line, pack.offering, pack.price_id, pack.name.by_language, pack.fee.minor,
        pack.fee.currency, pack.status, pack.created, pack.activated, pack.ended,
    )  # fmt: skip


def _line(row: Row) -> Line:
    values = dict(row)
    currency = values.pop("currency")
    change = values["next_change"]
    return Line(
        **values | {
            "name": Named(values["name"]), "fee": Money(values["fee"], currency), "min_spend": Money(values["min_spend"], currency),
            "suspended_why": frozenset(values["suspended_why"]), "next_change": msgspec.convert(change, Change) if change else None,
        }
    )  # fmt: skip


def _pack(row: Row) -> Pack:
    values = dict(row)
    currency, line_id = values.pop("currency"), values.pop("parent")
    return Pack(**values | {"line": line_id, "name": Named(values["name"]), "fee": Money(values["fee"], currency)})
