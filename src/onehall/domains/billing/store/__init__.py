"""The only SQL of billing: the books, accounts, buckets, payments."""

from onehall.domains.billing.store import accounts, actions, bill_runs, bills, buckets, intake, ledger, payments, rating, shapes

__all__ = ["accounts", "actions", "bill_runs", "bills", "buckets", "intake", "ledger", "payments", "rating", "shapes"]
