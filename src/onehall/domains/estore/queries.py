"""Questions about private shops; they change nothing."""

from collections.abc import Iterable
from datetime import date, datetime

from onehall.domains import billing, catalogue, inventory
from onehall.domains.estore import rules, store
from onehall.domains.estore.model import Batch, Card, EStore, Listed, Member, Request, SheetLine, Split
from onehall.kernel.i18n import ZONE, Named, _
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx

PEOPLE_MAX = 500
REQUESTS_MAX = 500


async def addressed(tx: Tx, slug: str) -> EStore | None:
    """This will find a store by its address. Two statements."""
    found = await store.shops.addressed(tx, slug)
    return await store.shops.find(tx, found) if found else None


async def open_store(tx: Tx, slug: str) -> EStore:
    """This will give the open store of an address.

    :raises Refusal: 404.
    """
    return rules.check_open(await addressed(tx, rules.check_slug(slug)))


async def by_id(tx: Tx, id_: str) -> EStore | None:
    """This will find a store. One statement."""
    return await store.shops.find(tx, id_)


async def stores(tx: Tx, unit: str, limit: int = 100) -> list[EStore]:
    """This will list the stores of a unit of the tree, newest first."""
    return await store.shops.of_unit(tx, unit, limit)


async def cards(tx: Tx, party: str) -> list[Card]:
    """This will list the stores that a party joined. One statement."""
    return await store.people.cards(tx, party)


async def member(tx: Tx, id_: str, party: str) -> Member | None:
    """This will give a party as a member of a store, or None. One statement."""
    return await store.people.member(tx, id_, party)


async def members(tx: Tx, id_: str, role: str | None = None) -> list[Member]:
    """This will list the members of a store."""
    return await store.people.members(tx, id_, PEOPLE_MAX, role)


async def listed(tx: Tx, id_: str, key: str) -> Listed | None:
    """This will find a key on the company's list. One statement."""
    return await store.people.listed(tx, id_, key)


async def names(tx: Tx, id_: str, keys: Iterable[str]) -> dict[str, str]:
    """This will give the names that the company's list has for some keys. One statement."""
    return await store.people.names(tx, id_, list(dict.fromkeys(keys)))


async def listed_many(tx: Tx, id_: str) -> int:
    """This will count the company's list."""
    return await store.people.listed_many(tx, id_)


async def numbers(tx: Tx, id_: str) -> dict[str, int]:
    """This will count the store's own numbers by their state."""
    return await inventory.queries.pool_counts(tx, id_)


async def request(tx: Tx, id_: str) -> Request | None:
    """This will find a request. One statement."""
    return await store.requests.one(tx, id_)


async def prepared(tx: Tx, id_: str, key: str, offering: str | None = None) -> Request | None:
    """This will find what was prepared for a key of the list, of an offering or any, and not taken up yet."""
    return await store.requests.prepared(tx, id_, key, offering)


async def waiting(tx: Tx, id_: str) -> list[Request]:
    """This will list what waits for an approver, the oldest first."""
    return await store.requests.of_store(tx, id_, ("asked",), REQUESTS_MAX)


async def requests(tx: Tx, id_: str, *states: str) -> list[Request]:
    """This will list a store's requests in some states, the oldest first."""
    return await store.requests.of_store(tx, id_, states, REQUESTS_MAX)


async def mine(tx: Tx, id_: str, key: str) -> list[Request]:
    """This will list what one member asked for, newest first."""
    return await store.requests.of_member(tx, id_, key, 20)


async def split_bill(tx: Tx, shop: EStore, month: date) -> list[Split]:
    """This will give the one bill of a store for a month, split: each line that stood in it, with the company's part and the member's."""
    start, end = _span(month)
    found: list[Split] = []
    modes: dict[str, str] = {}
    standing = await store.requests.standing(tx, shop.id, start, end)
    known = {one.key: one.name for one in await members(tx, shop.id)} | await names(tx, shop.id, (one.key for one in standing))
    for one in standing:
        if one.offering not in modes:
            modes[one.offering] = (await catalogue.queries.known(tx, one.offering)).first_month
        first, mode = month.replace(day=1), modes[one.offering]
        shares = (rules.company_share(one, first, mode), rules.member_share(one, first, mode))
        found.append(Split(one, *shares, known.get(one.key, one.key)))
    return found


async def company_bills(tx: Tx, shop: EStore, month: date) -> list[billing.Bill]:
    """This will give the bills that the company itself got for a month."""
    return [one for one in await billing.queries.bills.bills_of_account(tx, shop.account) if one.cycle == month.replace(day=1)]


async def shelf(tx: Tx, one: EStore) -> list[catalogue.Offering]:
    """This will give the plans on a store's shelf that are on sale, each at the member's own part of the price."""
    found = []
    for shelved in [each for each in one.shelf if each.kind == "plan"]:
        public = await catalogue.queries.offering(tx, shelved.offering)
        if public is not None and catalogue.rules.is_on_sale(public, tx.now):
            found.append(await catalogue.queries.at_price(tx, shelved.member_price))
    return found


async def batches(tx: Tx, id_: str, limit: int = 20) -> list[Batch]:
    """This will list the sheets of orders that a store took over, newest first."""
    return await store.batches.of_store(tx, id_, limit)


async def batch(tx: Tx, id_: str, batch_id: str) -> tuple[Batch, list[tuple[SheetLine, Request | None]]]:
    """This will give a sheet of a store, with what became of each of its lines. Three statements.

    :raises Refusal: 404.
    """
    found = await store.batches.one(tx, batch_id)
    if found is None or found.store != id_:
        raise missing(_("sheet"))
    return found, await store.batches.lines(tx, batch_id)


def name_of(one: Request) -> Named:
    """This will give the name of what was asked for."""
    return Named(one.name)


def _span(month: date) -> tuple[datetime, datetime]:
    first = month.replace(day=1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return datetime(first.year, first.month, 1, tzinfo=ZONE), datetime(after.year, after.month, 1, tzinfo=ZONE)
