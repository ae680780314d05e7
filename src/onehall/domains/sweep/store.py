"""Rows of work in the street, all in the home of the member of staff."""

from collections.abc import Sequence
from datetime import datetime

from onehall.domains.sweep.model import Call, Capture, Carried, Place, Round
from onehall.kernel.ids import home_of
from onehall.kernel.store import Tx

_PLACES = """
SELECT p.id, p.name, p.address, coalesce(v.result, p.last, '') AS last, coalesce(v.at, p.seen) AS seen, p.ended FROM route_place p
LEFT JOIN LATERAL (SELECT result, at FROM visit WHERE home = p.home AND place = p.id ORDER BY at DESC LIMIT 1) v ON true
WHERE p.home = $1 AND p.staff = $2 AND (p.ended IS NULL OR p.ended > $4) ORDER BY p.id LIMIT $3
"""
_ADD_PLACE = """
INSERT INTO route_place (home, id, staff, name, address, last, seen) VALUES ($1, $2, $3, $4, $5, nullif($6, ''), $7)
ON CONFLICT (home, id) DO UPDATE SET ended = NULL, last = excluded.last, seen = excluded.seen WHERE route_place.ended IS NOT NULL
RETURNING id
"""
_END_PLACES = """
UPDATE route_place p SET ended = $4 WHERE p.home = $1 AND p.staff = $2 AND p.id = ANY($3) AND p.ended IS NULL
RETURNING p.id, p.name, p.address,
  coalesce((SELECT result FROM visit v WHERE v.home = p.home AND v.place = p.id ORDER BY v.at DESC LIMIT 1), p.last, '') AS last,
  coalesce((SELECT at FROM visit v WHERE v.home = p.home AND v.place = p.id ORDER BY v.at DESC LIMIT 1), p.seen) AS seen
"""
_ROUNDS = """-- fan-out: the console, off the hot path
SELECT 'places' AS of, staff, '' AS result, count(*)::int AS count, NULL::timestamptz AS last FROM route_place
  WHERE staff = ANY($1) AND ended IS NULL GROUP BY staff
UNION ALL SELECT 'visits', staff, result, count(*)::int, max(at) FROM visit
  WHERE staff = ANY($1) AND at >= $2 AND at < $3 GROUP BY staff, result
UNION ALL SELECT 'opened', staff, '', count(*)::int, NULL FROM kit_capture
  WHERE staff = ANY($1) AND captured_at >= $2 AND captured_at < $3 AND function = $4 GROUP BY staff
"""
_CALLS = """SELECT coalesce(p.name, '') AS place, coalesce(p.address, '') AS address, v.result, v.note, v.at FROM visit v
LEFT JOIN route_place p ON p.home = v.home AND p.id = v.place
WHERE v.home = $1 AND v.staff = $2 AND v.at >= $3 AND v.at < $4 ORDER BY v.at DESC LIMIT $5"""


async def carried(tx: Tx, staff: str) -> list[Carried]:
    """This will read what was lent to a member of staff and did not end by time."""
    sql = "SELECT number, token, until FROM kit_number WHERE home = $1 AND staff = $2 AND until > $3 ORDER BY id"
    return [Carried(**dict(row)) for row in await tx.read(sql, home_of(staff), staff, tx.now)]


async def carry(tx: Tx, staff: str, handed: Sequence[Carried]) -> None:
    """This will write that numbers are lent."""
    for one in handed:
        sql = "INSERT INTO kit_number (home, id, staff, number, token, until) VALUES ($1, $2, $3, $4, $5, $6)"
        await tx.write(sql, tx.home, tx.new_id(), staff, one.number, one.token, one.until)


async def end_leases(tx: Tx, staff: str) -> list[tuple[str, str]]:
    """This will take away what was lent until now at most; gives number and token of each."""
    sql = "DELETE FROM kit_number WHERE home = $1 AND staff = $2 AND until <= $3 RETURNING number, token"
    return [(row["number"], row["token"]) for row in await tx.write(sql, tx.home, staff, tx.now)]


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


async def places(tx: Tx, staff: str, limit: int, since: datetime) -> list[Place]:
    """This will read a route, each place with its last visit; also what has ended on it since a time."""
    return [Place(**dict(row)) for row in await tx.read(_PLACES, home_of(staff), staff, limit, since)]


async def add_place(tx: Tx, staff: str, place: Place) -> bool:
    """This will put a place on a route, or back on it; False when it is there."""
    values = (place.id, staff, place.name, place.address, place.last, place.seen)
    return await tx.write_one(_ADD_PLACE, tx.home, *values) is not None


async def end_places(tx: Tx, staff: str, ids: Sequence[str]) -> list[Place]:
    """This will take places off a route; gives those that were on it."""
    return [Place(**dict(row)) for row in await tx.write(_END_PLACES, tx.home, staff, list(ids), tx.now)]


async def rounds(tx: Tx, staff: Sequence[str], since: datetime, until: datetime, opening: str) -> dict[str, Round]:
    """This will read what members of staff did in a time; `opening` is the function by which lines are opened."""
    found = {one: Round(one) for one in staff}
    for row in await tx.read(_ROUNDS, list(staff), since, until, opening):
        one = found[row["staff"]]
        if row["of"] == "visits":
            one.results[row["result"]] = row["count"]
            one.last = max(filter(None, (one.last, row["last"])))
        else:
            setattr(one, row["of"], row["count"])
    return found


async def calls(tx: Tx, staff: str, since: datetime, until: datetime, limit: int) -> list[Call]:
    """This will read somebody's visits in a time, the latest first."""
    return [Call(**dict(row)) for row in await tx.read(_CALLS, home_of(staff), staff, since, until, limit)]


async def add_visit(tx: Tx, id_: str, staff: str, place: str, result: str, note: str, at: datetime) -> bool:
    """This will write a visit; False when it was written before."""
    sql = """INSERT INTO visit (home, id, staff, place, result, note, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (home, id) DO NOTHING RETURNING id"""
    return await tx.write_one(sql, tx.home, id_, staff, place, result, note, at) is not None
