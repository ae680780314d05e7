"""What time does to calls in progress and to allowances."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from onehall.domains.billing import actions, events, store
from onehall.domains.billing.actions import transferring
from onehall.domains.billing.rules import charging
from onehall.kernel.jobs import job
from onehall.kernel.store import Tx


@job("billing.end_reservation")
async def _end_reservation(tx: Tx, body: dict[str, Any]) -> None:
    """What is still set aside for a call when its time is over is free again."""
    await actions.release_units(tx, body["reservation"], "expired")


@job("billing.remind_of_end")
async def _remind_of_end(tx: Tx, body: dict[str, Any]) -> None:
    """An allowance that ends soon, and has something left, is called to mind."""
    until = datetime.fromisoformat(body["until"])
    left = [row for row in await store.sharing.ended(tx, body["account"], body["of"], until) if charging.is_known_kind(row["kind"])]
    if left and until > tx.now:
        tx.tell(events.AllowanceEnds(body["account"], body["of"], until))


@job("billing.unreserve_bucket")
async def _unreserve_bucket(tx: Tx, body: dict[str, Any]) -> None:
    await transferring.unreserve_bucket(tx, body["reservation"], body["bucket"], Decimal(body["amount"]))
