"""The only SQL of billing: the books, accounts, buckets, payments."""

from onehall.domains.billing.store import accounts, actions, buckets, ledger, payments, rating, shapes

__all__ = ["accounts", "actions", "buckets", "ledger", "payments", "rating", "shapes"]
