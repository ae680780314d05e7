"""Billing: what a customer has, owes and pays. Accounts with a main balance and a prepayment, allowances, payments, refunds, and the
books in which every fen that moves is an entry of balanced legs.

Words: *account* (the money of one line), *entry* and *leg* (one movement, and a side of it), *book* (where legs are summed),
*advance* (paid and not yet used), *bucket* (an allowance in a period), *payment* (money asked for), *till* (what takes it).
"""

from onehall.domains.billing import actions, api, functions, queries, reactions, rules
from onehall.domains.billing.api import RESOURCES
from onehall.domains.billing.model import (
    Account,
    Batch,
    Bill,
    BillLine,
    Book,
    Bucket,
    Debited,
    Line,
    MonthSum,
    Outcome,
    Payment,
    Posted,
    Refund,
    Reservation,
    RunReport,
    Side,
    Subscription,
    TopUp,
    Use,
    Wanted,
)

__all__ = [
    "RESOURCES", "Account", "Batch", "Bill", "BillLine", "Book", "Bucket", "Debited", "Line", "MonthSum", "Outcome", "Payment",
    "Posted", "Refund", "Reservation", "RunReport", "Side", "Subscription", "TopUp", "Use", "Wanted", "actions", "api", "functions",
    "queries", "reactions", "rules",
]  # fmt: skip
