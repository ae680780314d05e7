"""How a store and what is asked of it move."""

from onehall.kernel.lifecycle import Lifecycle

STORE = Lifecycle("estore", "open -> closed\nclosed -> open")
REQUEST = Lifecycle(
    "estore_request",
    """
    asked    -> approved | prepared | declined | withdrawn
    prepared -> approved | withdrawn
    approved -> ordered | withdrawn
    ordered  -> active | withdrawn
    active   -> ended
    """,
)
COMMITTED = ("prepared", "approved", "ordered", "active")
