"""What a customer can have done with money, use and bills."""

from onehall.domains.billing.functions import (
    cards,
    invoicing,  # noqa: I001
    money,
    paying,
)
from onehall.domains.billing.functions import sharing
from onehall.domains.billing.functions import giving

__all__ = [
    "cards", "giving", "invoicing", "money", "paying", "sharing",
]  # fmt: skip
