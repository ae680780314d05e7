"""Questions to billing; they change nothing."""

from onehall.domains.billing.queries import bills, charging, looking, overview
from onehall.domains.billing.queries.charging import payers, splits
from onehall.domains.billing.queries.invoicing import correctable, invoice, invoice_list, invoices, live_of, red_of, without_invoice
from onehall.domains.billing.queries.money import (
    account,
    account_of_line,
    account_of_number,
    accounts,
    allowances,
    allowances_and_shares,
    arrears,
    balance,
    bill_so_far,
    book_sums,
    history,
    ledger_faults,
    left_over,
    payment,
    payments,
    stale_payments,
)
from onehall.domains.billing.queries.reconciling import difference, differences, reconciliations
from onehall.domains.billing.queries.settling import allocation_faults, autopay_of, left_to_pay, open_bills
from onehall.domains.billing.queries.spending import Spending, spending

__all__ = [
    "Spending", "account", "account_of_line", "account_of_number", "accounts", "allocation_faults", "allowances", "allowances_and_shares",
    "arrears", "autopay_of", "balance", "bill_so_far", "bills", "book_sums", "charging", "correctable", "difference", "differences",
    "history", "invoice", "invoice_list", "invoices", "ledger_faults", "left_over", "left_to_pay", "live_of", "looking", "open_bills",
    "overview", "payers", "payment", "payments", "reconciliations", "red_of", "spending", "splits", "stale_payments", "without_invoice",
]  # fmt: skip
