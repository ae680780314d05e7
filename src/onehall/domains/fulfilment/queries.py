"""Questions about fulfilment."""

from onehall.domains.fulfilment import store
from onehall.domains.fulfilment.model import Plan, Step
from onehall.kernel.store import Tx


async def plan(tx: Tx, order: str) -> Plan | None:
    """This will give the plan of an order, if fulfilment has begun."""
    return await store.plan(tx, order)


async def failed_steps(tx: Tx, limit: int = 50) -> list[Step]:
    """This will give the latest steps that failed."""
    return await store.failed_steps(tx, limit)
