"""Questions about fulfilment."""

from collections.abc import Collection
from datetime import datetime

from onehall.domains import billing, catalogue
from onehall.domains.fulfilment import rules, store
from onehall.domains.fulfilment.model import Confirmed, Plan, Step
from onehall.domains.order import Order
from onehall.kernel.store import Tx


async def plan(tx: Tx, order: str) -> Plan | None:
    """This will give the plan of an order, if fulfilment has begun."""
    return await store.plan(tx, order)


async def failed_steps(tx: Tx, limit: int = 50) -> list[Step]:
    """This will give the latest steps that failed."""
    return await store.failed_steps(tx, limit)


async def worklist(tx: Tx, nodes: Collection[str], limit: int = 50) -> list[Step]:
    """This will give what waits for a person at some nodes of the centre or of the road, the oldest first."""
    return await store.by_hand(tx, nodes, limit)


async def confirmed(tx: Tx, order: Order, step: Step, account: str) -> Confirmed:
    """This will tell what is confirmed of an order at the buyer's door."""
    moments = {name: datetime.fromisoformat(step.result[name]) for name in ("document", "face") if step.result.get(name)}
    balance = await billing.queries.balance(tx, account)
    return Confirmed(**moments, paid=rules.is_paid(order.wanted.total, order.wanted.payment is not None, balance))


async def audit_due(tx: Tx, step: Step) -> datetime:
    """This will tell by when somebody is to have looked at an order: within one working day."""
    known = await catalogue.queries.days(tx)
    return rules.audit_due(step.started or tx.now, lambda day: billing.rules.rating.day_kind(day, known))
