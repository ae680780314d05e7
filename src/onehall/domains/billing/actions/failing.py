"""Balance actions that were begun, or done, and came to nothing: they say so, with the reason, and who listens is told."""

from typing import Final

from onehall.domains.billing import store
from onehall.domains.billing.lifecycle import BALANCE_ACTION
from onehall.kernel.i18n import Words, show
from onehall.kernel.resources.changes import changed
from onehall.kernel.store import Tx

PREPAY: Final = "prepayBalanceManagement"
NAMES: Final = {"topup": "topupBalance", "transfer": "transferBalance"}


async def fail(tx: Tx, action: str, why: Words) -> None:
    """This will write that a top-up or transfer failed, and why, whether it was begun only or held to be done; safe twice."""
    BALANCE_ACTION.check("created", "failed")
    kind = await store.actions.fail(tx, action, BALANCE_ACTION.check("completed", "failed"), show(why, "en"))
    if kind is not None:
        changed(tx, (PREPAY, NAMES[kind]), action, "stateChange")
