"""The SQL of fulfilment."""

from collections.abc import Collection
from typing import Any, cast

import msgspec
from msgspec.structs import replace

from onehall.domains.fulfilment.model import Plan, Step
from onehall.kernel.store import Tx

_STEP = "home, order_id, name, state, needs, place, result, error, tries, started, ended"
_NAMES = _STEP.split(", ")
_STEP_OF = _STEP.replace("state", "s.state")
_PLAN, _STEPS = "fulfilment_plan", "fulfilment_step"
_MOVE_PLAN = "UPDATE fulfilment_plan SET state = $3, why = $4 WHERE home = $1 AND order_id = $2"
_MOVE_STEPS = """
UPDATE fulfilment_step s SET state = n.state, result = n.result, error = n.error, tries = n.tries, started = n.started, ended = n.ended
FROM jsonb_to_recordset($3::jsonb) AS n(
    name text, state text, result jsonb, error text, tries smallint, started timestamptz, ended timestamptz
) WHERE s.home = $1 AND s.order_id = $2 AND s.name = n.name"""


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
    if made:
        waiting = [Step(tx.home, order, name, "waiting", needs, place) for place, (name, needs) in enumerate(steps)]
        tx.held[_PLAN, order] = Plan(order, "running", tuple(waiting))
    return bool(made)


async def plan(tx: Tx, order: str, *, lock: bool = False) -> Plan | None:
    """This will read the plan of an order; locked, it is the only one that moves it, and needs not be read again."""
    if held := tx.held.get((_PLAN, order)):
        return cast("Plan", held)
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
        tx.held[_PLAN, order] = found
    return found


def move_plan(tx: Tx, order: str, state: str, why: Any = None) -> Plan:
    """This will write the state of a plan that is locked, at the end of the transaction; gives it as it then stands."""
    held: Plan = tx.held[_PLAN, order]
    moved = replace(held, state=state, why=why or held.why)
    tx.keep(_PLAN, order, moved, _MOVE_PLAN, tx.home, order, moved.state, moved.why, must=False)
    return moved


def move_steps(tx: Tx, order: str, *changed: Step) -> Plan:
    """This will write steps of a plan that is locked, together at the end of the transaction; gives the plan as it then stands."""
    held: Plan = tx.held[_PLAN, order]
    by_name = {step.name: step for step in changed}
    moved = tx.held[_PLAN, order] = replace(held, steps=tuple(by_name.get(step.name, step) for step in held.steps))
    rows = tx.held.get((_STEPS, order), {}) | by_name
    tx.keep(_STEPS, order, rows, _MOVE_STEPS, tx.home, order, list(rows.values()), must=False)
    return moved


def note_result(tx: Tx, order: str, name: str, result: dict[str, Any]) -> None:
    """This will write what a step of a plan that is locked has found so far."""
    held: Plan = tx.held[_PLAN, order]
    move_steps(tx, order, *(replace(step, result=result) for step in held.steps if step.name == name))


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
