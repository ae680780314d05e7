"""Bands of value: what billing knows of a customer's spending and years, kept in memory for a while."""

import time
from collections import OrderedDict
from typing import Final
from weakref import WeakKeyDictionary

from onehall.domains import billing
from onehall.hall import rules
from onehall.kernel.i18n import Text, _
from onehall.kernel.store import Store, Tx

KEPT_SECONDS: Final = 600.0
KEPT_MAX: Final = 50_000
NAMES: Final[dict[str, Text]] = {
    "": _("All customers"), "guest": _("Guests"), "basic": _("Basic"), "middle": _("Middle"), "high": _("High value"),
}  # fmt: skip

_known: "WeakKeyDictionary[Store, OrderedDict[str, tuple[float, str]]]" = WeakKeyDictionary()


async def of(at: Store | Tx, party: str | None) -> str:
    """This will give the band of a customer, as it was at most ten minutes ago; nobody known is a guest."""
    if party is None:
        return "guest"
    known = _known.setdefault(at.store if isinstance(at, Tx) else at, OrderedDict())
    until, band = known.get(party, (0.0, ""))
    if time.monotonic() < until:
        return band
    band = await _now(at, party)
    known[party] = (time.monotonic() + KEPT_SECONDS, band)
    known.move_to_end(party)
    while len(known) > KEPT_MAX:
        known.popitem(last=False)
    return band


async def _now(at: Store | Tx, party: str) -> str:
    if isinstance(at, Tx):
        return _band(await billing.queries.spending(at, party))
    async with at.edge(party) as tx:
        return _band(await billing.queries.spending(tx, party))


def _band(found: billing.queries.Spending | None) -> str:
    return rules.band_of(None, 0) if found is None else rules.band_of(found.monthly.minor, found.months)
