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
    created   -> completed | cancelled | failed
    completed -> failed
    """,
)

METHOD = Lifecycle(
    "payment method",
    """
    pending -> active | refused | stopped
    active  -> stopped
    """,
)

BILL = Lifecycle(
    "bill",
    """
    new            -> validated | sent | settled
    validated      -> sent | on_hold
    sent           -> on_hold | partially_paid | settled
    partially_paid -> on_hold | settled
    on_hold        -> sent | settled
    """,
)

DISPUTE = Lifecycle(
    "dispute",
    """
    open -> accepted | rejected
    """,
)

INVOICE = Lifecycle(
    "invoice",
    """
    asked     -> issued | refused
    issued    -> reversing
    reversing -> reversed | issued
    """,
)
