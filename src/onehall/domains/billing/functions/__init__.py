"""What a customer can have done with money, use and bills."""

from onehall.domains.billing.functions import cards, money, paying

__all__ = ["cards", "money", "paying"]
