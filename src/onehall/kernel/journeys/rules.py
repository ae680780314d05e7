"""The decisions of handing over."""

from collections.abc import Iterable
from datetime import datetime


def continue_until(code_ends: datetime, kept_until: Iterable[datetime], at: datetime) -> datetime:
    """What is handed over goes on until its code ends, or what is kept for the customer is let go, whichever comes first."""
    return min([code_ends, *(until for until in kept_until if until > at)])
