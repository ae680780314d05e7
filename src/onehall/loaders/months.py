"""Half a year of bills for a demo customer, to look at: a plan that changes, use that grows, a discount that ends, a single charge."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from onehall.domains import billing, catalogue
from onehall.domains.billing import Subscription, Use
from onehall.kernel.clock import MovableClock
from onehall.kernel.i18n import ZONE, Named, _, keep
from onehall.kernel.ids import home_for, keyed_id
from onehall.kernel.money import Money
from onehall.kernel.settings import read
from onehall.kernel.store import Store, Tx
from onehall.kernel.store.flush import EPOCH
from onehall.launch import database
from onehall.launch.bills import bill_all
from onehall.launch.say import say as say_aloud
from onehall.launch.trouble import Trouble

NUMBER = "18600019001"
MONTHS = 6
FEES = {"hist-59": 5900, "hist-89": 8900}
NAMES = {"hist-59": Named({"en": "Hall 59", "zh-CN": "畅享59"}), "hist-89": Named({"en": "Hall 89", "zh-CN": "畅享89"})}
SPRING = Named({"en": "Spring, 10 % less", "zh-CN": "春季优惠九折"})
PEER = "13912345678"


def month_back(now: datetime, months: int) -> datetime:
    """This will give the first moment of the month so many before."""
    here = now.astimezone(ZONE)
    whole = here.year * 12 + here.month - 1 - months
    return datetime(whole // 12, whole % 12 + 1, 1, tzinfo=ZONE)


async def lived(dsn: str, party: str, number: str = NUMBER) -> str:
    """This will have a party live half a year on a postpaid account of a number, up to this month; gives the account. Safe twice."""
    now, clock = datetime.now(UTC), MovableClock()
    clock.ahead = month_back(now, MONTHS) - now
    store = await Store(dsn, clock=clock, pool_size=4).open()
    try:
        return await _live(store, clock, party, number, now)
    finally:
        await store.close()


async def _live(store: Store, clock: MovableClock, party: str, number: str, now: datetime) -> str:
    for plan, fee in FEES.items():
        await store.run(0, lambda tx, plan=plan, fee=fee: catalogue.actions.put(tx, plan, _offering(plan, fee)))  # type: ignore[misc]
    account = await _open(store, party, number)
    first, changed = month_back(now, MONTHS), month_back(now, 1)
    await _subscribe(store, account, number, "hist-59", first, changed)
    await _subscribe(store, account, number, "hist-89", changed, None)
    await _subscribe(store, account, number, "spring", first, changed)
    for back in range(MONTHS, 0, -1):
        start = month_back(now, back)
        await billing.actions.take_in_all(store, _use(number, start, 60 + 40 * (MONTHS - back), 8 + 3 * (MONTHS - back)), "months")
        if back == 2:
            await store.run(account, lambda tx: billing.actions.charge(tx, account, Money(2000), _("New SIM"), None, "sim", kind="once"))
        clock.ahead = month_back(now, back - 1) - datetime.now(UTC)
        await bill_all(store, lambda line: None, start.date(), 1)
    return account


async def _open(store: Store, party: str, number: str) -> str:
    async def work(tx: Tx) -> str:
        for one in await billing.queries.accounts(tx, party, number):
            return one.id
        return (await billing.actions.open_account(tx, party, number=number, once=number, mode="postpaid", cycle_day=1)).id

    account = await store.run(party, work)
    await store.run(home_for(number), lambda tx: billing.actions.point(tx, number, account, None))
    return account


async def _subscribe(store: Store, account: str, number: str, plan: str, since: datetime, until: datetime | None) -> None:
    spring, fee = plan not in FEES, FEES.get(plan, 0)
    one = Subscription(
        keyed_id(0, EPOCH, "history", number, plan), account, number, number, number, "discount" if spring else "plan", plan, None,
        keep(SPRING if spring else NAMES[plan]), fee, "CNY", since, until, {"percent": "10"} if spring else {},
    )  # fmt: skip
    await store.run(account, lambda tx: billing.actions.subscribe(tx, one))


def _use(number: str, start: datetime, megabytes: int, minutes: int) -> list[Use]:
    """Half of the data on the tenth day of the month, all else on the first."""
    told = (
        ("data_mb", megabytes, 9, None), ("data_mb", megabytes, 9 * 24 + 12, None), ("voice_min", minutes, 10, PEER),
        ("voice_min", minutes, 14, PEER),
    )  # fmt: skip
    return [
        Use(source="months", record=f"{number}:{start:%Y%m}:{place}", number=number, kind=kind, amount=Decimal(amount) / 2,
            at=start + timedelta(hours=hours), peer=peer)
        for place, (kind, amount, hours, peer) in enumerate(told)
    ]  # fmt: skip


def _offering(plan: str, fee: int) -> dict[str, Any]:
    """So much a month, with 100 MB and 10 minutes; beyond them 1 fen a MB and 10 fen a minute."""
    traits = {"kind": "plan", "data_mb": 100, "voice_min": 10}
    monthly = {"recurringChargePeriodType": "month", "recurringChargePeriodLength": 1, "price": {"unit": "CNY", "value": fee / 100}}
    prices = [
        {"name": kind, "priceType": "usage", "price": {"unit": "CNY", "value": 0.1}, "unitOfMeasure": {"amount": 1, "units": kind},
         "tariff": {"step": "1", "tiers": [{"amount": amount}]}}
        for kind, amount in (("data_mb", "1"), ("voice_min", "10"))
    ]  # fmt: skip
    return {
        "name": NAMES[plan].by_language["en"], "names": NAMES[plan].by_language, "lifecycleStatus": "Retired", "isSellable": False,
        "productOfferingPrice": [{"name": "Fee", "priceType": "recurring", **monthly}, *prices],
        "prodSpecCharValueUse": [{"name": name, "productSpecCharacteristicValue": [{"value": value}]} for name, value in traits.items()],
    }  # fmt: skip


def load(number: str = "18600010001", /) -> None:
    """Give a customer half a year of use and bills to look at, under a second number of theirs; safe to run twice.

    Parameters
    ----------
    number
        A number of the customer's: of the demo's, if nothing is said.
    """
    settings = database.at_home(read(), dict(os.environ))

    async def work() -> None:
        async with database.opened(settings, say_aloud) as store:
            async with store.edge(home_for(number)) as tx:
                account = await billing.queries.account_of_number(tx, number)
            if account is None:
                raise Trouble(f"{number} is not a number of ours")
            async with store.edge(account) as tx:
                party = (await billing.queries.account(tx, account)).party
            if party is None:
                raise Trouble(f"{number} is nobody's")
            await lived(store.dsn, party)

    asyncio.run(work())
    say_aloud(f"{MONTHS} bills of {NUMBER}, for who has {number}: log in to the hall as {number}, My bills")
