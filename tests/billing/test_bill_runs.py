"""Bills as accounts get them: fees by rule, use, late use, discounts, instalments, money that is there already."""

from datetime import date, timedelta

import pytest

from onehall.domains import billing
from onehall.domains.billing import Subscription
from onehall.kernel.clock import MovableClock
from onehall.kernel.ids import home_of, keyed_id
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store
from onehall.kernel.store.leaving import EPOCH
from tests.billing import charged
from tests.billing.charged import at, bills, lines

NUMBER = "18600010009"


@pytest.fixture
def clock(store: Store) -> MovableClock:
    """It is noon of 2 July 2031: June is over."""
    assert isinstance(store.clock, MovableClock)
    store.clock.move(at(7, 2, 12) - store.clock.now())
    return store.clock


async def test_a_month_is_billed_once_to_the_fen(store: Store, clock: MovableClock) -> None:
    account = await charged.join(store, NUMBER, await charged.sell(store), at(6, 1))
    await charged.use(store, NUMBER, "data_mb", "130.5", at(6, 3), "1")  # 131 - 100 = 31 MB at 1 fen
    await charged.use(store, NUMBER, "voice_min", "3", at(6, 4), "2")  # within the allowance
    await charged.use(store, NUMBER, "data_mb", "10", at(7, 1), "3")  # July: not yet
    for _ in range(2):
        await charged.run(store)
    [bill] = await bills(store, account)
    assert lines(bill) == [("fee", None, 5900), ("usage", "data_mb", 31), ("usage", "voice_min", 0)]
    assert (bill.total, bill.due, bill.status, bill.cycle) == (5931, 5931, "sent", date(2031, 6, 1))
    assert bill.tax == 487 + 3 == sum(line.tax for line in bill.lines)  # 5900 x 9 / 109 = 487.2; 31 x 9 / 109 = 2.6
    now = await charged.account(store, account)
    assert (now.balance_minor, now.unbilled_minor) == (-5931, 0)
    assert str(bill.lines[1].what) == "Data: 31 MB beyond the allowance, of 131 MB"
    await charged.books_in_order(store)


async def test_use_that_is_told_late_goes_on_the_next_bill(store: Store, clock: MovableClock) -> None:
    account = await charged.join(store, NUMBER, await charged.sell(store), at(6, 1))
    await charged.run(store)
    await charged.use(store, NUMBER, "voice_min", "12", at(6, 4), "1")  # 12 - 10 = 2 minutes at 10 fen
    clock.move(timedelta(days=31))
    await charged.run(store)
    june, july = await bills(store, account)
    assert lines(june) == [("fee", None, 5900)]
    assert lines(july) == [("fee", None, 5900), ("usage", "voice_min", 20)]
    assert (july.lines[1].month, july.due) == (date(2031, 6, 1), 5920)
    await charged.books_in_order(store)


async def test_past_cycles_are_billed_one_after_the_other(store: Store, clock: MovableClock) -> None:
    account = await charged.join(store, NUMBER, await charged.sell(store), at(4, 10))
    await charged.run(store)
    assert [(one.cycle.month, one.total) for one in await bills(store, account)] == [(4, 5900), (5, 5900), (6, 5900)]


async def test_one_month_can_be_billed_alone(store: Store, clock: MovableClock) -> None:
    account = await charged.join(store, NUMBER, await charged.sell(store), at(4, 10))
    await charged.run(store, date(2031, 5, 1))
    assert [one.cycle.month for one in await bills(store, account)] == [5]


@pytest.mark.parametrize(("mode", "fee"), [("whole", 5900), ("half", 2950), ("per_day", 1967)])  # 5900 x 10 / 30 = 1966.7
async def test_the_first_month_goes_by_its_rule(store: Store, clock: MovableClock, mode: str, fee: int) -> None:
    account = await charged.join(store, NUMBER, await charged.sell(store, first_month=mode), at(6, 21))
    await charged.run(store)
    assert [one.total for one in await bills(store, account)] == [fee]


async def test_a_first_month_that_was_paid_with_the_order_is_not_billed_again(store: Store, clock: MovableClock) -> None:
    account = await charged.join(store, NUMBER, await charged.sell(store), at(5, 21), doc={"first": "charged"})
    await charged.run(store)
    assert [(one.cycle.month, one.total) for one in await bills(store, account)] == [(6, 5900)]


