"""States of what billing keeps."""

from onehall.kernel.lifecycle import Lifecycle

PAYMENT = Lifecycle(
    "payment",
    """
    pending -> done | failed | expired | voided
    failed  -> late
    expired -> late
    voided  -> late
    """,
)

REFUND = Lifecycle(
    "refund",
    """
    requested -> done | failed
    failed    -> done
    """,
)

ACCOUNT = Lifecycle(
    "account",
    """
    open -> closed
    """,
)

BALANCE_ACTION = Lifecycle(
    "balance action",
    """
    created -> completed | cancelled | failed
    """,
)
