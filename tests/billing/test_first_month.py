"""The first month of a line is charged by its offering's mode, whoever activated the line; and never twice."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from onehall.domains import billing, catalogue, inventory
from onehall.domains.billing import rules
from onehall.kernel.clock import MovableClock
from onehall.kernel.ids import home_of
from onehall.kernel.money import Money
from onehall.kernel.store import Store
from onehall.kernel.worker import Worker
from tests.billing import charged
from tests.billing.charged import at

NUMBER = "18600010009"
PARTY = "05qnwsq801xe0ptkq4adw51a"
# the 20th of July 2031: 12 of 31 days are left
MODES = [("whole", 5900, 100, 10), ("half", 2950, 50, 5), ("per_day", 2284, 39, 4)]  # round(5900 * 12 / 31), ceil(100 * 12 / 31)
FEES = "SELECT minor FROM posting WHERE home = $1 AND owner = $2 AND book = 'main' AND minor < 0"


async def activated(
    store: Store, when: datetime, plan: catalogue.Offering, *, mode: str = "prepaid", minor: int = 20000, ordered: int = 0,
) -> str:  # fmt: skip
    """This will open an account with money and a line that works from a time on; `ordered`: what an order takes for its first month."""
    assert isinstance(store.clock, MovableClock)
    store.clock.move(when - store.clock.now())

    async def work(tx) -> str:  # type: ignore[no-untyped-def]
        made = await billing.actions.open_account(tx, PARTY, number=NUMBER, mode=mode)
        line = await inventory.actions.create_line(tx, party=PARTY, number=NUMBER, offering=plan, account=made.id)
        await billing.actions.join_line(tx, made.id, line=line.id, number=NUMBER)
        if minor:
            await billing.actions.credit(tx, made.id, Money(minor), "Top-up", None, "start")
        active = await inventory.actions.activate_line(tx, line)
        if ordered:
            await billing.actions.charge(tx, made.id, Money(ordered), "First month", active.id, "order:1:0", kind="fee")
        return made.id

    account = await store.run(home_of(PARTY), work)
    await Worker(store).drain()
    return account


async def buckets(store: Store, account: str) -> list[tuple[str, Decimal]]:
    async with store.edge(account) as tx:
        rows = await tx.read("SELECT kind, total FROM bucket WHERE home = $1 AND account = $2 ORDER BY kind, start", tx.home, account)
    return [(row["kind"], row["total"]) for row in rows]


@pytest.mark.parametrize(("first", "fee", "data", "voice"), MODES)
async def test_prepaid_money_pays_the_first_month_when_the_line_begins_to_work(
    store: Store, first: str, fee: int, data: int, voice: int
) -> None:  # fmt: skip
    account = await activated(store, at(7, 20, 15), await charged.sell(store, first_month=first))
    assert (await charged.account(store, account)).balance_minor == 20000 - fee
    assert await buckets(store, account) == [("data_mb", data), ("voice_min", voice)]
    await charged.use(store, NUMBER, "data_mb", "10", at(7, 20, 16), "1")
    assert await buckets(store, account) == [("data_mb", data), ("voice_min", voice)]  # its first use grants nothing more
    assert isinstance(store.clock, MovableClock)
    store.clock.move(at(8, 1, 1) - store.clock.now())
    await store.run(home_of(account), lambda tx: billing.actions.turning.turn(tx, 1))
    assert (await charged.account(store, account)).balance_minor == 20000 - fee - 5900
    await charged.run(store, date(2031, 7, 1))
    [bill] = await charged.bills(store, account)
    assert [(line.kind, line.minor) for line in bill.lines if line.minor] == [("fee", fee)]
    await charged.books_in_order(store)


@pytest.mark.parametrize(("first", "fee", "data", "voice"), MODES)
async def test_a_postpaid_first_month_stands_on_its_bill(store: Store, first: str, fee: int, data: int, voice: int) -> None:
    account = await activated(store, at(7, 20, 15), await charged.sell(store, first_month=first), mode="postpaid", minor=0)
    now = await charged.account(store, account)
    assert (now.balance_minor, now.unbilled_minor) == (0, 0)
    assert await buckets(store, account) == [("data_mb", data), ("voice_min", voice)]
    assert isinstance(store.clock, MovableClock)
    store.clock.move(at(8, 1, 4) - store.clock.now())
    await charged.run(store, date(2031, 7, 1))
    [bill] = await charged.bills(store, account)
    assert charged.lines(bill) == [("fee", None, fee)]
    await charged.books_in_order(store)


async def test_what_an_order_took_is_not_taken_again(store: Store) -> None:
    account = await activated(store, at(7, 20), await charged.sell(store), ordered=2284)
    assert (await charged.account(store, account)).balance_minor == 20000 - 2284
    await charged.books_in_order(store)


async def test_a_first_month_that_money_does_not_reach_for_is_owed_and_the_line_stands_still(store: Store) -> None:
    account = await activated(store, at(7, 20), await charged.sell(store), minor=5899)
    now = await charged.account(store, account)
    assert (now.balance_minor, now.unbilled_minor) == (5899, 5900)
    async with store.edge(account) as tx:
        line = await inventory.queries.line_of_number(tx, NUMBER)
    assert line and line.suspended_why == {"empty"}
    await charged.books_in_order(store)


async def test_a_month_that_was_turned_to_before_the_line_was_heard_of_is_charged_too(store: Store) -> None:
    """Active on the last day of July; the turn to August is done before its worker hears of it."""
    assert isinstance(store.clock, MovableClock)
    plan = await charged.sell(store, first_month="per_day")
    store.clock.move(at(7, 31, 23) - store.clock.now())

    async def work(tx) -> str:  # type: ignore[no-untyped-def]
        made = await billing.actions.open_account(tx, PARTY, number=NUMBER)
        line = await inventory.actions.create_line(tx, party=PARTY, number=NUMBER, offering=plan, account=made.id)
        await billing.actions.join_line(tx, made.id, line=line.id, number=NUMBER)
        await billing.actions.credit(tx, made.id, Money(10000), "Top-up", None, "start")
        await inventory.actions.activate_line(tx, line)
        return made.id

    account = await store.run(home_of(PARTY), work)
    store.clock.move(timedelta(hours=2))
    await store.run(home_of(account), lambda tx: billing.actions.turning.turn(tx, 1))
    assert (await charged.account(store, account)).balance_minor == 10000
    await Worker(store).drain()
    assert (await charged.account(store, account)).balance_minor == 10000 - 190 - 5900  # round(5900 / 31), and August
    await charged.books_in_order(store)


def test_cycles_after_one_until_a_day() -> None:
    assert rules.bills.cycles_until(date(2031, 11, 5), date(2032, 1, 5)) == [date(2031, 12, 5), date(2032, 1, 5)]
    assert rules.bills.cycles_until(date(2031, 11, 5), date(2031, 11, 5)) == []
    assert rules.bills.cycles_until(date(2031, 11, 5), None) == []


@pytest.mark.parametrize(
    ("mode", "when", "before"), [("prepaid", "always", True), ("prepaid", "used", False), ("postpaid", "always", False)]
)
def test_what_is_paid_before_its_month(mode: str, when: str, before: bool) -> None:
    assert rules.bills.pays_in_advance(mode, when) is before