async def test_a_change_within_a_month_is_billed_by_the_day(store: Store, clock: MovableClock) -> None:
    account = await charged.join(store, NUMBER, await charged.sell(store), at(5, 1), until=at(6, 11))
    dear = await charged.sell(store, "test-90", 9000)
    await store.run(home_of(account), lambda tx: charged.subscribe(tx, account, NUMBER, dear, at(6, 11)))
    await charged.run(store, date(2031, 6, 1))
    [bill] = await bills(store, account)
    assert lines(bill) == [("fee", None, 1967), ("fee", None, 6000)]  # 5900 x 10 / 30; 9000 x 20 / 30


async def test_a_plan_paid_by_use_owes_its_fee_only_for_a_month_with_use(store: Store, clock: MovableClock) -> None:
    account = await charged.join(store, NUMBER, await charged.sell(store, fee_when="used"), at(4, 1))
    await charged.use(store, NUMBER, "data_mb", "0", at(5, 3), "1")  # use of nothing is use
    await charged.run(store)
    [bill] = await bills(store, account)
    assert (bill.cycle.month, bill.total) == (5, 5900)


async def test_discounts_and_instalments(store: Store, clock: MovableClock) -> None:
    account = await charged.join(store, NUMBER, await charged.sell(store), at(4, 1))

    async def more(tx) -> None:  # type: ignore[no-untyped-def]
        for kind, fee, doc in (
            ("discount", 0, {"percent": 20, "months": 2}), ("discount", 0, {"amount": 100, "months": 0}),
            ("instalment", 0, {"parts": 2, "paid": 0, "whole": 100001}),
        ):  # fmt: skip
            id_ = keyed_id(tx.home, EPOCH, kind, str(doc))
            await billing.actions.subscribe(
                tx, Subscription(id_, account, NUMBER, NUMBER, id_, kind, charged.PLAN, None, {}, fee, "CNY", at(4, 1), None, doc)
            )

    await store.run(home_of(account), more)
    await charged.run(store)
    april, may, june = await bills(store, account)
    assert sorted(lines(april)) == [("discount", None, -1180), ("discount", None, -100), ("fee", None, 5900), ("instalment", None, 50001)]
    assert may.total == 5900 - 1180 - 100 + 50000
    assert june.total == 5900 - 100  # two months of a fifth, two instalments: both over
    assert [line.rate for line in may.lines if line.kind == "instalment"] == [13]
    await charged.books_in_order(store)


async def test_money_that_is_there_is_taken_off_what_is_due(store: Store, clock: MovableClock) -> None:
    account = await charged.join(store, NUMBER, await charged.sell(store), at(6, 1))
    await store.run(home_of(account), lambda tx: billing.actions.credit(tx, account, Money(2000), "Top-up", None, "t"))
    await charged.run(store)
    [bill] = await bills(store, account)
    assert (bill.total, bill.due) == (5900, 3900)


async def test_what_was_charged_at_once_stands_on_the_bill_of_its_month(store: Store, clock: MovableClock) -> None:
    account = await charged.join(store, NUMBER, await charged.sell(store), at(7, 1))
    await store.run(home_of(account), lambda tx: billing.actions.charge(tx, account, Money(1500), "New SIM", None, "sim"))
    clock.move(timedelta(days=31))
    await charged.run(store)
    [bill] = await bills(store, account)
    assert (lines(bill), bill.due) == ([("charge", None, 1500), ("fee", None, 5900)], 7400)
    await charged.books_in_order(store)


async def test_an_account_that_cannot_be_billed_holds_up_nobody(store: Store, clock: MovableClock) -> None:
    plan = await charged.sell(store)
    bad = await charged.join(store, NUMBER, plan, at(6, 1))
    good = await charged.join(store, "18600010010", plan, at(6, 1))
    async with store.edge(bad) as tx:
        await tx.write("UPDATE subscription SET price_id = 'gone' WHERE home = $1 AND account = $2", tx.home, bad)
    await charged.run(store)
    assert (len(await bills(store, good)), await bills(store, bad)) == (1, [])
    async with store.edge(0) as tx:
        [fault] = await billing.queries.bills.bill_faults(tx)
        [run] = await billing.queries.bills.runs(tx)
    assert (fault["account"], fault["cycle"], run.status, run.bills, run.faults) == (bad, date(2031, 6, 1), "done", 1, 1)
    assert (run.done, run.total, run.accounts) == (2, 2, 2)


