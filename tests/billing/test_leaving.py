"""Leaving before a contract is over costs what its terms say: minimum spend, instalments of a handset, discounts paid back."""

from datetime import date, timedelta
from typing import Any

import pytest

from onehall.domains import billing, catalogue, inventory
from onehall.domains.billing.rules.leaving import instalments_paid, least_left, paid_back
from onehall.kernel.ids import home_of
from onehall.kernel.money import Money
from onehall.kernel.store import Store
from onehall.kernel.worker import Worker
from tests.billing import charged
from tests.billing.charged import at
from tests.billing.test_first_month import NUMBER, PARTY
from tests.billing.test_moving import clock_to

EXITS = (
    "SELECT e.kind, sum(p.minor)::bigint AS minor FROM entry e JOIN posting p ON p.home = e.home AND p.entry = e.id AND p.book = 'revenue' \
WHERE e.once LIKE 'exit:%' GROUP BY e.id, e.kind ORDER BY 1, 2"
)
TERMS: dict[str, Any] = {"contract_months": 12, "min_spend": "39", "exit_percent": 50, "pay_back": "part"}


async def bound(store: Store, mode: str, **terms: Any) -> tuple[str, inventory.Line]:
    """A line whose contract of a year begins on 1 July 2031, with 10 % off its fees and a handset of 1,200 yuan in twelve parts."""
    clock_to(store, at(7, 1, 1))
    plan = await charged.sell(store, **(TERMS | terms))

    async def work(tx) -> tuple[str, inventory.Line]:  # type: ignore[no-untyped-def]
        made = await billing.actions.open_account(tx, PARTY, number=NUMBER, mode=mode)
        line = await inventory.actions.create_line(tx, party=PARTY, number=NUMBER, offering=plan, account=made.id)
        await billing.actions.join_line(tx, made.id, line=line.id, number=NUMBER)
        if mode == "prepaid":
            await billing.actions.credit(tx, made.id, Money(500_000), "Top-up", None, "start")
        return made.id, await inventory.actions.activate_line(tx, line)

    account, line = await store.run(home_of(PARTY), work)
    await Worker(store).drain()

    async def more(tx) -> None:  # type: ignore[no-untyped-def]
        found, act = await billing.queries.account(tx, account), billing.actions.subscriptions
        for _twice in range(2):
            await act.take_instalments(tx, found, line, Money(120_000), 12, "Phone", "phone")
            await act.give_discount(tx, found, line, "Welcome", "welcome", percent=10)

    await store.run(home_of(PARTY), more)
    return account, line


async def live_until(store: Store, account: str, line: inventory.Line) -> None:
    """Two turns and bills, and the end on 20 September: three parts of the handset are taken or on their bill, 9 months and days left."""
    for month in (8, 9):
        clock_to(store, at(month, 1, 1))
        await store.run(home_of(account), lambda tx: billing.actions.turning.turn(tx, 1))
        await charged.run(store, date(2031, month - 1, 1))
    clock_to(store, at(9, 20))
    await store.run(home_of(line.id), lambda tx: inventory.actions.terminate_line(tx, line))
    for _twice in range(2):
        await Worker(store).drain()
        store.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]


async def exits(store: Store) -> list[tuple[str, int]]:
    async with store.edge(0) as tx:
        return [(row["kind"], row["minor"]) for row in await tx.read(EXITS)]


async def test_a_postpaid_customer_pays_spend_and_discounts_at_once_and_the_handset_with_the_last_bill(store: Store) -> None:
    account, line = await bound(store, "postpaid")
    await live_until(store, account, line)
    # 10 months begun x 39.00 x 50 %; of two discounts of 5.90 ten twelfths: 9.83
    assert await exits(store) == [("exit", 983), ("exit", 19_500)]
    clock_to(store, at(10, 1, 4))
    await charged.run(store, date(2031, 9, 1))
    *_, last = await charged.bills(store, account)
    assert sorted((one.kind, one.minor) for one in last.lines) == [
        ("discount", -590), ("exit", 983), ("exit", 19_500), ("fee", 5900), ("instalment", 100_000),
    ]  # fmt: skip
    await charged.books_in_order(store)


async def test_a_prepaid_customer_pays_all_of_it_at_once(store: Store) -> None:
    account, line = await bound(store, "prepaid", pay_back="all")
    # July, August and September: the fee less a tenth (July's was paid before the discount came), and a part of the handset
    before = 500_000 - 3 * 5900 + 2 * 590 - 3 * 10_000
    await live_until(store, account, line)
    assert await exits(store) == [("exit", 1180), ("exit", 19_500), ("instalment", 90_000)]
    assert (await charged.account(store, account)).balance_minor == before - 1180 - 19_500 - 90_000
    await charged.books_in_order(store)


async def test_without_such_terms_only_the_handset_is_left(store: Store) -> None:
    account, line = await bound(store, "prepaid", min_spend="0", pay_back="none")
    await live_until(store, account, line)
    assert await exits(store) == [("instalment", 90_000)]


async def test_terms_of_a_contract_are_read_out_of_the_offering(store: Store) -> None:
    plan = await charged.sell(store, **TERMS)
    assert (plan.min_spend, plan.exit_percent, plan.pay_back) == (Money(3900), 50, "part")
    plain = await charged.sell(store, "plain", exit_percent="much", pay_back="?", min_spend="-1")
    assert (plain.min_spend, plain.exit_percent, plain.pay_back) == (Money(0), 90, "none")
    assert catalogue.rules.terms_differ(plan, plain)


@pytest.mark.parametrize(
    ("number", "contract", "percent", "minor"),
    [
        ((7, 4900), (0, 0), 90, 30_870),  # 7 x 49.00 x 90 %
        ((0, 0), (10, 3900), 50, 19_500),  # 10 x 39.00 x 50 %
        ((7, 4900), (10, 3900), 50, 36_720),  # 7 x 44.10, then 3 x 19.50
        ((7, 1000), (5, 3900), 100, 21_300),  # 5 x 39.00, then 2 x 9.00
        ((0, 4900), (0, 3900), 50, 0),
    ],
)
def test_of_number_and_contract_the_higher_counts(number: tuple[int, int], contract: tuple[int, int], percent: int, minor: int) -> None:
    assert least_left(number[0], Money(number[1]), contract[0], Money(contract[1]), percent) == Money(minor)


@pytest.mark.parametrize(
    ("terms", "given", "left", "whole", "minor"),
    [("none", 1180, 10, 12, 0), ("all", 1180, 1, 12, 1180), ("part", 1180, 10, 12, 983), ("part", 1180, 0, 12, 0), ("all", 0, 5, 12, 0),
     ("part", 3, 6, 12, 2)],
)  # fmt: skip
def test_discounts_are_paid_back_as_the_terms_say(terms: str, given: int, left: int, whole: int, minor: int) -> None:
    assert paid_back(terms, Money(given), left, whole) == Money(minor)


def test_instalments_that_are_paid() -> None:
    assert [instalments_paid(1, 2, True), instalments_paid(0, 0, False)] == [4, 0]
