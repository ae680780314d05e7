"""The SQL of fulfilment."""

from collections.abc import Collection
from typing import Any

import msgspec
from msgspec.structs import replace

from onehall.domains.fulfilment.model import Plan, Step
from onehall.kernel.store import Tx

_STEP = "home, order_id, name, state, needs, place, result, error, tries, started, ended"
_NAMES = _STEP.split(", ")
_STEP_OF = _STEP.replace("state", "s.state")


async def insert(tx: Tx, order: str, steps: list[tuple[str, tuple[str, ...]]]) -> bool:
    """This will write a plan and its steps; False when the order has one already. One statement."""
    values: list[Any] = [tx.home, order, tx.now]
    rows = []
    for place, (name, needs) in enumerate(steps):
        start = len(values)
        values += [name, list(needs), place]
        rows.append(f"($1, $2, ${start + 1}, 'waiting', ${start + 2}::jsonb, ${start + 3}::smallint, '{{}}'::jsonb)")
    made = await tx.write(
        "WITH plan AS (INSERT INTO fulfilment_plan (home, order_id, state, begun) VALUES ($1, $2, 'running', $3) "
        "ON CONFLICT DO NOTHING RETURNING order_id) "
        f"INSERT INTO fulfilment_step (home, order_id, name, state, needs, place, result) VALUES {', '.join(rows)} "
        "ON CONFLICT DO NOTHING RETURNING name",
        *values,
    )
    return bool(made)


async def plan(tx: Tx, order: str, *, lock: bool = False) -> Plan | None:
    """This will read the plan of an order; locked, it is the only one that moves it, and needs not be read again."""
    if held := _held(tx, order):
        return held
    if lock:
        await tx.write_one("SELECT 1 FROM fulfilment_plan WHERE home = $1 AND order_id = $2 FOR UPDATE", tx.home, order)
    rows = await tx.read(
        f"SELECT p.state AS of, p.why, {_STEP_OF} FROM fulfilment_plan p JOIN fulfilment_step s USING (home, order_id) "
        "WHERE home = $1 AND order_id = $2 ORDER BY place",
        tx.home, order,
    )  # fmt: skip
    if not rows:
        return None
    steps = tuple(msgspec.convert({name: row[name] for name in _NAMES}, Step) for row in rows)
    found = Plan(order, rows[0]["of"], steps, rows[0]["why"])
    if lock:
        _hold(tx, found)
    return found


async def move_plan(tx: Tx, order: str, state: str, why: Any = None) -> None:
    """This will write the state of a plan."""
    await tx.write(
        "UPDATE fulfilment_plan SET state = $3, why = coalesce($4, why) WHERE home = $1 AND order_id = $2", tx.home, order, state, why
    )
    if held := _held(tx, order):
        _hold(tx, replace(held, state=state, why=why or held.why))


async def move_step(tx: Tx, order: str, name: str, **values: Any) -> None:
    """This will write what changed of a step."""
    sets = ", ".join(f"{column} = ${place}" for place, column in enumerate(values, 4))
    await tx.write(
        f"UPDATE fulfilment_step SET {sets} WHERE home = $1 AND order_id = $2 AND name = $3", tx.home, order, name, *values.values()
    )
    if held := _held(tx, order):
        _hold(tx, replace(held, steps=tuple(replace(step, **values) if step.name == name else step for step in held.steps)))


async def drop_waiting(tx: Tx, order: str, by_hand: Collection[str]) -> None:
    """This will drop the steps that have not begun, and those for which a person was still waited for."""
    await tx.write(
        "UPDATE fulfilment_step SET state = 'dropped' WHERE home = $1 AND order_id = $2 "
        "AND (state = 'waiting' OR (state = 'running' AND name = ANY($3::text[])))",
        tx.home, order, sorted(by_hand),
    )  # fmt: skip
    tx.held.pop(("fulfilment_plan", order), None)


async def failed_steps(tx: Tx, limit: int) -> list[Step]:
    """This will give the latest steps that failed, wherever they are. A fan-out."""
    sql = f"SELECT {_STEP} FROM fulfilment_step WHERE state = 'failed' ORDER BY ended DESC LIMIT $1 /* fan-out: console */"
    rows = await tx.read(sql, limit)
    return [msgspec.convert(dict(row), Step) for row in rows]


async def by_hand(tx: Tx, nodes: Collection[str], limit: int) -> list[Step]:
    """This will give the steps that wait for a person at some nodes, the oldest first, wherever they are. A fan-out."""
    sql = (
        f"SELECT {_STEP} FROM fulfilment_step WHERE state = 'running' AND name = ANY($1::text[]) "
        "ORDER BY started LIMIT $2 /* fan-out: worklist of the centre */"
    )
    return [msgspec.convert(dict(row), Step) for row in await tx.read(sql, sorted(nodes), limit)]


def _held(tx: Tx, order: str) -> Plan | None:
    return tx.held.get(("fulfilment_plan", order))


def _hold(tx: Tx, plan: Plan) -> None:
    tx.held["fulfilment_plan", plan.order] = plan
