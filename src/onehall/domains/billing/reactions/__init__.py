"""Work that billing leaves for later, and what it does on hearing of lines."""

from onehall.domains.billing.reactions import cards, money, usage
from onehall.domains.billing.reactions.money import Till, pay_address, plan_reconciliation
from onehall.domains.billing.reactions import charging
from onehall.domains.billing.reactions import bills, subscriptions
from onehall.domains.billing.reactions import sharing

__all__ = [
    "Till", "bills", "charging", "money", "pay_address", "plan_reconciliation", "sharing", "subscriptions", "usage",
]  # fmt: skip
