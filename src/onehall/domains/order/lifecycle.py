"""How an order moves (TMF622 states)."""

from onehall.kernel.lifecycle import Lifecycle

ORDER = Lifecycle(
    "order",
    """
    acknowledged        -> inProgress | rejected | cancelled | failed
    inProgress          -> completed | failed | held | pendingCancellation
    held                -> inProgress | pendingCancellation | failed
    pendingCancellation -> cancelled | failed
    """,
)
CART = Lifecycle("cart", "active -> ordered | abandoned")
