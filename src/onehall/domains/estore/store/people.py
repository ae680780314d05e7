"""The company's list, the members of a store, and the cards by which a party knows its stores."""

from collections.abc import Sequence
from typing import Any

import msgspec

from onehall.domains.estore.model import Card, EStore, Listed, Member
from onehall.kernel.ids import home_of, is_id, keyed_id
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH

_MEMBER = "id, store, party, key, name, department, role, proof, status, joined, until"
_LISTED = "key, name, department, role, since, until"
_LIST = """
INSERT INTO estore_roster AS r (home, id, store, key, name, department, role, since, until)
SELECT n.home, n.id, n.store, n.key, n.name, n.department, n.role, n.since, n.until
FROM unnest($1::smallint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[])
  AS n (home, id, store, key, name, department, role, since, until)
ON CONFLICT (home, id) DO UPDATE SET name = excluded.name, department = excluded.department, role = excluded.role,
  since = excluded.since, until = excluded.until, revision = r.revision + 1
RETURNING r.key
"""
_JOIN = """
INSERT INTO estore_member AS m (home, id, store, party, key, name, department, role, proof, status, joined, until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'active', $10, $11)
ON CONFLICT (home, id) DO UPDATE SET key = excluded.key, name = excluded.name, department = excluded.department, proof = excluded.proof,
  status = 'active', until = excluded.until, revision = m.revision + 1
"""
_CARD = """
INSERT INTO estore_card AS c (home, id, party, store, slug, name, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (home, id) DO UPDATE SET slug = excluded.slug, name = excluded.name
"""


def member_id(store: str, party: str) -> str:
    """This will give the id of a party as a member of a store: the same for ever."""
    return keyed_id(home_of(store), EPOCH, "estore_member", store, party)


async def enlist(tx: Tx, store: str, people: Sequence[Listed]) -> int:
    """This will write the lines of the company's list; a key that was on it before has a new line. Gives how many."""
    names = [keyed_id(tx.home, EPOCH, "estore_roster", store, one.key) for one in people]
    columns = [[getattr(one, name) for one in people] for name in ("key", "name", "department", "role", "since", "until")]
    return len(await tx.write(_LIST, [tx.home] * len(names), names, [store] * len(names), *columns))


async def listed(tx: Tx, store: str, key: str) -> Listed | None:
    """This will find a key on the company's list, from any home."""
    home = home_of(store)
    sql = f"SELECT {_LISTED} FROM estore_roster WHERE home = $1 AND id = $2"
    row = await tx.read_one(sql, home, keyed_id(home, EPOCH, "estore_roster", store, key))
    return msgspec.convert(dict(row), Listed) if row else None


async def names(tx: Tx, store: str, keys: Sequence[str]) -> dict[str, str]:
    """This will give the names that the company's list has for some keys."""
    sql = "SELECT key, name FROM estore_roster WHERE home = $1 AND store = $2 AND key = ANY($3)"
    return {row["key"]: row["name"] for row in await tx.read(sql, home_of(store), store, list(keys))}


async def listed_many(tx: Tx, store: str) -> int:
    """This will count the company's list."""
    row = await tx.read_one("SELECT count(*) AS many FROM estore_roster WHERE home = $1 AND store = $2", home_of(store), store)
    return row["many"] if row else 0


async def join(tx: Tx, one: Member) -> None:
    """This will write a member, who may have been one before."""
    await tx.write(
        _JOIN, tx.home, one.id, one.store, one.party, one.key, one.name, one.department, one.role, one.proof, one.joined, one.until
    )


async def member(tx: Tx, store: str, party: str) -> Member | None:
    """This will read a party as a member of a store, from any home."""
    sql = f"SELECT {_MEMBER} FROM estore_member WHERE home = $1 AND id = $2"
    row = await tx.read_one(sql, home_of(store), member_id(store, party))
    return _member(row) if row else None


async def by_key(tx: Tx, store: str, key: str) -> Member | None:
    """This will read the member who has shown a key."""
    sql = f"SELECT {_MEMBER} FROM estore_member WHERE home = $1 AND store = $2 AND key = $3"
    row = await tx.read_one(sql, home_of(store), store, key)
    return _member(row) if row else None


async def members(tx: Tx, store: str, limit: int, role: str | None = None) -> list[Member]:
    """This will list the members of a store by name, of a role or all."""
    rows = await tx.read(
        f"""SELECT {_MEMBER} FROM estore_member WHERE home = $1 AND store = $2 AND ($3::text IS NULL OR role = $3)
            ORDER BY name, id LIMIT $4""",
        home_of(store), store, role, limit,
    )  # fmt: skip
    return [_member(row) for row in rows]


async def set_member(tx: Tx, store: str, id_: str, *, role: str | None = None, status: str | None = None) -> Member | None:
    """This will change what a member may do, or end the membership."""
    row = await tx.write_one(
        f"""UPDATE estore_member SET role = coalesce($4, role), status = coalesce($5, status), revision = revision + 1
            WHERE home = $1 AND id = $2 AND store = $3 RETURNING {_MEMBER}""",
        home_of(store), id_, store, role, status,
    )  # fmt: skip
    return _member(row) if row else None


async def give_card(tx: Tx, party: str, store: EStore) -> None:
    """This will note in a party's home that it belongs to a store."""
    id_ = keyed_id(home_of(party), EPOCH, "estore_card", party, store.id)
    await tx.write(_CARD, home_of(party), id_, party, store.id, store.slug, store.name, tx.now)


async def cards(tx: Tx, party: str) -> list[Card]:
    """This will list the stores that a party joined, the first first."""
    if not is_id(party):
        return []
    sql = "SELECT store, slug, name FROM estore_card WHERE home = $1 AND party = $2 ORDER BY at, id LIMIT 20"
    return [Card(**row) for row in await tx.read(sql, home_of(party), party)]


def _member(row: Any) -> Member:
    return msgspec.convert(dict(row), Member)
