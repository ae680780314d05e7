"""What a customer can have done with money, use and bills."""

from onehall.domains.billing.functions import (
    bills,
    cards,
    giving,
    invoicing,
    money,
    paying,
    paying_out,
    sharing,
    usage,
)

__all__ = [
    "bills", "cards", "giving", "invoicing", "money", "paying", "paying_out", "sharing", "usage",
]  # fmt: skip
