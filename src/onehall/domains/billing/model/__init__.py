"""The nouns of billing: money and its books; use, allowances and what they were rated to."""

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
from onehall.domains.billing.model.usage import Bucket, Charged, Draw, Month, Outcome, Payer, Pool, Subscription, Taken, Use

__all__ = [
    "Account", "BillLine", "Book", "Bucket", "Charged", "Draw", "Entry", "Leg", "Month", "Move", "Outcome", "Payer", "Payment", "Pool",
    "Posted", "Refund", "Side", "Subscription", "Taken", "TopUp", "Use", "currency_of",
]  # fmt: skip
