"""What a customer spends a month, and for how long they have been one: what their value is told by."""

from datetime import datetime
from typing import Final

import msgspec

from onehall.domains.billing import store
from onehall.kernel.i18n import ZONE
from onehall.kernel.money import Money
from onehall.kernel.store import Tx

LOOKS_BACK: Final = 4  # months, so that three bills are seen before this month's is made


class Spending(msgspec.Struct, frozen=True):
    """What a customer's latest bills were on average, and the whole months since their first account was opened."""

    monthly: Money
    months: int


async def spending(tx: Tx, party: str) -> Spending | None:
    """This will give what a customer spends a month; None for one who has no account. One statement."""
    today = tx.now.astimezone(ZONE).date()
    month = today.year * 12 + today.month - 1 - LOOKS_BACK
    row = await store.spending.of_party(tx, party, today.replace(year=month // 12, month=month % 12 + 1, day=1))
    if row is None or row["since"] is None:
        return None
    return Spending(Money(row["billed"] // max(1, row["cycles"])), _months(row["since"], tx.now))


def _months(since: datetime, now: datetime) -> int:
    return max(0, (now - since).days * 12 // 365)
