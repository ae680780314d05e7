"""Work that billing leaves for later, and what it does on hearing of lines."""

from onehall.domains.billing.reactions import cards, money, usage
from onehall.domains.billing.reactions.money import Till, pay_address, plan_reconciliation
from onehall.domains.billing.reactions import charging

__all__ = [
    "Till", "charging", "money", "pay_address", "plan_reconciliation", "usage",
]  # fmt: skip
