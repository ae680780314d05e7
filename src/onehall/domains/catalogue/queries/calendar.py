"""Questions about the calendar."""

import asyncio
from datetime import date
from typing import Final
from weakref import WeakKeyDictionary

from onehall.domains.catalogue.store import rows
from onehall.kernel.store import Store, Tx

KEEP_SECONDS: Final = 60.0
_kept: WeakKeyDictionary[Store, tuple[float, dict[date, str]]] = WeakKeyDictionary()


async def days(tx: Tx) -> dict[date, str]:
    """This will give the days that are not what their weekday says: workday or restday. Read once in a minute."""
    now = asyncio.get_running_loop().time()
    since, known = _kept.get(tx.store, (-KEEP_SECONDS, {}))
    if now - since >= KEEP_SECONDS:
        known = await rows.calendar(tx)
        _kept[tx.store] = (now, known)
    return known
