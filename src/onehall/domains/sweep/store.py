"""Rows of work in the street, all in the home of the member of staff."""

from collections.abc import Sequence
from datetime import datetime

from onehall.domains.sweep.model import Capture, Carried, Place
from onehall.kernel.ids import home_of
from onehall.kernel.store import Tx

_PLACES = """
SELECT p.id, p.name, p.address, v.result, v.at FROM route_place p
LEFT JOIN LATERAL (SELECT result, at FROM visit WHERE home = p.home AND place = p.id ORDER BY at DESC LIMIT 1) v ON true
WHERE p.home = $1 AND p.staff = $2 ORDER BY p.id LIMIT $3
"""


async def carried(tx: Tx, staff: str) -> list[Carried]:
    """This will read what was lent to a member of staff and did not end by time."""
    sql = "SELECT number, token, until FROM kit_number WHERE home = $1 AND staff = $2 AND until > $3 ORDER BY id"
    return [Carried(**dict(row)) for row in await tx.read(sql, home_of(staff), staff, tx.now)]


async def carry(tx: Tx, staff: str, handed: Sequence[Carried]) -> None:
    """This will write that numbers are lent; what ended long ago is swept away."""
    await tx.write("DELETE FROM kit_number WHERE home = $1 AND staff = $2 AND until < $3", tx.home, staff, tx.now)
    for one in handed:
        sql = "INSERT INTO kit_number (home, id, staff, number, token, until) VALUES ($1, $2, $3, $4, $5, $6)"
        await tx.write(sql, tx.home, tx.new_id(), staff, one.number, one.token, one.until)


async def drop(tx: Tx, staff: str, number: str) -> None:
    """This will write that a number is lent no more."""
    await tx.write("DELETE FROM kit_number WHERE home = $1 AND staff = $2 AND number = $3", tx.home, staff, number)


async def keep_capture(tx: Tx, id_: str, staff: str, capture: Capture) -> bool:
    """This will write what came in; False when it was written before."""
    sql = """INSERT INTO kit_capture (home, id, staff, name, function, journey, captured_at, received_at, off_seconds)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (home, id) DO NOTHING RETURNING id"""
    values = (staff, capture.name, capture.function, capture.journey, capture.at, tx.now, capture.off_seconds)
    return await tx.write_one(sql, tx.home, id_, *values) is not None


async def capture(tx: Tx, id_: str) -> Capture | None:
    """This will read what came in under an id."""
    sql = "SELECT name, function, journey, captured_at AS at, off_seconds FROM kit_capture WHERE home = $1 AND id = $2"
    row = await tx.read_one(sql, home_of(id_), id_)
    return Capture(**dict(row)) if row else None


async def places(tx: Tx, staff: str, limit: int) -> list[Place]:
    """This will read a route, each place with its last visit."""
    rows = await tx.read(_PLACES, home_of(staff), staff, limit)
    return [Place(row["id"], row["name"], row["address"], row["result"] or "", row["at"]) for row in rows]


async def add_place(tx: Tx, id_: str, staff: str, name: str, address: str) -> bool:
    """This will put a place on a route; False when it is there."""
    sql = """INSERT INTO route_place (home, id, staff, name, address) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (home, id) DO NOTHING RETURNING id"""
    return await tx.write_one(sql, tx.home, id_, staff, name, address) is not None


async def add_visit(tx: Tx, id_: str, staff: str, place: str, result: str, note: str, at: datetime) -> bool:
    """This will write a visit; False when it was written before."""
    sql = """INSERT INTO visit (home, id, staff, place, result, note, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (home, id) DO NOTHING RETURNING id"""
    return await tx.write_one(sql, tx.home, id_, staff, place, result, note, at) is not None
