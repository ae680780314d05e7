"""The fulfilment centre (生产中心): when a person looks at an order, which card is the right one, how often a card is written."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from onehall.domains.fulfilment.model import Plan, Step
from onehall.domains.fulfilment.rules.plans import SIM_WRITES_MAX
from onehall.kernel.i18n import ZONE, _
from onehall.kernel.refusals import Refusal

WORKDAY = "workday"
SURE = frozenset({"resident_id"})
"""The authority answers for these alone, name, number and face; of other documents it knows less (our own reading, unverified)."""
REASON_MAX = 200
DAYS_LOOKED_AT_MAX = 30


def needs_audit(real_named: bool, document_type: str | None) -> bool:
    """A person looks at an order where the check of the document leaves something open: none was made, or it is no resident ID card."""
    return not real_named or document_type not in SURE


def audit_due(since: datetime, kind_of: Callable[[date], str]) -> datetime:
    """A person has looked at an order within one working day: by the same hour of the next day that is one."""
    local = since.astimezone(ZONE)
    days = (local + timedelta(days=count) for count in range(1, DAYS_LOOKED_AT_MAX))
    return next((day for day in days if kind_of(day.date()) == WORKDAY), local + timedelta(days=1)).astimezone(since.tzinfo)


def check_stands(plan: Plan | None, node: str) -> Step:
    """An order is worked on only at the node where it stands, by one at a time.

    :raises Refusal: `centre.ended`, `centre.moved`, `centre.busy`, 409.
    """
    if plan is None or plan.state != "running":
        raise Refusal("centre.ended", _("This order was cancelled or has ended. Put the card aside."), 409)
    step = plan.step(node)
    if step is None or step.state != "running":
        raise Refusal("centre.moved", _("This order has moved on. Look where it stands now."), 409)
    if step.result.get("under_way"):
        raise Refusal("centre.busy", _("This is being done just now. Wait a moment."), 409)
    return step


def check_card(scanned: str, picked: str) -> None:
    """What is packed is the card that was written for this order: its number is read once more.

    :raises Refusal: `centre.other_card`, 422.
    """
    if scanned != picked:
        raise Refusal("centre.other_card", _("This is not the card of this order. It must be {iccid}.", iccid=picked), 422)


def check_refusal(reason: str) -> str:
    """Who turns an order down says why, in words that the customer reads.

    :raises Refusal: `centre.reason`, 422; gives the reason without blanks around it.
    """
    plain = " ".join(reason.split())
    if not 0 < len(plain) <= REASON_MAX:
        raise Refusal("centre.reason", _("Say why, in at most {count} letters; the customer reads it.", count=REASON_MAX), 422)
    return plain


def may_write_again(writes: int) -> bool:
    """A card that fails goes back to picking for another one, until three were spoilt."""
    return writes < SIM_WRITES_MAX


def tracking_of(order: str) -> str:
    """A tracking number belongs to one order and never serves another: it is made of the order's own id."""
    return f"OH{order}".upper()
