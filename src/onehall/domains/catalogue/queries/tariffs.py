"""Questions about tariffs: which offerings price use, and under which terms they stood."""

from datetime import datetime

from onehall.domains.catalogue.model import Offering, Terms
from onehall.domains.catalogue.store import shelf
from onehall.kernel.store import Tx

Version = tuple[datetime, datetime | None, Offering]


async def rated(tx: Tx) -> list[Offering]:
    """This will give the offerings that price use, on sale or not, each as it stands or stood last; by kind and id."""
    latest = [terms[-1].face for terms in (await shelf(tx)).by_offering.values()]
    return sorted((one for one in latest if one.tariffs or one.rates), key=lambda one: (one.kind, one.rank or 10**6, one.id))


async def versions(tx: Tx, id_: str) -> list[Version]:
    """This will give the terms under which an offering stood or will stand, the newest first: since, until, the offering then."""
    found: list[Terms] = (await shelf(tx)).by_offering.get(id_, [])
    return [(one.since, one.until, one.face) for one in reversed(found)]
