"""Scans: told where they happen, kept with whoever scanned, taken along when a guest turns out to be somebody."""

from datetime import datetime, timedelta

from onehall.domains import inventory
from onehall.domains.outreach import rules
from onehall.domains.outreach.events import CodeScanned
from onehall.domains.outreach.model import Code, Owner, Stock, Touch
from onehall.domains.outreach.store import codes, touches
from onehall.kernel.ids import home_of, keyed_id
from onehall.kernel.store import Store, Tx
from onehall.kernel.store.leaving import EPOCH

STOCK_MAX = 99
STOCK_FRESH = timedelta(minutes=1)


def scan(tx: Tx, code: Code, carrier: str) -> None:
    """This will tell that somebody scanned a code; who is known by no name is told of, and nothing is kept for them."""
    owner = code.owner
    tx.tell(CodeScanned(carrier, code.code, code.kind, tx.now, owner.unit, owner.staff, owner.campaign, code.offering))


async def keep_scan(tx: Tx, fact: CodeScanned, channel: str) -> None:
    """This will keep a scan with whoever made it; the same again within ten minutes is the same scan."""
    moment = rules.scan_moment(fact.at)
    id_ = keyed_id(touches.home(fact.carrier), EPOCH, "scan", fact.code, moment.isoformat())
    owner = Owner(fact.unit, fact.staff, fact.campaign)
    await touches.add(tx, fact.carrier, Touch(id_, fact.code, fact.kind, owner, fact.at, channel))


async def follow(store: Store, guests: list[str], party: str) -> int:
    """This will take a guest's scans along to the customer they turn out to be; gives how many. Safe twice. A read for each guest."""
    found: list[Touch] = []
    for guest in guests:
        async with store.edge(touches.home(guest)) as tx:
            found += await touches.of_carrier(tx, guest, rules.shown_since(tx.now))
    if not found:
        return 0

    async def keep(tx: Tx) -> None:
        for touch in found:
            await touches.add(tx, f"party:{party}", touch, followed=True)

    await store.run(home_of(party), keep)
    return len(found)


async def count_stock(tx: Tx, unit: str) -> None:
    """This will count the cards that lie in a store and in the centre, unless that was done a moment ago."""
    known = await touches.stock(tx, unit)
    if known is not None and tx.now - known.counted < STOCK_FRESH:
        return
    here = await inventory.queries.cards_lying(tx, unit, STOCK_MAX)
    centre = await inventory.queries.cards_lying(tx, None, STOCK_MAX)
    await touches.put_stock(tx, Stock(unit, here, centre, tx.now))


async def source_touch(tx: Tx, source: str | None, at: datetime, channel: str) -> Touch | None:
    """This will give the scan by which a journey came, when it names a code of ours: as its owner was when the journey began."""
    text = rules.code_in(source)
    found = await codes.one(tx, text) if text else None
    if found is None or text is None:
        return None
    owner = rules.owner_at(await codes.tenures(tx, text), at)
    return Touch(keyed_id(codes.home(text), EPOCH, "source", text, str(at)), text, found.kind, owner, at, channel)
