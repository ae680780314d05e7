"""Work that billing leaves for later, and what it does on hearing of lines."""

from onehall.domains.billing.reactions import autopay, bills, cards, charging, money, sharing, subscriptions, usage
from onehall.domains.billing.reactions.money import Till, pay_address, plan_reconciliation

__all__ = [
    "Till", "bills", "charging", "money", "pay_address", "plan_reconciliation", "sharing", "subscriptions", "usage",
]  # fmt: skip
