"""Lines with a plan, and files of their use, for the tests of intake."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from onehall.domains import billing, catalogue
from onehall.domains.billing import Subscription
from onehall.kernel.ids import home_for, keyed_id
from onehall.kernel.store import Store, Tx
from onehall.kernel.store.leaving import EPOCH
from onehall.loaders.usage import Loaded, load_usage

PLAN = "use-plan"
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
HEAD = "record,number,kind,amount,at"
TOTALS = """SELECT (SELECT count(*) FROM usage) AS records,
    (SELECT sum(amount) FROM usage) AS amount, (SELECT sum(minor) FROM usage) AS minor,
    (SELECT sum(minor) FROM usage_month) AS months, (SELECT sum(records) FROM usage_month) AS counted,
    (SELECT sum(used) FROM bucket) AS drawn, (SELECT sum(unbilled) FROM billing_account) AS owed"""


def quiet(line: str) -> None:
    """Says nothing."""


def body() -> dict[str, Any]:
    """A plan of 100 MB, 10 minutes and 5 messages; beyond them 1 fen a MB of the month, 10 a minute begun, 10 a message."""
    traits = {"kind": "plan", "data_mb": 100, "voice_min": 10, "sms": 5}
    fee = {"name": "Fee", "priceType": "recurring", "recurringChargePeriodType": "month", "recurringChargePeriodLength": 1,
           "price": {"unit": "CNY", "value": 59}}  # fmt: skip
    usage = [("data_mb", 0.01, {"step": "0", "basis": "month", "tiers": [{"amount": "1"}]}),
             ("voice_min", 0.1, {"step": "1", "tiers": [{"amount": "10"}]}),
             ("sms", 0.1, {"step": "1", "tiers": [{"amount": "10"}]})]  # fmt: skip
    prices = [{"name": kind, "priceType": "usage", "price": {"unit": "CNY", "value": value},
               "unitOfMeasure": {"amount": 1, "units": kind}, "tariff": tariff} for kind, value, tariff in usage]  # fmt: skip
    said = [{"name": name, "productSpecCharacteristicValue": [{"value": value}]} for name, value in traits.items()]
    head = {"name": "Use", "lifecycleStatus": "Retired", "isSellable": False}
    return head | {"productOfferingPrice": [fee, *prices], "prodSpecCharValueUse": said}


async def plan(store: Store) -> catalogue.Offering:
    """This will put the plan into the catalogue."""
    await store.run(0, lambda tx: catalogue.actions.put(tx, PLAN, body()))
    async with store.edge(0) as tx:
        return await catalogue.queries.known(tx, PLAN)


async def line(
    store: Store, number: str, offering: catalogue.Offering, *, since: datetime = SINCE, until: datetime | None = None, name: str = ""
) -> str:
    """This will give a number an account with the plan, and point it there; gives the account."""
    once = name or number

    async def work(tx: Tx) -> str:
        account = await billing.actions.open_account(tx, None, number=number, once=once, mode="postpaid")
        one = Subscription(
            keyed_id(tx.home, EPOCH, "use", once), account.id, None, number, once, "plan", offering.id, offering.price_id, {"en": "Use"},
            5900, "CNY", since, until, {},
        )  # fmt: skip
        await billing.actions.subscribe(tx, one)
        return account.id

    account = await store.run(home_for(once), work)
    await store.run(home_for(number), lambda tx: billing.actions.point(tx, number, account, None))
    return account


def file(folder: Path, *rows: str, name: str = "use.csv", head: str = HEAD) -> Path:
    """This will write a file of use."""
    path = folder / name
    path.write_text("\n".join([head, *rows] if head else rows) + "\n")
    return path


async def load(store: Store, path: Path, **more: Any) -> Loaded:
    """This will load a file, in silence."""
    return await load_usage(store, path, quiet, **more)


async def totals(store: Store) -> dict[str, Any]:
    """This will sum up what was rated, after a look at the books."""
    async with store.edge(0) as tx:
        assert await billing.queries.ledger_faults(tx) == []
        row = await tx.read_one(TOTALS)
    assert row is not None
    return dict(row)


async def rows(store: Store, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """This will read rows."""
    async with store.edge(0) as tx:
        return [tuple(row) for row in await tx.read(sql, *values)]