async def test_a_bill_on_demand_takes_what_there_is_and_the_next_takes_the_rest(store: Store, clock: MovableClock) -> None:
    account = await charged.join(store, NUMBER, await charged.sell(store), at(7, 1))
    with pytest.raises(Refusal, match="bill.nothing"):
        await store.run(home_of(account), lambda tx: billing.actions.bills.bill_on_demand(tx, account))
    await charged.use(store, NUMBER, "voice_min", "15", at(7, 1), "1")  # 5 beyond: 50 fen
    asked = await store.run(home_of(account), lambda tx: billing.actions.bills.bill_on_demand(tx, account))
    assert (asked.total, asked.sequence, asked.kind) == (50, 1, "on_demand")
    await charged.use(store, NUMBER, "voice_min", "1", at(7, 1), "2")
    clock.move(timedelta(days=31))
    await charged.run(store)
    first, whole = sorted(await bills(store, account), key=lambda one: one.sequence, reverse=True)
    assert (first.total, lines(whole), whole.due) == (50, [("fee", None, 5900), ("usage", "voice_min", 10)], 5910)
    await charged.books_in_order(store)


async def test_a_contested_line_is_given_back_once(store: Store, clock: MovableClock) -> None:
    account = await charged.join(store, NUMBER, await charged.sell(store), at(6, 1))
    await charged.use(store, NUMBER, "voice_min", "15", at(6, 3), "1")
    await charged.run(store)
    [bill] = await bills(store, account)
    line, home = bill.lines[1], home_of(account)
    dispute = await store.run(home, lambda tx: billing.actions.disputing.contest(tx, line.id, "I was abroad", None))
    with pytest.raises(Refusal, match="dispute.known"):
        await store.run(home, lambda tx: billing.actions.disputing.contest(tx, line.id, "again", None))
    for _ in range(2):
        decided = await store.run(home, lambda tx: billing.actions.disputing.decide(tx, dispute, accept=True, answer="You are right"))
    assert decided.status == "accepted"
    with pytest.raises(Refusal, match="lifecycle.step"):
        await store.run(home, lambda tx: billing.actions.disputing.decide(tx, dispute, accept=False, answer=""))
    [after] = await bills(store, account)
    assert (after.total, after.credited, after.open, after.lines) == (5950, 50, Money(5900), bill.lines)
    assert (await charged.account(store, account)).balance_minor == -5900
    clock.move(timedelta(days=31))
    await charged.run(store)
    _june, july = await bills(store, account)
    assert (lines(july), july.total, july.due) == ([("credit", None, -50), ("fee", None, 5900)], 5850, 5900)
    await charged.books_in_order(store)


async def test_a_line_of_another_is_not_contested(store: Store, clock: MovableClock) -> None:
    account = await charged.join(store, NUMBER, await charged.sell(store), at(6, 1))
    await charged.run(store)
    [bill] = await bills(store, account)
    with pytest.raises(Refusal, match="404|not"):
        await store.run(home_of(account), lambda tx: billing.actions.disputing.contest(tx, bill.lines[0].id, "no", "somebody"))
    async with store.edge(0) as tx:
        assert await billing.store.disputes.open_ones(tx, 9) == []


async def test_sums_of_months_runs_and_revenue(store: Store, clock: MovableClock) -> None:
    account = await charged.join(store, NUMBER, await charged.sell(store), at(5, 1))
    await charged.use(store, NUMBER, "voice_min", "15", at(6, 3), "1")
    await charged.run(store)
    async with store.edge(account) as tx:
        june, may = await billing.queries.bills.months(tx, account)
        first, second = await billing.queries.bills.revenue(tx)
        [latest, _older] = await billing.queries.bills.runs(tx)
        whole = await billing.queries.bills.run(tx, latest.id)
        rows = await billing.queries.bills.run_lines(tx, latest.cycle)
    assert (june.amount, june.by, may.amount) == (Money(5950), {"fee": 5900, "usage/voice_min": 50}, Money(5900))
    assert [(one.month.month, one.offering, one.amount.minor) for one in (first, second)] == [
        (6, charged.PLAN, 5950),
        (5, charged.PLAN, 5900),
    ]
    assert (whole.status, whole.totals, whole.done, whole.total) == ("done", {"CNY": 5950}, 1, 1)
    assert [(row["kind"], row["minor"]) for row in rows] == [("fee", 5900), ("usage", 50)]
