"""Staff: a name, a password and a second factor; roles, and a place in the tree operator > province > city > store."""

import hmac
from typing import Any

import msgspec
import pyotp

from onehall.kernel import crypto, settings
from onehall.kernel.i18n import _
from onehall.kernel.identity import passwords, scope, sessions, tries
from onehall.kernel.ids import home_for, home_of, new_id
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Store, Tx

KIND = "staff"
STEP_SECONDS = 30
STEPS_OFF = 1
_COLUMNS = "home, id, username, name, password, totp, totp_step, unit, roles, active"
_ADD = """
INSERT INTO staff (home, id, username, name, password, totp, unit, roles, created)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (home, username) DO NOTHING RETURNING id
"""


class Staff(msgspec.Struct, frozen=True):
    """One who works for the operator; `unit` is the path of their part of the tree."""

    id: str
    username: str
    name: str
    unit: str
    roles: tuple[str, ...]
    active: bool = True


async def add_unit(tx: Tx, path: str, name: dict[str, str]) -> None:
    """This will put a unit into the tree, or give it another name; its depth says what it is.

    :raises ValueError: deeper than a store.
    """
    depth = path.count(".")
    if depth >= len(scope.TREE):
        raise ValueError(f"{path} is deeper than operator, province, city, store")
    sql = "INSERT INTO unit (path, kind, name) VALUES ($1, $2, $3) ON CONFLICT (path) DO UPDATE SET name = excluded.name"
    await tx.write(sql, path, scope.TREE[depth], name)


async def units(tx: Tx) -> list[tuple[str, str, dict[str, str]]]:
    """This will list the tree: path, kind and names of each unit, a parent before its children."""
    return [(row["path"], row["kind"], row["name"]) for row in await tx.read("SELECT path, kind, name FROM unit ORDER BY path")]


async def add(tx: Tx, username: str, password: str, *, name: str, unit: str, roles: tuple[str, ...], totp: str | None = None) -> str:
    """This will take someone on; gives the secret (base32) for their authenticator.

    :raises Refusal: `staff.taken`, 409; `staff.role`, 422.
    """
    if unknown := set(roles) - set(scope.ROLES):
        raise Refusal("staff.role", _("There is no role {role}.", role=", ".join(sorted(unknown))), 422)
    login, secret = username.strip().lower(), totp or pyotp.random_base32()
    home, sealed = home_for(login), crypto.seal(settings.current().secret, secret, "totp")
    values = (login, name, await passwords.hashed(password), sealed, unit, list(roles), tx.now)
    if await tx.write_one(_ADD, home, new_id(home, tx.now), *values) is None:
        raise Refusal("staff.taken", _("There is already someone of that name."), 409)
    return secret


async def find(tx: Tx, id_: str) -> Staff:
    """This will give one of the staff by id.

    :raises Refusal: `not.found`, 404.
    """
    row = await tx.read_one(f"SELECT {_COLUMNS} FROM staff WHERE home = $1 AND id = $2", *_home(id_))
    if row is None:
        raise missing(_("member of staff"))
    return _staff(row)


async def all_of(tx: Tx, unit: str, limit: int = 200) -> list[Staff]:
    """This will list the staff of a part of the tree, by name."""
    sql = f"""-- fan-out: the console, off the hot path
              SELECT {_COLUMNS} FROM staff WHERE unit = $1 OR starts_with(unit, $2) ORDER BY username LIMIT $3"""
    return [_staff(row) for row in await tx.read(sql, unit, f"{unit}.", limit)]


async def check(store: Store, username: str, password: str, code: str) -> Staff:
    """This will find out whether a login is right; each try counts, many at once too.

    A code of the authenticator opens once, and half a minute early or late.
    :raises Refusal: `login.failed`, 401, the same for every reason; `login.locked`, 429.
    """
    name = username.strip().lower()
    await tries.count(store, KIND, name)
    row = await _by_name(store, name)
    right = await passwords.matches(row["password"] if row and row["active"] else None, password)
    if row is None or not right or not await _use_step(store, row, code):
        raise Refusal("login.failed", _("The name, the password or the code is not right."), 401)
    await tries.clear(store, KIND, name)
    return _staff(row)


async def change(tx: Tx, id_: str, *, unit: str, roles: tuple[str, ...], active: bool) -> None:
    """This will give someone another place, other roles, or leave; all their sessions end.

    :raises Refusal: `not.found`, 404.
    """
    sql = "UPDATE staff SET unit = $3, roles = $4, active = $5 WHERE home = $1 AND id = $2 RETURNING id"
    if await tx.write_one(sql, *_home(id_), unit, list(roles), active) is None:
        raise missing(_("member of staff"))
    await sessions.end_all(tx, staff=id_)


async def _by_name(store: Store, name: str) -> Any:
    async with store.edge(home_for(name)) as tx:
        return await tx.read_one(f"SELECT {_COLUMNS} FROM staff WHERE home = $1 AND username = $2", tx.home, name)


async def _use_step(store: Store, row: Any, code: str) -> bool:
    secret = crypto.unseal(settings.current().secret, row["totp"], "totp")
    step = _step_of(secret, code.strip(), int(store.clock.now().timestamp()))
    if step is None:
        return False
    async with store.edge(row["home"]) as tx:
        sql = "UPDATE staff SET totp_step = $3 WHERE home = $1 AND id = $2 AND totp_step < $3 RETURNING id"
        return await tx.write_one(sql, row["home"], row["id"], step) is not None


def _step_of(secret: str, code: str, moment: int) -> int | None:
    now, totp = moment // STEP_SECONDS, pyotp.TOTP(secret)
    for step in range(now - STEPS_OFF, now + STEPS_OFF + 1):
        if hmac.compare_digest(totp.at(step * STEP_SECONDS).encode(), code.encode()):
            return step
    return None


def _home(id_: str) -> tuple[int, str]:
    return home_of(id_), id_


def _staff(row: Any) -> Staff:
    return Staff(row["id"], row["username"], row["name"], row["unit"], tuple(row["roles"]), row["active"])
