"""The demo operator, Onehall Telecom: places, people, tariffs, numbers, cards and a few customers, all of our own invention."""

from collections.abc import Awaitable, Callable
from typing import Final

from onehall.demo import customers, people, shops, stock, tariffs
from onehall.domains import catalogue
from onehall.kernel.identity import staff
from onehall.kernel.store import Store

CATALOG: Final = "onehall-demo"
VERSION: Final = "2"
Step = tuple[str, Callable[[Store], Awaitable[list[str] | None]]]


async def open(store: Store, say: Callable[[str], None]) -> None:  # noqa: A001  (the operator opens)
    """This will open the demo operator in a database that has no operator of its own; the second time it costs one read."""
    if await _is_open(store):
        return
    say("Opening the demo operator, Onehall Telecom:")
    told: list[str] = []
    for what, work in STEPS:
        say(f"  {what}")
        told += await work(store) or []
    async with store.edge(0) as tx:
        await catalogue.actions.put_catalog(tx, CATALOG, _catalog())
    for line in [*people.told(), *told]:
        say(line)


async def _is_open(store: Store) -> bool:
    async with store.edge(0) as tx:
        found = await catalogue.queries.catalog(tx, CATALOG)
        if found is not None:
            return found.get("version") == VERSION
        return any(not path.startswith("onehall") for path, _kind, _name in await staff.units(tx))


async def _publish(store: Store) -> None:
    async with store.edge(0) as tx:
        for id_, doc in tariffs.specifications():
            await catalogue.actions.put_specification(tx, id_, doc)
        for id_, doc in tariffs.categories():
            await catalogue.actions.put_category(tx, id_, doc)
        for id_, doc in tariffs.all_offerings():
            await catalogue.actions.put(tx, id_, doc)


def _catalog() -> dict[str, object]:
    shelves = [{"id": id_, "name": name} for id_, name, _chinese in tariffs.FAMILIES]
    return {"name": "Onehall Telecom", "catalogType": "Consumer", "version": VERSION, "category": shelves}


STEPS: Final[tuple[Step, ...]] = (
    ("provinces, cities and stores", people.open_places), ("staff and a partner", people.take_on), ("plans, packs and services", _publish),
    ("numbers and SIM cards", stock.fill), ("customers", customers.move_in),
    ("a company's store, a code on a shelf", shops.open_them),
)  # fmt: skip
