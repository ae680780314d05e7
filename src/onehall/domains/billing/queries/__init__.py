"""Questions to billing; they change nothing."""

from onehall.domains.billing.queries import bills
from onehall.domains.billing.queries.money import (
    account,
    account_of_line,
    account_of_number,
    accounts,
    allowances,
    arrears,
    balance,
    bill_so_far,
    book_sums,
    history,
    ledger_faults,
    payment,
    payments,
    stale_payments,
)
from onehall.domains.billing.queries import charging
from onehall.domains.billing.queries.charging import payers, splits

__all__ = [
    "account", "account_of_line", "account_of_number", "accounts", "allowances", "arrears", "balance", "bill_so_far", "bills",
    "book_sums", "charging", "history", "ledger_faults", "payers", "payment", "payments", "splits", "stale_payments",
]  # fmt: skip
