"""What a customer can have done with money, use and bills."""

from onehall.domains.billing.functions import (
    cards,
    giving,
    invoicing,
    money,
    paying,
    sharing,
)

__all__ = [
    "cards", "giving", "invoicing", "money", "paying", "sharing",
]  # fmt: skip
