"""A line of use on a bill multiplies out: what is not on a bill yet, at the price of a unit; where tiers count, no unit has a price."""

from decimal import Decimal
from typing import Any

import pytest

from onehall.domains import billing, catalogue
from onehall.domains.billing import Line
from onehall.domains.billing.rules import explaining
from onehall.kernel.clock import MovableClock
from onehall.kernel.ids import home_of
from onehall.kernel.store import Store
from tests.billing import charged
from tests.billing.charged import at
from tests.billing.test_bill_runs import NUMBER, clock

FIXTURES = (clock,)


def figures(lines: list[Line]) -> list[tuple[Any, ...]]:
    """Lines of use: service, records, amount, units, beyond the allowance, minor."""
    return [(one.service, one.records, one.amount, one.units, one.left_over, one.minor) for one in lines if one.kind == "usage"]


async def on_demand(store: Store, account: str) -> list[Line]:
    """This will bill what there is now; gives the lines as they are read."""
    made = await store.run(home_of(account), lambda tx: billing.actions.bills.bill_on_demand(tx, account))
    async with store.edge(account) as tx:
        return (await billing.queries.bills.bill(tx, made.id)).lines


async def whole(store: Store, account: str, time: MovableClock) -> list[Line]:
    """This will bill the cycle; gives the lines of its bill."""
    time.move(at(8, 2) - time.now())
    await charged.run(store)
    [bill] = [one for one in await charged.bills(store, account) if one.sequence == 0]
    await charged.books_in_order(store)
    return bill.lines


async def test_the_later_bill_of_a_month_has_only_what_is_on_none(store: Store, clock: MovableClock) -> None:
    account = await charged.join(store, NUMBER, await charged.sell(store), at(7, 1))
    await charged.use(store, NUMBER, "voice_min", "14.5", at(7, 1), "1")  # 15, of which 10 are free
    [first] = await on_demand(store, account)
    assert figures([first]) == [("voice_min", 1, Decimal("14.5"), Decimal(15), Decimal(5), 50)]
    await charged.use(store, NUMBER, "voice_min", "2", at(7, 1), "2")
    await charged.use(store, NUMBER, "voice_min", "0.5", at(7, 1), "3")
    second = await on_demand(store, account)
    assert figures(second) == [("voice_min", 2, Decimal("2.5"), Decimal(3), Decimal(3), 30)]  # 2 + 1 at 10 fen
    await charged.use(store, NUMBER, "voice_min", "1", at(7, 1), "4")
    await charged.use(store, NUMBER, "data_mb", "70", at(7, 1), "5")
    last = [line for line in await whole(store, account, clock) if line.kind == "usage"]
    assert figures(last) == [
        ("data_mb", 1, Decimal(70), Decimal(70), Decimal(0), 0),
        ("voice_min", 1, Decimal(1), Decimal(1), Decimal(1), 10),
    ]
    for line in (first, *second, last[1]):
        assert str(explaining.unit_price(line)) == "¥0.10 a minute" and line.left_over and line.left_over * 10 == line.minor
    assert sum(line.units or 0 for line in (first, *second, last[1])) == 19  # 15 + 3 + 1
    assert [str(line.what) for line in (first, last[1])] == ["Calls: 5 minutes beyond the allowance, of 15 minutes", "Calls: 1 minute"]


async def test_what_is_on_a_bill_whole_is_on_no_later_one(store: Store, clock: MovableClock) -> None:
    account = await charged.join(store, NUMBER, await charged.sell(store), at(7, 1))
    await charged.use(store, NUMBER, "voice_min", "15", at(7, 1), "1")
    await on_demand(store, account)
    assert figures(await whole(store, account, clock)) == []


@pytest.mark.parametrize(("model", "minor"), [("graduated", 30), ("volume", 20)])  # 2 x 10 + 2 x 5; 4 x 5
async def test_where_tiers_count_no_unit_has_a_price(store: Store, clock: MovableClock, model: str, minor: int) -> None:
    account = await charged.join(store, NUMBER, await tiered(store, model), at(7, 1))
    await charged.use(store, NUMBER, "voice_min", "14", at(7, 1), "1")  # 4 beyond
    [line] = [one for one in await whole(store, account, clock) if one.kind == "usage"]
    assert (line.left_over, line.minor, explaining.unit_price(line)) == (4, minor, None)
    assert str(explaining.reason(line)) == "4 minutes over, by the tiers of the tariff"


async def tiered(store: Store, model: str) -> catalogue.Offering:
    """A plan whose minutes cost 10 fen up to 2, and 5 after that."""
    await charged.sell(store)
    tiers = [{"amount": "10", "up_to": "2"}, {"amount": "5"}]
    case = {"basis": "month", "model": model, "tiers": tiers}
    price = {
        "name": "voice_min", "priceType": "usage", "price": {"unit": "CNY", "value": 0.1},
        "unitOfMeasure": {"amount": 1, "units": "voice_min"}, "tariff": case,
    }  # fmt: skip
    async with store.edge(0) as tx:
        known = await catalogue.queries.known(tx, charged.PLAN)
    monthly = {"recurringChargePeriodType": "month", "recurringChargePeriodLength": 1, "price": {"unit": "CNY", "value": 59}}
    values = [
        {"name": name, "productSpecCharacteristicValue": [{"value": value}]} for name, value in {"kind": "plan", **charged.ALLOWED}.items()
    ]
    doc = {
        "name": str(known.name), "lifecycleStatus": "Retired", "isSellable": False, "prodSpecCharValueUse": values,
        "productOfferingPrice": [{"name": "Fee", "priceType": "recurring", **monthly}, price],
    }  # fmt: skip
    await store.run(0, lambda tx: catalogue.actions.put(tx, "test-tiers", doc))
    async with store.edge(0) as tx:
        return await catalogue.queries.known(tx, "test-tiers")
