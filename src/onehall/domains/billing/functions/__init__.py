"""What a customer can have done with money, use and bills."""

from onehall.domains.billing.functions import (
    bills,
    cards,
    giving,
    invoicing,
    money,
    paying,
    sharing,
    usage,
)

__all__ = [
    "bills", "cards", "giving", "invoicing", "money", "paying", "sharing", "usage",
]  # fmt: skip
