"""Questions about work in the street; they change nothing."""

from collections.abc import Sequence
from datetime import datetime

from onehall.domains import inventory
from onehall.domains.sweep import rules, store
from onehall.domains.sweep.model import Call, Capture, Carried, Place, Round
from onehall.kernel import ids
from onehall.kernel.store import Store, Tx
from onehall.kernel.store.leaving import EPOCH

CALLS_MAX = 200
OPENING = "line.open"


async def route(tx: Tx, staff: str) -> list[Place]:
    """This will give a member of staff's route. One statement."""
    return await store.places(tx, staff, rules.ROUTE_PLACES_MAX, tx.now)


async def route_lately(tx: Tx, staff: str) -> list[Place]:
    """This will give a member of staff's route with what went over to others lately: a kit without a net may still have been there."""
    return await store.places(tx, staff, 2 * rules.ROUTE_PLACES_MAX, tx.now - rules.OFFLINE_MAX)


async def rounds(tx: Tx, staff: Sequence[str], since: datetime, until: datetime) -> dict[str, Round]:
    """This will give what members of staff did in the street in a time. A fan-out."""
    return await store.rounds(tx, staff, since, until, OPENING)


async def calls(tx: Tx, staff: str, since: datetime, until: datetime) -> list[Call]:
    """This will give somebody's visits in a time, the latest first; two hundred at most. One statement."""
    return await store.calls(tx, staff, since, until, CALLS_MAX)


async def capture(tx: Tx, staff: str, name: str) -> Capture | None:
    """This will give what came in under a kit's own name for it, or None. One statement."""
    return await store.capture(tx, capture_id(staff, name))


async def carried(store_: Store, staff: str) -> list[Carried]:
    """This will give the numbers that a kit really has: lent to it, and not used or lost since."""
    async with store_.edge(staff) as tx:
        lent = await store.carried(tx, staff)
    return [one for one in lent if await _has(store_, one)]


def capture_id(staff: str, name: str) -> str:
    """This will give the id of what a kit took down under its own name, the same for ever."""
    return ids.keyed_id(ids.home_of(staff), EPOCH, "capture", staff, name)


async def _has(store_: Store, one: Carried) -> bool:
    async with store_.edge(ids.home_for(one.number)) as tx:
        found = await inventory.queries.find_number(tx, one.number)
    return found is not None and found.state == "held" and found.token == one.token
