"""The only SQL of billing: the books, accounts, buckets, payments."""

from onehall.domains.billing.store import (
    accounts,
    actions,
    allocations,
    bill_runs,
    bill_shapes,
    bill_sums,
    bills,
    buckets,
    cards,
    disputes,
    intake,
    invoices,
    ledger,
    looking,
    methods,
    overview,
    payments,
    rating,
    reconciling,
    reservations,
    shapes,
    sharing,
    spending,
    state,
    subscriptions,
    turning,
    usage_shape,
    watching,
)

__all__ = [
    "accounts", "actions", "allocations", "bill_runs", "bill_shapes", "bill_sums", "bills", "buckets", "cards", "disputes", "intake",
    "invoices", "ledger", "looking", "methods", "overview", "payments", "rating", "reconciling", "reservations", "shapes", "sharing",
    "spending", "state", "subscriptions", "turning", "usage_shape", "watching",
]  # fmt: skip
