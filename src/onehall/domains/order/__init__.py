"""Orders: what somebody asked to have done, and how far it has come. Words: *wanted* (the whole of what is to be done,
as it was agreed), *item* (one offering in it), *fixed* (past the point where it can still be cancelled), *cart*."""

from onehall.domains.order import actions, api, functions, queries, rules
from onehall.domains.order.events import OrderCancelAsked, OrderCompleted, OrderFailed, OrderPlaced
from onehall.domains.order.model import Charge, Order, Placed, Wanted

__all__ = [
    "Charge", "Order", "OrderCancelAsked", "OrderCompleted", "OrderFailed", "OrderPlaced", "Placed", "Wanted",
    "actions", "api", "functions", "queries", "rules",
]  # fmt: skip

RESOURCES = api.RESOURCES
