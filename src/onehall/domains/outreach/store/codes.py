"""Codes, their owners and their sheets: each code in the home of its letters."""

from collections.abc import Sequence
from typing import Any

import msgspec

from onehall.domains.outreach.model import Batch, Code, Owner, Tenure
from onehall.kernel.ids import home_for, home_of
from onehall.kernel.store import Tx

_COLUMNS = "code, kind, state, unit, staff, campaign, offering, label, batch, made"


def home(code: str) -> int:
    """This will name the home in which a code lives."""
    return home_for(f"code/{code}")


async def insert(tx: Tx, code: Code, by_staff: str | None) -> bool:
    """This will write a code with its first owner; False when these letters are taken."""
    owner = code.owner
    made = await tx.write_one(
        "INSERT INTO outreach_code (home, code, kind, state, unit, staff, campaign, offering, label, batch, made) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (home, code) DO NOTHING RETURNING code",
        home(code.code), code.code, code.kind, code.state, owner.unit, owner.staff, owner.campaign, code.offering, code.label, code.batch,
        code.made,
    )  # fmt: skip
    if made:
        await add_owner(tx, code.code, Tenure(code.made, owner, by_staff))
    return made is not None


async def add_owner(tx: Tx, code: str, tenure: Tenure) -> None:
    """This will write that a code has another owner from a moment on."""
    owner = tenure.owner
    await tx.write(
        "INSERT INTO outreach_owner (home, code, since, unit, staff, campaign, by_staff) VALUES ($1, $2, $3, $4, $5, $6, $7) "
        "ON CONFLICT (home, code, since) DO UPDATE SET unit = excluded.unit, staff = excluded.staff, campaign = excluded.campaign",
        home(code), code, tenure.since, owner.unit, owner.staff, owner.campaign, tenure.by_staff,
    )  # fmt: skip


async def one(tx: Tx, code: str, *, lock: bool = False) -> Code | None:
    """This will read a code, locked if it is to be changed. One statement, from any home."""
    sql = f"SELECT {_COLUMNS} FROM outreach_code WHERE home = $1 AND code = $2"
    row = await (tx.write_one(f"{sql} FOR UPDATE", home(code), code) if lock else tx.read_one(sql, home(code), code))
    return _code(row) if row else None


async def tenures(tx: Tx, code: str) -> list[Tenure]:
    """This will give the owners of a code, the first first."""
    sql = "SELECT since, unit, staff, campaign, by_staff FROM outreach_owner WHERE home = $1 AND code = $2 ORDER BY since"
    rows = await tx.read(sql, home(code), code)
    return [Tenure(row["since"], Owner(row["unit"], row["staff"], row["campaign"]), row["by_staff"]) for row in rows]


async def set_owner(tx: Tx, code: str, owner: Owner) -> None:
    """This will give a code its present owner."""
    sql = "UPDATE outreach_code SET unit = $3, staff = $4, campaign = $5, revision = revision + 1 WHERE home = $1 AND code = $2"
    await tx.write(sql, home(code), code, owner.unit, owner.staff, owner.campaign)


async def set_state(tx: Tx, code: str, state: str) -> None:
    """This will move a code to a state."""
    await tx.write("UPDATE outreach_code SET state = $3, revision = revision + 1 WHERE home = $1 AND code = $2", home(code), code, state)


async def insert_batch(tx: Tx, batch: Batch) -> None:
    """This will write what was made together."""
    await tx.write(
        "INSERT INTO outreach_batch (home, id, unit, made, by_staff, codes) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        home_of(batch.id), batch.id, batch.unit, batch.made, batch.by_staff, msgspec.to_builtins(batch.codes),
    )  # fmt: skip


async def batch(tx: Tx, id_: str) -> Batch | None:
    """This will read what was made together. One statement."""
    sql = "SELECT id, unit, made, by_staff, codes FROM outreach_batch WHERE home = $1 AND id = $2"
    row = await tx.read_one(sql, home_of(id_), id_)
    return msgspec.convert(dict(row), Batch) if row else None


async def of_unit(tx: Tx, unit: str, kind: str | None, limit: int) -> list[Code]:
    """This will list the codes of a part of the tree, newest first."""
    sql = f"""-- fan-out: the console, off the hot path
              SELECT {_COLUMNS} FROM outreach_code WHERE ($1 OR unit = $2 OR starts_with(unit, $3)) AND ($4::text IS NULL OR kind = $4)
              ORDER BY made DESC, code LIMIT $5"""
    return [_code(row) for row in await tx.read(sql, "." not in unit, unit, f"{unit}.", kind, limit)]


async def used(tx: Tx, codes: Sequence[str]) -> dict[str, tuple[int, int]]:
    """This will count the scans of each code, also those that are kept no longer, and the orders that came by it."""
    touched = await tx.read(
        """-- fan-out: the console, off the hot path
           SELECT code, sum(n)::bigint AS n FROM (
             SELECT code, count(*) AS n FROM outreach_touch WHERE code = ANY($1) AND NOT followed GROUP BY code
             UNION ALL SELECT code, sum(scans) FROM outreach_scanned WHERE code = ANY($1) GROUP BY code) each GROUP BY code""",
        list(codes),
    )
    sold = await tx.read(
        "SELECT code, count(*) AS n FROM outreach_credit WHERE code = ANY($1) GROUP BY code -- fan-out: the console", list(codes)
    )
    scans, orders = ({row["code"]: row["n"] for row in rows} for rows in (touched, sold))
    return {code: (scans.get(code, 0), orders.get(code, 0)) for code in codes}


def _code(row: Any) -> Code:
    values = dict(row)
    owner = Owner(values.pop("unit"), values.pop("staff"), values.pop("campaign"))
    return Code(owner=owner, **values)
