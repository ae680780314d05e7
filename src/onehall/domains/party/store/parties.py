"""Rows of parties."""

from typing import Any

from onehall.domains.party.model import Contact, Party
from onehall.kernel.ids import home_of, is_id
from onehall.kernel.resources.keeping import conflict
from onehall.kernel.store import Tx

_COLUMNS = (
    "home, id, kind, unit, status, name, language, phone, email, document_type, document_hash, document_masked, real_name_at, "
    "doc, revision, created"
)
FOUND_MAX = 20


async def insert(tx: Tx, party: Party) -> bool:
    """This will write a new party; False when it is there already."""
    sql = """INSERT INTO party (home, id, kind, unit, status, name, language, phone, email, doc, created, updated)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) ON CONFLICT (home, id) DO NOTHING RETURNING id"""
    row = await tx.write_one(
        sql, party.home, party.id, party.kind, party.unit, party.status, party.name, party.language, party.phone, party.email,
        party.doc, party.created,
    )  # fmt: skip
    return row is not None


async def find(tx: Tx, id_: str) -> Party | None:
    """This will read a party, wherever it lives. One statement."""
    if not is_id(id_):
        return None
    row = await tx.read_one(f"SELECT {_COLUMNS} FROM party WHERE home = $1 AND id = $2", home_of(id_), id_)
    return _party(row) if row else None


async def lock(tx: Tx, id_: str) -> Party | None:
    """This will read a party of this home and keep others from changing it meanwhile."""
    row = await tx.write_one(f"SELECT {_COLUMNS} FROM party WHERE home = $1 AND id = $2 FOR UPDATE", tx.home, id_)
    return _party(row) if row else None


async def save(tx: Tx, party: Party, **changes: Any) -> Party:
    """This will write changed columns over the revision that was read.

    :raises Refusal: `conflict`, 409, when someone else changed it meanwhile.
    """
    pairs = ", ".join(f"{name} = ${place}" for place, name in enumerate(changes, 5))
    sql = f"""UPDATE party SET revision = revision + 1, updated = $4, {pairs}
              WHERE home = $1 AND id = $2 AND revision = $3 RETURNING {_COLUMNS}"""
    row = await tx.write_one(sql, party.home, party.id, party.revision, tx.now, *changes.values())
    if row is None:
        raise conflict()
    return _party(row)


async def contact(tx: Tx, id_: str) -> Contact | None:
    """This will read how to reach a party. One statement."""
    row = await tx.read_one("SELECT phone, email, language FROM party WHERE home = $1 AND id = $2", home_of(id_), id_)
    return Contact(row["phone"], row["email"], row["language"]) if row else None


async def with_phone(tx: Tx, phone: str) -> list[Party]:
    """This will find the parties whose contact phone this is."""
    sql = f"SELECT {_COLUMNS} FROM party WHERE phone = $1 ORDER BY id LIMIT $2 -- fan-out: staff look for a customer by phone"
    return [_party(row) for row in await tx.read(sql, phone, FOUND_MAX)]


async def with_name(tx: Tx, name: str, province: str) -> list[Party]:
    """This will find the parties of a province, and of none, whose name begins so."""
    sql = f"""-- fan-out: staff look for a customer by name
              SELECT {_COLUMNS} FROM party WHERE starts_with(lower(name) COLLATE "C", lower($1))
              AND (unit IS NULL OR unit = $2 OR starts_with(unit, $2 || '.')) ORDER BY name, id LIMIT $3"""
    return [_party(row) for row in await tx.read(sql, name, province, FOUND_MAX)]


async def sealed_document(tx: Tx, id_: str) -> bytes | None:
    """This will read the sealed number of a party's document."""
    row = await tx.read_one("SELECT document_sealed FROM party WHERE home = $1 AND id = $2", home_of(id_), id_)
    return row["document_sealed"] if row else None


def _party(row: Any) -> Party:
    return Party(**dict(row))
