"""The nouns of billing: money and its books; use, allowances and what they were rated to."""

from onehall.domains.billing.model.bills import Bill, CreditNote, Dispute, Line, MonthSum, Revenue, Run, RunReport
from onehall.domains.billing.model.cards import Batch, Card
from onehall.domains.billing.model.charging import Debited, Gift, Reservation, Wanted
from onehall.domains.billing.model.invoices import Invoice, Invoiceable
from onehall.domains.billing.model.money import (
    Account,
    BillLine,
    Book,
    Entry,
    Leg,
    Move,
    Payment,
    Posted,
    Refund,
    Side,
    TopUp,
    currency_of,
)
from onehall.domains.billing.model.reconciling import Difference, Found, Moved, Reconciliation
from onehall.domains.billing.model.settling import Incoming, Method, OpenBill, PaidBill, Part
from onehall.domains.billing.model.usage import Bucket, Charged, Draw, Month, Outcome, Payer, Pool, Share, Subscription, Taken, Use

__all__ = [
    "Account", "Batch", "Bill", "BillLine", "Book", "Bucket", "Card", "Charged", "CreditNote", "Debited", "Difference", "Dispute", "Draw",
    "Entry", "Found", "Gift", "Incoming", "Invoice", "Invoiceable", "Leg", "Line", "Method", "Month", "MonthSum", "Move", "Moved",
    "OpenBill", "Outcome", "PaidBill", "Part", "Payer", "Payment", "Pool", "Posted", "Reconciliation", "Refund", "Reservation", "Revenue",
    "Run", "RunReport", "Share", "Side", "Subscription", "Taken", "TopUp", "Use", "Wanted", "currency_of",
]  # fmt: skip
