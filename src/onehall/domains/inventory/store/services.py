"""Replacements of SIMs, and port-out codes."""

from datetime import datetime
from typing import Any

from onehall.domains.inventory.model import Replacement
from onehall.kernel.ids import home_of
from onehall.kernel.money import Money
from onehall.kernel.store import Tx
from onehall.kernel.store.transaction import Row

_REPLACEMENT = "line, party, kind, iccid, fee, currency, asked, answer_to, state"


async def insert_replacement(tx: Tx, asked: Replacement) -> None:
    """This will write down that a line is to have another SIM."""
    await tx.write(
        f"INSERT INTO sim_replacement (home, id, {_REPLACEMENT}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        tx.home, asked.id, asked.line, asked.party, asked.kind, asked.iccid, asked.fee.minor, asked.fee.currency, asked.asked,
        asked.answer_to, asked.state,
    )  # fmt: skip


async def replacement(tx: Tx, id_: str) -> Replacement | None:
    """This will read a replacement and keep others from changing it."""
    row = await tx.write_one(f"SELECT id, {_REPLACEMENT} FROM sim_replacement WHERE home = $1 AND id = $2 FOR UPDATE", home_of(id_), id_)
    return _replacement(row) if row else None


async def end_replacement(tx: Tx, id_: str, state: str, iccid: str | None) -> None:
    """This will write down how a replacement ended."""
    await tx.write("UPDATE sim_replacement SET state = $3, iccid = $4 WHERE home = $1 AND id = $2", home_of(id_), id_, state, iccid)


async def replacements(tx: Tx, line: str, since: datetime) -> tuple[int, bool]:
    """This will count a line's replacements since a time that did not fail, and tell whether one is under way."""
    sql = """SELECT count(*) AS made, coalesce(bool_or(state = 'asked'), false) AS open FROM sim_replacement
             WHERE home = $1 AND line = $2 AND state <> 'failed' AND (asked >= $3 OR state = 'asked')"""
    row = await tx.read_one(sql, home_of(line), line, since)
    return (row["made"], row["open"]) if row else (0, False)


async def keep_port_code(tx: Tx, line: str, number: str, code: str, expires: datetime) -> None:
    """This will keep a port-out code; those made before for the line end now."""
    await tx.write("UPDATE port_out_code SET expires = $3 WHERE home = $1 AND line = $2 AND expires > $3", tx.home, line, tx.now)
    sql = "INSERT INTO port_out_code (home, id, line, number, code, made, expires) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    await tx.write(sql, tx.home, tx.new_id(), line, number, code, tx.now, expires)


async def port_code_expires(tx: Tx, line: str, code: str) -> datetime | None:
    """This will tell until when a port-out code of a line counts."""
    sql = "SELECT max(expires) AS expires FROM port_out_code WHERE home = $1 AND line = $2 AND code = $3"
    row: Any = await tx.read_one(sql, home_of(line), line, code)
    return row["expires"] if row else None


def _replacement(row: Row) -> Replacement:
    values = dict(row)
    fee = Money(values.pop("fee"), values.pop("currency"))
    return Replacement(**values, fee=fee)
