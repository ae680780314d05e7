"""A house in which two lines in two provinces used something in the month before, and something went wrong with the rest."""

import asyncio
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from onehall.domains import billing, catalogue
from onehall.domains.billing import Subscription, Use, Wanted
from onehall.domains.billing.model import Moved
from onehall.kernel.i18n import ZONE, keep
from onehall.kernel.ids import home_for, keyed_id
from onehall.kernel.money import Money
from onehall.kernel.store import Store, Tx
from onehall.kernel.store.leaving import EPOCH
from onehall.loaders.usage import load_usage
from tests.billing import charged
from tests.billing.lines import HOME, open_line, plan_doc, use
from tests.billing.lines import one as one_value
from tests.ground.house import House

SOUTH, EAST, NOBODY = "19900000001", "19900000002", "19900000099"
OWNER, MEMBER = "19900000011", "19900000012"
UNITS = {SOUTH: "onehall.gd.gz.s1", EAST: "onehall.zj.hz.s1"}


def cycle_of(house: House) -> date:
    """The first day of the month before."""
    return (house.clock.now().astimezone(ZONE).replace(day=1) - timedelta(days=1)).date().replace(day=1)


def at(house: House, day: int, hour: int) -> datetime:
    """A time in the month before."""
    return datetime.combine(cycle_of(house), datetime.min.time(), ZONE) + timedelta(days=day - 1, hours=hour)


async def fill(house: House, folder: Path) -> None:
    """This will have two lines use something, a record wait, a file refused in part, and a difference found."""
    store = await Store(house.dsn, clock=house.clock, pool_size=4).open()
    try:
        plan = await charged.sell(store)
        await store.run(0, lambda tx: catalogue.actions.put(tx, "test-cases", cases()))
        for number in UNITS:
            await _join(store, number, plan, at(house, 1, 0))
        await _use(house, store)
        path = folder / "calls.csv"
        when = at(house, 5, 9).isoformat()
        path.write_text(
            f"record,number,kind,amount,at\nf1,{EAST},data_mb,40,{when}\nf2,{EAST},data_mb,much,{when}\nf3,{NOBODY},sms,1,{when}\n"
        )
        await load_usage(store, path, lambda line: None, source="file")
        day = cycle_of(house)
        lines = [Moved("payment", keyed_id(7, EPOCH, "no payment"), "R-77", Money(1234), day)]
        await store.run(0, lambda tx: billing.actions.begin_reconciliation(tx, day, lines))
    finally:
        await store.close()


async def share(house: House) -> None:
    """This will have a member of another home share an allowance, with a limit: they used 150 and 40 MB, and 10 are set aside."""
    store = await Store(house.dsn, clock=house.clock, pool_size=4).open()
    try:
        payer, member = await open_line(store, OWNER), await open_line(store, MEMBER, home=9)
        await store.run(HOME, lambda tx: billing.actions.invite(tx, payer, f"line-{OWNER}", "Plan", MEMBER, member, 300, OWNER))
        offer = await _soon(store, "SELECT id FROM share_offer WHERE number = $1", MEMBER)
        await store.run(9, lambda tx: billing.actions.answer_share(tx, offer, True))
        await _soon(store, "SELECT payer FROM number_account WHERE number = $1 AND payer IS NOT NULL", MEMBER)
        await _soon(store, "SELECT id FROM share WHERE number = $1 AND status = 'active'", MEMBER)
        when = store.clock.now()
        told = [use(OWNER, "s1", "150", payer, when), use(MEMBER, "s2", "40", payer, when)]
        assert [one.state for one in await billing.actions.take_in_all(store, told)] == ["added", "added"]
        wanted = Wanted(key="call", number=MEMBER, kind="data_mb", amount=Decimal(10), seconds=600, source="gateway")
        await store.run(HOME, lambda tx: billing.actions.reserve_units(tx, payer, wanted))
    finally:
        await store.close()


async def _soon(store: Store, sql: str, *values: str) -> str:
    """What the house's workers bring about."""
    for _look in range(200):
        if found := await one_value(store, sql, *values):
            return str(found)
        await asyncio.sleep(0.05)
    raise AssertionError(sql)


def cases() -> dict[str, Any]:
    """This will write a plan whose calls cost by night, by prefix and by how much there was of them."""
    night = {"key": "night", "hours": [1260, 420], "days": ["workday"], "tiers": [{"amount": "5"}]}
    abroad = {"key": "intl", "name": {"by_language": {"en": "Abroad"}}, "prefixes": ["00", "+1"], "covered": False, "least": "3",
              "tiers": [{"amount": "0.5", "per": "6"}]}  # fmt: skip
    rest = {"basis": "month", "model": "volume", "free": "1", "tiers": [{"amount": "20", "up_to": "100"}, {"amount": "10"}]}
    price = {"name": "calls", "priceType": "usage", "price": {"unit": "CNY", "value": 0.2},
             "unitOfMeasure": {"amount": 1, "units": "voice_min"}, "tariff": {"cases": [night, abroad, rest]}}  # fmt: skip
    doc = plan_doc() | {"name": "Cases"}
    doc["productOfferingPrice"] = [doc["productOfferingPrice"][0], price]
    return doc


async def _join(store: Store, number: str, plan: catalogue.Offering, since: datetime) -> None:
    async def work(tx: Tx) -> str:
        account = await billing.actions.open_account(tx, None, UNITS[number], number=number, once=number, mode="postpaid")
        id_ = keyed_id(tx.home, EPOCH, "test", number)
        one = Subscription(
            id_, account.id, number, number, number, "plan", plan.id, plan.price_id, keep(plan.name), plan.fee.minor, "CNY", since, None, {}
        )
        await billing.actions.subscribe(tx, one)
        return account.id

    account = await store.run(home_for(number), work)
    await store.run(home_for(number), lambda tx: billing.actions.point(tx, number, account, None))


async def _use(house: House, store: Store) -> None:
    """150 MB of which 100 are free; a call of 12.5 minutes, counted as 13, of which 10 are free: 50 fen and 30 fen."""
    told = [("d1", "data_mb", "130", 3, 0), ("d1", "data_mb", "150", 3, 1), ("v1", "voice_min", "12.5", 4, 0)]
    for record, kind, amount, day, version in told:
        use = Use(
            source="net", record=record, number=SOUTH, kind=kind, amount=Decimal(amount), at=at(house, day, 10), version=version,
            peer="18600010002" if kind == "voice_min" else None,
        )  # fmt: skip
        [outcome] = await billing.actions.take_in_all(store, [use], "test")
        assert outcome.state in ("added", "corrected"), outcome
