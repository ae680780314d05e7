"""Work that billing leaves for later, and what it does on hearing of lines."""

from onehall.domains.billing.reactions import (
    alerts,
    autopay,
    bills,
    cards,
    charging,
    debts,
    invoicing,
    money,
    noticing,
    reconciling,
    sharing,
    subscriptions,
    usage,
)
from onehall.domains.billing.reactions.money import Till, pay_address, plan_reconciliation

__all__ = [
    "Till", "alerts", "autopay", "bills", "cards", "charging", "debts", "invoicing", "money", "noticing", "pay_address",
    "plan_reconciliation", "reconciling", "sharing", "subscriptions", "usage",
]  # fmt: skip
