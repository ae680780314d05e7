"""The only SQL of billing: the books, accounts, buckets, payments."""

from onehall.domains.billing.store import accounts, actions, buckets, ledger, payments, shapes

__all__ = ["accounts", "actions", "buckets", "ledger", "payments", "shapes"]
