"""The only SQL of billing: the books, accounts, buckets, payments."""

from onehall.domains.billing.store import (
    accounts,
    actions,
    allocations,  # noqa: I001
    bill_runs,
    bill_shapes,
    bill_sums,
    bills,
    buckets,
    cards,  # noqa: I001
    disputes,
    intake,
    invoices,  # noqa: I001
    ledger,
    methods,  # noqa: I001
    payments,
    rating,
    reconciling,  # noqa: I001
    reservations,
    shapes,
    sharing,
    state,
    subscriptions,
    turning,
    usage_shape,
    watching,
)

__all__ = [
    "accounts", "actions", "allocations", "bill_runs", "bill_shapes", "bill_sums", "bills", "buckets", "cards", "disputes", "intake", "invoices",
    "ledger", "methods", "payments", "rating", "reconciling", "reservations", "shapes", "sharing", "state", "subscriptions", "turning",
    "usage_shape", "watching",
]  # fmt: skip
