"""The turn of the month: fees in advance, allowances, never twice; and what accounts are charged by, as lines and packs change."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from onehall.domains import billing, catalogue, inventory
from onehall.domains.billing import Subscription
from onehall.kernel.clock import MovableClock
from onehall.kernel.ids import home_for, home_of
from onehall.kernel.money import Money
from onehall.kernel.store import Store
from onehall.kernel.worker import Worker
from tests.billing import charged
from tests.billing.charged import at

NUMBER = "18600010009"
PARTY = "05qnwsq801xe0ptkq4adw51a"
BUCKETS = "SELECT kind, total, used, start FROM bucket WHERE home = $1 AND account = $2 ORDER BY start, kind"


@pytest.fixture
def clock(store: Store) -> MovableClock:
    """It is ten past midnight of 1 July 2031."""
    assert isinstance(store.clock, MovableClock)
    store.clock.move(at(7, 1) + timedelta(minutes=10) - store.clock.now())
    return store.clock


async def turn(store: Store, account: str) -> list[str]:
    """This will turn the account's home to the cycle that runs now; gives what was told of it."""

    async def work(tx) -> list[str]:  # type: ignore[no-untyped-def]
        await billing.actions.turning.turn(tx, 1)
        return [type(fact).__name__ for fact in tx.told]

    return await store.run(home_of(account), work)


async def pay_in(store: Store, account: str, minor: int) -> None:
    await store.run(home_of(account), lambda tx: billing.actions.credit(tx, account, Money(minor), "Top-up", None, f"t{minor}"))


async def buckets(store: Store, account: str) -> list[tuple[str, Decimal, Decimal]]:
    """An account's allowances."""
    async with store.edge(account) as tx:
        return [(row["kind"], row["total"], row["used"]) for row in await tx.read(BUCKETS, tx.home, account)]


async def test_prepaid_fees_are_taken_in_advance_once(store: Store, clock: MovableClock) -> None:
    account = await charged.join(store, NUMBER, await charged.sell(store), at(5, 1), mode="prepaid")
    await pay_in(store, account, 10000)
    assert await turn(store, account) == ["MonthTurned"]
    assert await turn(store, account) == []
    assert (await charged.account(store, account)).balance_minor == 4100
    assert await buckets(store, account) == [("data_mb", 100, 0), ("voice_min", 10, 0)]
    await charged.books_in_order(store)


async def test_money_that_does_not_reach_stays_and_the_fee_is_owed(store: Store, clock: MovableClock) -> None:
    account = await charged.join(store, NUMBER, await charged.sell(store), at(5, 1), mode="prepaid")
    await pay_in(store, account, 5899)
    assert await turn(store, account) == ["FeeNotCovered", "MonthTurned"]
    now = await charged.account(store, account)
    assert (now.balance_minor, now.unbilled_minor) == (5899, 5900)
    clock.move(timedelta(days=31))
    await charged.run(store, date(2031, 7, 1))
    [bill] = await charged.bills(store, account)
    assert (charged.lines(bill), bill.due) == ([("fee", None, 5900)], 5900)
    await charged.books_in_order(store)


async def test_a_postpaid_account_pays_nothing_in_advance_and_has_its_allowances(store: Store, clock: MovableClock) -> None:
    account = await charged.join(store, NUMBER, await charged.sell(store), at(5, 1))
    assert await turn(store, account) == ["MonthTurned"]
    now = await charged.account(store, account)
    assert (now.balance_minor, now.unbilled_minor, len(await buckets(store, account))) == (0, 0, 2)


@pytest.mark.parametrize("first", ["use", "turn"])
async def test_the_turn_and_the_first_use_do_not_grant_twice(store: Store, clock: MovableClock, first: str) -> None:
    account = await charged.join(store, NUMBER, await charged.sell(store), at(5, 1))
    clock.move(timedelta(hours=12))
    for what in (first, "turn" if first == "use" else "use"):
        if what == "use":
            await charged.use(store, NUMBER, "data_mb", "30", at(7, 1, 1), "1")
        else:
            await turn(store, account)
    assert await buckets(store, account) == [("data_mb", 100, 30), ("voice_min", 10, 0)]


async def test_a_first_month_that_came_with_the_order_is_not_charged_by_the_turn(store: Store, clock: MovableClock) -> None:
    account = await charged.join(
        store, NUMBER, await charged.sell(store), at(7, 1) + timedelta(minutes=1), mode="prepaid", doc={"first": "charged"}
    )
    await pay_in(store, account, 10000)
    await turn(store, account)
    assert (await charged.account(store, account)).balance_minor == 10000


