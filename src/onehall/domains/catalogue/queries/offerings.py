"""Questions about offerings: answered from the shelf, without a statement."""

from collections.abc import Sequence
from datetime import datetime

from onehall.domains.catalogue import rules
from onehall.domains.catalogue.model import Doc, Offering
from onehall.domains.catalogue.store import Shelf, rows, shelf
from onehall.kernel.i18n import _
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx

Where = str | Sequence[str] | None


async def offering(tx: Tx, id_: str, at: datetime | None = None) -> Offering | None:
    """This will give an offering as it stands, or stood at a time, on sale or not (`gaps` says why not); None for an unknown one."""
    return (await shelf(tx)).stands(id_, at or tx.now)


async def known(tx: Tx, id_: str, at: datetime | None = None) -> Offering:
    """This will give an offering as it stands, or stood at a time.

    :raises Refusal: `not.found`, 404.
    """
    found = await offering(tx, id_, at)
    if found is None:
        raise missing(_("offering"))
    return found


async def at_price(tx: Tx, price_id: str) -> Offering:
    """This will give an offering as it was when a subscriber took it: its price and allowances for as long as they hold it.

    :raises Refusal: `not.found`, 404.
    """
    found = (await shelf(tx)).terms.get(price_id)
    if found is None:
        raise missing(_("price"))
    return found.face


def _on_sale(shelf: Shelf, kinds: tuple[str, ...], at: datetime, where: Where) -> list[Offering]:
    """What is on sale in a channel; what only another of several channels sells comes after it."""
    ways: Sequence[str | None] = [where] if where is None or isinstance(where, str) else where
    found = {one.id: one for way in ways for one in shelf.on_sale(kinds, at, way)}
    return list(found.values())


async def plans(tx: Tx, channel: Where = None, at: datetime | None = None) -> list[Offering]:
    """This will list the plans on sale in a channel, or in any of several, by family and fee."""
    return _on_sale(await shelf(tx), ("plan",), at or tx.now, channel)


async def packs(tx: Tx, plan: str | None = None, channel: Where = None, at: datetime | None = None) -> list[Offering]:
    """This will list the packs on sale in a channel, or in any of several, that go with a plan."""
    found = _on_sale(await shelf(tx), ("pack",), at or tx.now, channel)
    return [one for one in found if rules.fits_plan(one, plan)]


async def services(tx: Tx, channel: str | None = None, at: datetime | None = None) -> list[Offering]:
    """This will list the services on sale in a channel."""
    return list((await shelf(tx)).on_sale(("service",), at or tx.now, channel))


async def unbundled(tx: Tx, offering: Offering, channel: str | None = None) -> list[Offering]:
    """This will list what sells the services of a bundle one by one."""
    return rules.unbundled(offering, (await shelf(tx)).on_sale(("plan", "pack", "service"), tx.now, channel))


async def stored(tx: Tx, id_: str) -> bool:
    """This will tell whether there is an offering of that id. One statement."""
    return await rows.offering(tx, id_) is not None


async def catalog(tx: Tx, id_: str) -> Doc | None:
    """This will give a catalog's body, or None. One statement."""
    return await rows.catalog(tx, id_)


async def check_on_sale(tx: Tx, id_: str, channel: str | None = None) -> Offering:
    """This will give an offering that is on sale here and now.

    :raises Refusal: `not.found`, 404; `offering.not_on_sale`, 409.
    """
    found = await known(tx, id_)
    rules.check_on_sale(found, tx.now, channel)
    return found
