"""A customer with half a year of bills, as `onehall load months` makes one."""

from onehall.loaders.months import MONTHS, NUMBER, lived, month_back

__all__ = ["MONTHS", "NUMBER", "lived", "month_back"]
