"""The books: every entry balances, is written once, and no balance goes below its floor, whoever is first."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onehall.domains import billing
from onehall.domains.billing.model import Book, Entry, Move, Side
from onehall.domains.billing.store import ledger
from onehall.kernel.ids import new_id
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import counting
from tests.billing.bank import Books

charge = billing.actions.charge


async def test_a_charge_is_two_legs_and_one_statement(books: Books) -> None:
    account = await books.account(100)
    async with books.store.edge(account.id) as tx:
        with counting() as sent:
            posted = await charge(tx, account.id, Money(3050), "fee", "offer-1", "c1", kind="fee")
    assert len(sent) == 1
    assert (posted.fresh, posted.balance) == (True, Money(6950))  # 100.00 - 30.50
    legs = await books.rows("SELECT book, owner, minor FROM posting WHERE entry = $1 ORDER BY minor", posted.id)
    assert legs == [{"book": "main", "owner": account.id, "minor": -3050}, {"book": "revenue", "owner": "", "minor": 3050}]
    assert await books.sums() == {"main": 6950, "revenue": 3050, "adjustment": -10000}


async def test_the_same_key_charges_once(books: Books) -> None:
    account = await books.account(100)
    first = await books.do(7, charge, account.id, Money(1000), "x", None, "same")
    again = await books.do(7, charge, account.id, Money(1000), "x", None, "same")
    assert (first.fresh, again.fresh, again.id) == (True, False, first.id)
    assert await books.balance(account.id) == 9000
    assert len(await books.rows("SELECT 1 FROM entry WHERE once = 'same'")) == 1


@pytest.mark.parametrize("reused", [Money(1001), Money(999), Money(5)])
async def test_a_key_that_stands_for_something_else_is_refused(books: Books, reused: Money) -> None:
    account = await books.account(100)
    await books.do(7, charge, account.id, Money(1000), "x", None, "same")
    with pytest.raises(Refusal, match="once.reused"):
        await books.do(7, charge, account.id, reused, "x", None, "same")
    assert await books.balance(account.id) == 9000
    assert await books.sums() == {"main": 9000, "revenue": 1000, "adjustment": -10000}


async def test_twenty_at_once_with_one_key_charge_once(books: Books) -> None:
    account = await books.account(100)
    posted = await asyncio.gather(*(books.do(7, charge, account.id, Money(1000), "x", None, "same") for _ in range(20)))
    assert sorted(one.fresh for one in posted) == [False] * 19 + [True]
    assert await books.balance(account.id) == 9000
    await books.sums()


async def test_two_hundred_at_once_take_what_there_is_and_no_more(books: Books) -> None:
    account = await books.account(100)

    async def try_it(number: int) -> bool:
        try:
            await books.do(7, charge, account.id, Money(130), "x", None, f"d{number}")
        except Refusal as refusal:
            assert (refusal.code, refusal.status) == ("balance.low", 402)
            return False
        return True

    taken = sum(await asyncio.gather(*(try_it(number) for number in range(200))))
    assert taken == 76  # 10000 // 130
    assert await books.balance(account.id) == 120  # 10000 - 76 * 130
    assert len(await books.rows("SELECT 1 FROM entry WHERE once LIKE 'd%'")) == 76
    assert await books.sums() == {"main": 120, "revenue": 9880, "adjustment": -10000}


async def test_a_refused_charge_leaves_nothing(books: Books) -> None:
    account = await books.account(10)
    with pytest.raises(Refusal, match="balance.low"):
        await books.do(7, charge, account.id, Money(1001), "x", None, "too much")
    assert await books.balance(account.id) == 1000
    assert await books.rows("SELECT 1 FROM entry WHERE once = 'too much'") == []
    assert await books.rows("SELECT 1 FROM event WHERE type = 'billing.charged'") == []


async def test_a_floor_below_zero_may_be_owed_and_is_in_arrears(books: Books) -> None:
    account = await books.account(floor=-5000)
    await books.do(7, charge, account.id, Money(5000), "x", None, "a")
    assert account.party and await books.do(7, billing.queries.arrears, account.party) == Money(5000)
    with pytest.raises(Refusal, match="balance.low"):
        await books.do(7, charge, account.id, Money(1), "x", None, "b")
    assert await books.balance(account.id) == -5000


async def test_a_closed_or_unknown_account_is_not_charged(books: Books) -> None:
    account = await books.account()
    await books.do(7, billing.actions.close_account, account.id)
    for id_ in (account.id, new_id(7, books.store.clock.now())):
        with pytest.raises(Refusal, match="not.found"):
            await books.do(7, charge, id_, Money(1), "x", None, f"c:{id_}")
    assert await books.rows("SELECT 1 FROM entry") == []


async def test_an_account_with_money_is_not_closed(books: Books) -> None:
    account = await books.account(1)
    with pytest.raises(Refusal, match="account.not_empty"):
        await books.do(7, billing.actions.close_account, account.id)
    assert (await books.do(7, billing.queries.account, account.id)).status == "open"


async def test_a_prepayment_comes_back_month_by_month(books: Books) -> None:
    account = await books.account(100)
    await books.do(7, billing.actions.deposit, account.id, Money(10000), "nice number", "8888", "dep", months=3)
    held = await books.do(7, billing.queries.account, account.id)
    assert (held.balance, held.deposit) == (Money(0), Money(10000))
    seen = []
    for _month in range(4):
        books.store.clock.move(timedelta(days=31))
        await books.settle()
        held = await books.do(7, billing.queries.account, account.id)
        seen.append((held.balance.minor, held.deposit.minor))
    assert seen == [(3334, 6666), (6667, 3333), (10000, 0), (10000, 0)]  # 3334 + 3333 + 3333
    await books.sums()


async def test_a_month_of_a_prepayment_comes_back_once(books: Books) -> None:
    account = await books.account(100)
    await books.do(7, billing.actions.deposit, account.id, Money(10000), "nice number", "8888", "dep", months=3)
    part = {"account": account.id, "amount": {"minor": 10000, "currency": "CNY"}, "months": 3, "part": 1, "once": "dep"}
    for _time in range(2):
        await books.do(7, billing.actions.release_deposit, part | {"from": books.store.clock.now()})
    held = await books.do(7, billing.queries.account, account.id)
    assert (held.balance, held.deposit) == (Money(3334), Money(6666))
    assert len(await books.rows("SELECT 1 FROM event WHERE type = 'billing.deposit_released'")) == 1


async def test_a_reservation_is_kept_from_spending_and_lapses(books: Books) -> None:
    account = await books.account(100)
    id_ = new_id(7, books.store.clock.now())
    await books.do(7, billing.actions.reserve, account.id, Money(8000), id_, {})
    with pytest.raises(Refusal, match="balance.low"):
        await books.do(7, charge, account.id, Money(2001), "x", None, "c")
    await books.do(7, charge, account.id, Money(2000), "x", None, "c")
    books.store.clock.move(timedelta(hours=24, seconds=1))
    await books.settle()
    await books.settle()
    await books.do(7, charge, account.id, Money(8000), "x", None, "d")
    assert await books.balance(account.id) == 0


async def test_a_fault_in_the_books_is_found(books: Books) -> None:
    account = await books.account(10)
    async with books.store.edge(7) as tx:
        await tx.write("UPDATE posting SET minor = minor + 1 WHERE owner = $1", account.id)
    faults = await books.do(0, billing.queries.ledger_faults)
    assert len(faults) == 2  # the entry is off by one, and the account's balance by one


async def test_no_code_changes_or_deletes_what_was_posted() -> None:
    texts = [path.read_text() for path in Path(ledger.__file__).parents[1].rglob("*.py")]
    assert [text for text in texts if re.search(r"(UPDATE|DELETE FROM)\s+(entry|posting)\b", text)] == []


BOOKS = st.sampled_from([Book.REVENUE, Book.CLEARING, Book.ADJUSTMENT, Book.CASH])
MOVES = st.lists(st.tuples(BOOKS, BOOKS, st.integers(0, 10**12)), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES, once=st.integers(0, 30))
async def test_whatever_is_moved_the_legs_sum_to_zero(books: Books, moves: list[tuple[Book, Book, int]], once: object) -> None:
    some = tuple(Move(Side(a, "x"), Side(b, "y"), Money(minor)) for a, b, minor in moves)
    if any(minor for *_, minor in moves):
        try:
            await books.do(3, ledger.post, Entry(str(once), "any", "any", some))
        except Refusal as refusal:
            assert refusal.code == "once.reused"  # the same key is drawn again now and then
    await books.sums()


STEPS = st.lists(st.tuples(st.sampled_from(["charge", "credit", "deposit", "adjust"]), st.integers(1, 4000)), max_size=12)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_money_is_conserved_through_any_steps_at_once(books: Books, steps: list[tuple[str, int]]) -> None:
    account = await books.account(50)

    async def step(place: int, verb: str, minor: int) -> None:
        key = f"{account.id}:{place}"
        amount = Money(minor)
        try:
            match verb:
                case "charge":
                    await books.do(7, charge, account.id, amount, "x", None, key)
                case "credit":
                    await books.do(7, billing.actions.credit, account.id, amount, "x", None, key)
                case "deposit":
                    await books.do(7, billing.actions.deposit, account.id, amount, "x", None, key)
                case "adjust":
                    await books.do(7, billing.actions.adjust, account.id, -amount, "x", key)
        except Refusal as refusal:
            assert refusal.code == "balance.low"

    await asyncio.gather(*(step(place, *one) for place, one in enumerate(steps)))
    await books.sums()
    assert await books.balance(account.id) >= 0
