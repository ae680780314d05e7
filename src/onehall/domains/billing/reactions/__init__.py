"""Work that billing leaves for later, and what it does on hearing of lines."""

from onehall.domains.billing.reactions import money, usage
from onehall.domains.billing.reactions.money import Till, pay_address, plan_reconciliation

__all__ = ["Till", "money", "usage", "pay_address", "plan_reconciliation"]
