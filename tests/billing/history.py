"""A customer with half a year of bills, as `onehall load months` makes one."""

from datetime import datetime, timedelta

from onehall.loaders.months import MONTHS, NUMBER, lived, month_back

__all__ = ["MONTHS", "NUMBER", "last_state", "lived", "month_back"]


def last_state(now: datetime) -> str:
    """This will tell what the latest bill, issued on the first of this month and open for 20 days after it, says of itself."""
    return "overdue since" if now >= month_back(now, 0) + timedelta(days=21) else "to be paid by"
