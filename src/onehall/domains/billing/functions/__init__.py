"""What a customer can have done with money, use and bills."""

from onehall.domains.billing.functions import cards, money

__all__ = ["cards", "money"]
