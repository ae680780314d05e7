"""Ground for bills: a plan, accounts charged by it, use, and runs of bills."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from onehall.domains import billing, catalogue
from onehall.domains.billing import Subscription, Use
from onehall.domains.billing.model.bills import Bill
from onehall.kernel.i18n import ZONE, keep
from onehall.kernel.ids import home_for, keyed_id
from onehall.kernel.store import Store, Tx
from onehall.kernel.store.leaving import EPOCH

PLAN = "test-59"
FEE = 5900
ALLOWED = {"data_mb": 100, "voice_min": 10}


def at(month: int, day: int, hour: int = 0, year: int = 2031) -> datetime:
    """A time in the operator's zone."""
    return datetime(year, month, day, hour, tzinfo=ZONE)


async def sell(store: Store, id_: str = PLAN, fee: int = FEE, **traits: Any) -> catalogue.Offering:
    """This will have a plan: so much a month, 1 fen a MB and 10 fen a minute beyond 100 MB and 10 minutes."""
    prices = [
        {"name": kind, "priceType": "usage", "price": {"unit": "CNY", "value": 0.1}, "unitOfMeasure": {"amount": 1, "units": kind},
         "tariff": {"step": "1", "tiers": [{"amount": amount}]}}
        for kind, amount in (("data_mb", "1"), ("voice_min", "10"))
    ]  # fmt: skip
    monthly = {"recurringChargePeriodType": "month", "recurringChargePeriodLength": 1, "price": {"unit": "CNY", "value": fee / 100}}
    traits = {"kind": "plan", **ALLOWED, **traits}
    doc = {
        "name": f"Plan {id_}", "lifecycleStatus": "Retired", "isSellable": False,
        "productOfferingPrice": [{"name": "Fee", "priceType": "recurring", **monthly}, *prices],
        "prodSpecCharValueUse": [{"name": name, "productSpecCharacteristicValue": [{"value": value}]} for name, value in traits.items()],
    }  # fmt: skip
    await store.run(0, lambda tx: catalogue.actions.put(tx, id_, doc))
    async with store.edge(0) as tx:
        return await catalogue.queries.known(tx, id_)


async def join(
    store: Store, number: str, plan: catalogue.Offering, since: datetime, *, mode: str = "postpaid", until: datetime | None = None,
    day: int = 1, doc: dict[str, Any] | None = None,
) -> str:  # fmt: skip
    """This will open an account that is charged by a plan; gives its id."""

    async def work(tx: Tx) -> str:
        account = await billing.actions.open_account(tx, None, number=number, once=number, mode=mode, cycle_day=day)
        await subscribe(tx, account.id, number, plan, since, until, doc)
        await billing.actions.point(tx, number, account.id, None)
        return account.id

    return await store.run(home_for(number), work)


async def subscribe(
    tx: Tx, account: str, number: str, plan: catalogue.Offering, since: datetime, until: datetime | None = None,
    doc: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """This will have an account charged by a plan in a time."""
    id_ = keyed_id(tx.home, EPOCH, "test", number, plan.id, since.isoformat())
    await billing.actions.subscribe(tx, Subscription(
        id_, account, number, number, number, "plan", plan.id, plan.price_id, keep(plan.name), plan.fee.minor, "CNY", since, until,
        doc or {},
    ))  # fmt: skip


async def use(store: Store, number: str, kind: str, amount: str, when: datetime, record: str) -> None:
    """This will rate one record."""
    record_ = Use(source="test", record=record, number=number, kind=kind, amount=Decimal(amount), at=when)
    [outcome] = await billing.actions.take_in_all(store, [record_], "test")
    assert outcome.state == "added", outcome


async def run(store: Store, month: date | None = None) -> None:
    """This will bill all that is over."""
    async with store.edge(0) as tx:
        parts = await billing.actions.bill_runs.begin_runs(tx, month)
    for part in parts:
        await store.run(part["home"], lambda tx, part=part: billing.actions.bill_runs.bill_home(tx, part))


async def bills(store: Store, account: str) -> list[Bill]:
    """This will give an account's bills with their lines, oldest first."""
    async with store.edge(account) as tx:
        found = await billing.queries.bills.bills_of_account(tx, account)
        return [await billing.queries.bills.bill(tx, one.id) for one in reversed(found)]


def lines(bill: Bill) -> list[tuple[str, str | None, int]]:
    """The lines of a bill as kind, service and minor units."""
    return [(line.kind, line.service, line.minor) for line in bill.lines]


async def books_in_order(store: Store) -> None:
    """Nothing is wrong in the books, and bills and books do not differ."""
    async with store.edge(0) as tx:
        assert await billing.queries.ledger_faults(tx) == []
        assert await billing.queries.bills.bill_differences(tx) == []
        assert sum((await billing.queries.book_sums(tx)).values()) == 0


async def account(store: Store, id_: str) -> billing.Account:
    """This will read an account."""
    async with store.edge(id_) as tx:
        return await billing.queries.account(tx, id_)
