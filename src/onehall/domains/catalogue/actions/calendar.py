"""The calendar of public holidays, by which time bands are told apart."""

from datetime import date

from onehall.domains.catalogue.store import rows
from onehall.kernel.store import Tx


async def mark_days(tx: Tx, days: dict[date, tuple[str, str]]) -> int:
    """This will say of days that they are a workday or a restday, and by what name; gives how many were not so before."""
    return await rows.mark_days(tx, days)
