"""SIMs: each lives in the home of its ICCID."""

from collections.abc import Sequence
from datetime import datetime

from onehall.domains.inventory.lifecycle import SIM
from onehall.domains.inventory.model import Sim, SimRow
from onehall.kernel import crypto, ids, settings
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH

_COLUMNS = "iccid, kind, state, unit, line, imsi"
_ADD = """
INSERT INTO sim (home, iccid, id, kind, state, unit, imsi, puk)
SELECT u.home, u.iccid, u.id, u.kind, 'stock', u.unit, u.imsi, u.puk
FROM unnest($1::smallint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[])
  AS u (home, iccid, id, kind, unit, imsi, puk)
ON CONFLICT (home, iccid) DO NOTHING RETURNING iccid
"""
_TAKE = """
UPDATE sim SET state = 'reserved', token = $3, until = $4, line = $5, revision = revision + 1
WHERE home = $1 AND iccid = $2
  AND (state = 'stock' OR (state = 'reserved' AND (token = $3 OR line = $5 OR until <= $6)))
RETURNING iccid, kind, state, unit, line, imsi
"""
_RELEASE = """
UPDATE sim SET state = 'stock', token = NULL, until = NULL, line = NULL, revision = revision + 1
WHERE home = $1 AND iccid = $2 AND state = 'reserved' AND token = $3 RETURNING iccid
"""
_PUT_BACK = """
UPDATE sim SET state = 'stock', token = NULL, until = NULL, line = NULL, revision = revision + 1
WHERE home = $1 AND iccid = $2 AND state = 'reserved' AND (line = $3 OR token = $3) RETURNING iccid
"""
_MOVE = """
UPDATE sim SET state = $3, line = $4, until = NULL, revision = revision + 1
WHERE home = $1 AND iccid = $2 AND state = ANY($5::text[]) AND (line IS NULL OR line = $4 OR $4::text IS NULL) RETURNING iccid
"""
_PICK = """-- fan-out: a shelf holds cards of every home
SELECT iccid FROM sim WHERE state IN ('stock', 'reserved') AND (state = 'stock' OR until <= $1) AND kind = $2
  AND iccid >= $3 AND {shelf} ORDER BY unit, iccid LIMIT $4
"""
_OF_UNIT, _CENTRAL = _PICK.format(shelf="unit = $5"), _PICK.format(shelf="unit IS NULL")


def row_id(iccid: str) -> str:
    """This will give the id by which a SIM is known as a resource; the same for ever."""
    return ids.keyed_id(ids.home_for(iccid), EPOCH, "sim", iccid)


async def add(tx: Tx, rows: Sequence[SimRow]) -> list[str]:
    """This will put SIMs into stock, their PUKs sealed; gives those that were not there yet."""
    secret = settings.current().secret
    iccids = [row.iccid for row in rows]
    columns = (
        [ids.home_for(iccid) for iccid in iccids], iccids, [row_id(iccid) for iccid in iccids], [row.kind for row in rows],
        [row.unit for row in rows], [row.imsi for row in rows],
        [crypto.seal(secret, row.puk, "puk") if row.puk else None for row in rows],
    )  # fmt: skip
    return [row["iccid"] for row in await tx.write(_ADD, *columns)]


async def find(tx: Tx, iccid: str) -> Sim | None:
    """This will read a SIM as it stands. One statement, from any home."""
    row = await tx.read_one(f"SELECT {_COLUMNS} FROM sim WHERE home = $1 AND iccid = $2", ids.home_for(iccid), iccid)
    return Sim(**row) if row else None


async def puk(tx: Tx, iccid: str) -> str | None:
    """This will open the PUK of a SIM."""
    row = await tx.read_one("SELECT puk FROM sim WHERE home = $1 AND iccid = $2", ids.home_for(iccid), iccid)
    return crypto.unseal(settings.current().secret, row["puk"], "puk") if row and row["puk"] else None


async def pick(tx: Tx, kind: str, unit: str | None, after: str, limit: int) -> list[str]:
    """This will name SIMs that lie on a unit's shelf (None: the central one), from a place on; they may go meanwhile."""
    sql, which = (_CENTRAL, ()) if unit is None else (_OF_UNIT, (unit,))
    return [row["iccid"] for row in await tx.read(sql, tx.now, kind, after, limit, *which)]


async def take(tx: Tx, iccid: str, token: str, until: datetime | None, line: str | None) -> Sim | None:
    """This will reserve a SIM for a token if it lies in stock; None when it does not. No `until`: until it is put back."""
    row = await tx.write_one(_TAKE, ids.home_for(iccid), iccid, token, until, line, tx.now)
    return Sim(**row) if row else None


async def release(tx: Tx, iccid: str, token: str) -> bool:
    """This will put a SIM back that the token reserved."""
    return await tx.write_one(_RELEASE, ids.home_for(iccid), iccid, token) is not None


async def put_back(tx: Tx, iccid: str, line: str) -> bool:
    """This will put a SIM back that was reserved for a line."""
    return await tx.write_one(_PUT_BACK, ids.home_for(iccid), iccid, line) is not None


async def move(tx: Tx, iccid: str, state: str, line: str | None) -> bool:
    """This will bring a SIM to a state from which the lifecycle leads there, or that it is in; False when none does."""
    before = sorted(SIM.before(state) | {state})
    return await tx.write_one(_MOVE, ids.home_for(iccid), iccid, state, line, before) is not None


async def pass_on(tx: Tx, iccid: str, before: str, line: str) -> None:
    """This will write that a line's SIM is another line's now."""
    sql = "UPDATE sim SET line = $4, revision = revision + 1 WHERE home = $1 AND iccid = $2 AND line = $3"
    await tx.write(sql, ids.home_for(iccid), iccid, before, line)