async def test_each_night_leaves_the_next_and_turns_and_bills(store: Store, clock: MovableClock) -> None:
    account = await charged.join(store, NUMBER, await charged.sell(store), at(5, 1))
    async with store.edge(0) as tx:
        billing.reactions.bills.plan_turns(tx, date(2031, 7, 1))
        billing.reactions.bills.plan_bills(tx, date(2031, 7, 1))
    worker = Worker(store)
    clock.move(timedelta(hours=4))
    await worker.drain()
    assert len(await buckets(store, account)) == 2
    assert [bill.cycle for bill in await charged.bills(store, account)] == [date(2031, 6, 1)]
    clock.move(timedelta(days=31))
    await worker.drain()
    assert len(await buckets(store, account)) == 4
    assert [bill.cycle.month for bill in await charged.bills(store, account)] == [6, 7]
    await charged.books_in_order(store)


async def subscriptions(store: Store, account: str) -> list[Subscription]:
    """What an account is, was and will be charged by."""
    async with store.edge(account) as tx:
        rows = await tx.read(
            """SELECT id, account, line, number, product, kind, offering, price_id, name, fee, currency, since, until, doc
               FROM subscription WHERE home = $1 AND account = $2 ORDER BY since, id""",
            tx.home, account,
        )  # fmt: skip
    return [Subscription(*row.values()) for row in rows]


async def open_line(store: Store, plan: catalogue.Offering, lock_months: int = 0) -> tuple[str, inventory.Line]:
    """This will open an account with a line on a plan that works from now on."""

    async def work(tx) -> tuple[str, inventory.Line]:  # type: ignore[no-untyped-def]
        terms = inventory.Terms(1, Money(0), Money(4900), lock_months) if lock_months else inventory.Terms()
        line = await inventory.actions.create_line(tx, party=PARTY, number=NUMBER, offering=plan, terms=terms)
        account = await billing.actions.open_account(tx, PARTY, line=line.id, number=NUMBER, mode="postpaid")
        return account.id, await inventory.actions.activate_line(tx, line)

    return await store.run(home_of(PARTY), work)


async def test_lines_packs_and_changes_say_by_what_an_account_is_charged(store: Store, clock: MovableClock) -> None:
    first, second, pack = [await charged.sell(store, id_, fee) for id_, fee in (("a", 5900), ("b", 9900), ("p", 1000))]
    account, line = await open_line(store, first)
    worker, home = Worker(store), home_of(PARTY)
    await worker.drain()
    added = await store.run(home, lambda tx: inventory.actions.add_pack(tx, line, pack))
    await worker.drain()
    await store.run(home, lambda tx: inventory.actions.change_offering(tx, line, second))
    await worker.drain()
    found = {one.offering: one for one in await subscriptions(store, account)}
    assert [(one.kind, one.since.astimezone(at(1, 1).tzinfo).date(), one.until) for one in found.values()] == [
        ("plan", date(2031, 7, 1), at(8, 1)), ("pack", date(2031, 7, 1), None), ("plan", date(2031, 8, 1), None)
    ]  # fmt: skip
    assert (found["b"].fee, found["a"].doc, found["b"].doc) == (9900, {}, {})
    await store.run(home, lambda tx: inventory.actions.drop_pack(tx, added))
    clock.move(timedelta(days=31, minutes=5))
    await worker.drain()
    now = await store.run(home, lambda tx: inventory.queries.line(tx, line.id))
    assert now.offering == "b"
    assert [(one.offering, one.until is None) for one in await subscriptions(store, account)] == [("a", False), ("p", False), ("b", True)]
    await store.run(home, lambda tx: inventory.actions.terminate_line(tx, now))
    await worker.drain()
    assert [one.until is None for one in await subscriptions(store, account)] == [False, False, False]


async def test_leaving_early_costs_the_months_that_are_left(store: Store, clock: MovableClock) -> None:
    account, line = await open_line(store, await charged.sell(store), lock_months=12)
    worker = Worker(store)
    await worker.drain()
    clock.move(timedelta(days=31))  # 1 August: 11 months and a moment of 12 are left
    await store.run(home_of(PARTY), lambda tx: inventory.actions.terminate_line(tx, line))
    await worker.drain()
    assert (await charged.account(store, account)).unbilled_minor == 11 * 4900 * 90 // 100
    assert home_for(NUMBER) != home_of(account)
    await charged.books_in_order(store)
