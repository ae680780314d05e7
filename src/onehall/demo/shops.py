"""A company's own store with a list and numbers, and one code on a shelf: so that there is something to enter and to scan."""

from typing import Final

from msgspec.structs import replace

from onehall.domains import estore, inventory, outreach
from onehall.domains.estore import Look
from onehall.domains.outreach import Code, Owner
from onehall.kernel.identity import Who
from onehall.kernel.refusals import Refusal
from onehall.kernel.settings import current
from onehall.kernel.store import Store

MANAGER: Final = Who(unit="onehall.gd", roles=frozenset({"account_manager"}))
SLUG: Final = "sunrise"
NAME: Final = "旭日科技 Sunrise"
PACK: Final = "pack-data-10"
POOL: Final = tuple(f"1860004{place:04}" for place in range(8001, 8021))
LIST: Final = (
    "key,name,department,role\n1001,李一鸣,销售 Sales,member\n1002,Maria Santos,办公室 Office,approver\n1003,赵国强,仓库 Stores,member\n"
)
SHELF: Final = ("onehall.gd.gz.s1", "hall-59")
LABEL: Final = "畅享59元 Hall 59"


async def open_them(store: Store) -> list[str]:
    """This will open the store and put the code on its shelf; gives how a visitor finds them. What is there already stays."""
    try:
        made = await estore.actions.open_store(store, MANAGER, "enterprise", NAME, SLUG)
    except Refusal as known:
        if known.code != "estore.slug_taken":
            raise
        return []
    async with store.edge(made.id) as tx:
        await estore.actions.change_terms(tx, made.id, replace(made.terms, proofs=("roster",)))
        await estore.actions.change_look(tx, made.id, Look("violet", "旭日", "同事专享价 · Prices for colleagues"))
        await estore.actions.put_on_shelf(tx, made.id, PACK)
        await estore.actions.take_list(tx, made.id, estore.actions.read_sheet(LIST, ("key", "name"), estore.rules.ROSTER_MAX))
    async with store.edge(0) as tx:
        await inventory.actions.stock_numbers(tx, [inventory.StockNumber(one, unit="onehall.gd.gz", city="gz") for one in POOL])
    await estore.actions.fill_pool(store, MANAGER, made.id, POOL)
    async with store.edge(made.id) as tx:
        unit, offering = SHELF
        shelf = await outreach.actions.make_codes(tx, unit, [Code("", "shelf", Owner(unit=unit), tx.now, offering, LABEL)])
    return [
        f"  e-store: {current().url}/s/{SLUG}; log in as 18600010001 and join as 1001, 李一鸣 (messages are at {current().url}/sim)",
        f"  code on a shelf: {current().url}/q/{shelf.codes[0].code}",
    ]
