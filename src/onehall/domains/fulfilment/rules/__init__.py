"""Every business decision of fulfilment."""

from onehall.domains.fulfilment.rules.centre import (
    audit_due,
    check_card,
    check_refusal,
    check_stands,
    may_write_again,
    needs_audit,
    tracking_of,
)
from onehall.domains.fulfilment.rules.delivery import (
    ACTIVATE_WITHIN,
    CONFIRMED_FOR,
    ROAD_MAX,
    check_address,
    check_confirmed,
    check_shown,
    comes_back_at,
    is_paid,
    not_confirmed,
    still_counts,
)
from onehall.domains.fulfilment.rules.plans import (
    BY_HAND,
    CENTRE,
    FIXING,
    NEWS,
    PLANS,
    ROAD,
    SIM_WRITES_MAX,
    UNDOABLE,
    again_from,
    droppable,
    is_done,
    next_to_undo,
    plan_of,
    ready,
    steps_of,
)

__all__ = [
    "ACTIVATE_WITHIN", "BY_HAND", "CENTRE", "CONFIRMED_FOR", "FIXING", "NEWS", "PLANS", "ROAD", "ROAD_MAX", "SIM_WRITES_MAX", "UNDOABLE",
    "again_from", "audit_due", "check_address", "check_card", "check_confirmed", "check_refusal", "check_shown", "check_stands",
    "comes_back_at", "droppable", "is_done", "is_paid", "may_write_again", "needs_audit", "next_to_undo", "not_confirmed", "plan_of",
    "ready", "steps_of", "still_counts", "tracking_of",
]  # fmt: skip
