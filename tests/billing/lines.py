"""Accounts with a line on a plan of data, calls and messages, for tests of allowances and charging."""

from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any

import msgspec

from onehall.domains import billing, catalogue
from onehall.domains.billing import Subscription, Use
from onehall.domains.billing import store as rows
from onehall.kernel.i18n import ZONE
from onehall.kernel.ids import home_for, new_id
from onehall.kernel.money import Money
from onehall.kernel.store import Store, Tx

HOME = 7
FEN_MB, FEN_MINUTE = 10, 15


def _price(service: str, fen: int, step: str = "1") -> dict[str, Any]:
    return {
        "name": service, "priceType": "usage", "price": {"unit": "CNY", "value": fen / 100},
        "unitOfMeasure": {"amount": 1, "units": service}, "tariff": {"step": step, "tiers": [{"amount": str(fen)}]},
    }  # fmt: skip


def plan_doc(**traits: Any) -> dict[str, Any]:
    """This will write a plan of 30 yuan a month: data at 10 fen a MB, calls at 15 fen a minute, beyond what `traits` allow."""
    said = [{"name": name, "productSpecCharacteristicValue": [{"value": value}]} for name, value in {"kind": "plan", **traits}.items()]
    fee = {"name": "fee", "priceType": "recurring", "recurringChargePeriodType": "month", "price": {"unit": "CNY", "value": 30}}
    usage = [_price("data_mb", FEN_MB), _price("voice_min", FEN_MINUTE)]
    return {"name": "Plan", "lifecycleStatus": "Retired", "prodSpecCharValueUse": said, "productOfferingPrice": [fee, *usage]}


async def open_line(
    store: Store, number: str, *, yuan: int = 0, home: int = HOME, mode: str = "prepaid", credit_limit: int = 0, party: str | None = None,
    name: str = "plan-data", **traits: Any,
) -> str:  # fmt: skip
    """This will open an account with a line of the number, on the plan named; gives the account. The line's id is `line-<number>`."""
    async with store.edge(0) as tx:
        if await catalogue.queries.offering(tx, name) is None:
            await catalogue.actions.put(tx, name, plan_doc(**(traits or {"data_mb": 1000})))
    owner = party or new_id(home, store.clock.now())
    account = await store.run(home, lambda tx: _open(tx, owner, number, name, mode, credit_limit, yuan))

    async def point(tx: Tx) -> None:
        await billing.actions.point(tx, number, account, None)

    await store.run(home_for(number), point)
    return account


async def _open(tx: Tx, owner: str, number: str, name: str, mode: str, credit_limit: int, yuan: int) -> str:
    made = await billing.actions.open_account(
        tx, owner, "onehall.gd.gz.s1", line=f"line-{number}", mode=mode, credit_limit=credit_limit, number=number
    )
    if yuan:
        await billing.actions.credit(tx, made.id, Money(yuan * 100), "start", None, f"start:{made.id}")
    terms = await catalogue.queries.known(tx, name)
    kept = msgspec.to_builtins(terms.name)
    line, since = f"line-{number}", month_start(tx.now)
    await rows.rating.subscribe(
        tx, Subscription(tx.new_id(), made.id, line, number, line, "plan", terms.id, terms.price_id, kept, 3000, "CNY", since, None)
    )
    return made.id


def month_start(at: datetime) -> datetime:
    """This will give the start of a month in the operator's zone."""
    return at.astimezone(ZONE).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def use(number: str, record: str, amount: str, account: str, at: datetime, kind: str = "data_mb", **more: Any) -> Use:
    """This will make a record of use."""
    return Use(source="test", record=record, number=number, kind=kind, amount=D(amount), at=at, account=account, **more)


def now(store: Store, **before: int) -> datetime:
    """This will give the time, or some time before."""
    return store.clock.now() - timedelta(**before)


async def one(store: Store, sql: str, *values: Any) -> Any:
    """This will read one value."""
    async with store.edge(0) as tx:
        row = await tx.read_one(sql, *values)
    return row[0] if row else None


async def all_of(store: Store, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """This will read rows."""
    async with store.edge(0) as tx:
        return [tuple(row.values()) for row in await tx.read(sql, *values)]


async def sound(store: Store) -> bool:
    """This will tell whether the books are without fault."""
    async with store.edge(0) as tx:
        return await billing.queries.ledger_faults(tx) == []
