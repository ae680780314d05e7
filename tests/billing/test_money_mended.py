"""What random stories of money have found, told plainly: each of these once lost or made money or units, or refused to answer."""

import asyncio
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from onehall.domains import billing
from onehall.domains.billing import Use
from onehall.domains.billing.events import UseHeard
from onehall.domains.billing.model import Account, Wanted
from onehall.kernel.i18n import _
from onehall.kernel.ids import home_for
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx
from tests.billing import charged
from tests.billing.bank import Books
from tests.billing.lines import HOME, all_of, now, one, open_line, sound, use
from tests.billing.owing import billed, bills
from tests.billing.test_sharing import MEMBER, OWNER, PLAN, granted, shared, splits, take

act = billing.actions


async def paid(books: Books, account: Account, fen: int) -> str:
    """This will have a partner take money for an account; gives the payment."""
    made = await books.do(
        account.id, act.record, account=account.id, party=account.party, amount=Money(fen), text="P", partner="w", doc={}, once="p"
    )
    return str(made.id)


async def back(books: Books, payment: str, fen: int, once: str) -> Any:
    """This will have money of a payment go back, as it was read before."""
    return await books.do(HOME, act.take_back, await books.payment(payment), Money(fen), _("No."), once=once, doc={})


async def test_a_refund_that_is_asked_for_again_takes_nothing_more(books: Books) -> None:
    account = await books.account(mode="postpaid")
    await billed(books, account, 3000)
    payment = await paid(books, account, 3000)
    first = await back(books, payment, 1000, "r")
    assert await back(books, payment, 1000, "r") == first
    assert await bills(books, account) == [("partially_paid", 3000, 2000)]
    assert await books.rows("SELECT allocated, returned FROM money_in") == [{"allocated": 2000, "returned": 1000}]
    assert await books.balance(account.id) == -1000
    with pytest.raises(Refusal, match=r"once\.reused"):
        await back(books, payment, 500, "r")


async def test_two_refunds_at_once_give_back_no_more_than_came(books: Books) -> None:
    account = await books.account(mode="postpaid")
    payment = await paid(books, account, 3000)
    done = await asyncio.gather(*(back(books, payment, 2000, f"r{place}") for place in range(4)), return_exceptions=True)
    assert sorted(getattr(word, "code", "done") for word in done) == ["done", "refund.amount", "refund.amount", "refund.amount"]
    assert await books.rows("SELECT minor FROM refund") == [{"minor": 2000}]
    assert await books.balance(account.id) == 1000


async def test_a_gift_that_comes_after_its_time_goes_back(books: Books) -> None:
    giver, bucket = await granted(books, OWNER)
    taker = await open_line(books.store, MEMBER, home=9)
    gift = await books.do(HOME, act.give_away, giver, bucket, MEMBER, taker, 200, "g1")
    over = (now(books.store) - timedelta(seconds=1)).isoformat()
    await books.do(9, act.land_gift, {"gift": gift, "to": taker, "amount": 200, "until": over, "from": OWNER, "kind": "data_mb"})
    await books.settle()
    assert await one(books.store, "SELECT status FROM gift") == "returned"
    assert await one(books.store, "SELECT total FROM bucket WHERE id = $1", bucket) == 1000


async def test_a_member_without_a_limit_who_comes_back_draws_again(books: Books) -> None:
    payer, member = await shared(books)
    await take(books.store, use(MEMBER, "1", "40", payer, now(books.store)))
    await books.do(9, act.leave_share, await one(books.store, "SELECT id FROM share_offer"))
    await books.settle()
    await books.do(HOME, act.invite, payer, PLAN, "Plan", MEMBER, member, None, OWNER)
    await books.settle()
    await books.do(9, act.answer_share, await one(books.store, "SELECT id FROM share_offer"), True)
    await books.settle()
    [again] = await take(books.store, use(MEMBER, "2", "10", payer, now(books.store)))
    assert (again.charged.left_over, again.charged.minor) == (0, 0)
    assert await splits(books.store, payer) == [(50, {OWNER: 0, MEMBER: 50})]


async def test_a_bucket_is_not_made_smaller_than_what_calls_hold(books: Books) -> None:
    account, bucket = await granted(books, OWNER)
    wanted = Wanted(key="k", number=OWNER, kind="data_mb", amount=D(900), seconds=600, source="cell")
    await books.do(HOME, act.reserve_units, account, wanted)
    with pytest.raises(Refusal, match=r"bucket\.used"):
        await books.do(HOME, act.adjust_bucket, bucket, -100)
    assert await all_of(books.store, "SELECT total, used, reserved FROM bucket") == [(1000, 1, 900)]
    await books.do(HOME, act.adjust_bucket, bucket, -99)
    assert await all_of(books.store, "SELECT total, used, reserved FROM bucket") == [(901, 1, 900)]


async def joined_and_left(books: Books) -> tuple[str, str, Any]:
    """This will have a member use 40 MB of a plan, and leave it; gives both accounts and the record, without an account."""
    payer, member = await shared(books)
    told = use(MEMBER, "1", "40", "", now(books.store))
    told = type(told)(**{name: getattr(told, name) for name in told.__struct_fields__} | {"account": None})
    await take(books.store, told)
    await books.do(9, act.leave_share, await one(books.store, "SELECT id FROM share_offer"))
    await books.settle()
    return payer, member, told


async def test_a_members_record_that_comes_again_after_they_left_counts_once(books: Books) -> None:
    payer, _member, told = await joined_and_left(books)
    [again] = await take(books.store, told)
    assert again.state == "known"
    assert await all_of(books.store, "SELECT account, amount FROM usage") == [(payer, D(40))]
    more = type(told)(**{name: getattr(told, name) for name in told.__struct_fields__} | {"amount": D(30), "version": 1})
    [corrected] = await take(books.store, more)
    assert corrected.state == "corrected"
    assert await all_of(books.store, "SELECT account, amount FROM usage") == [(payer, D(30))]


async def test_a_members_late_record_is_the_payers(books: Books) -> None:
    payer, member, told = await joined_and_left(books)
    fields = {name: getattr(told, name) for name in told.__struct_fields__}
    await take(books.store, type(told)(**fields | {"record": "late"}), type(told)(**fields | {"record": "now", "at": now(books.store)}))
    found = await all_of(books.store, "SELECT record, account FROM usage ORDER BY record")
    assert found == [("1", payer), ("late", payer), ("now", member)]


async def test_what_a_file_told_is_known_when_an_element_tells_it_too(books: Books) -> None:
    payer, _member, told = await joined_and_left(books)
    fact = UseHeard(source="test", record="1", number=MEMBER, kind="data_mb", amount="40", at=told.at.isoformat())

    async def tell(tx: Tx) -> None:
        tx.tell(fact)

    await books.do(home_for(MEMBER), tell)
    await books.settle()
    assert await all_of(books.store, "SELECT account, amount FROM usage") == [(payer, D(40))]


async def test_a_record_corrected_to_a_time_without_a_plan_stays_as_it_was_rated(books: Books) -> None:
    account = await open_line(books.store, OWNER, yuan=10, data_mb=10)
    await take(books.store, use(OWNER, "1", "12", account, now(books.store)))
    before = await all_of(books.store, "SELECT balance, (SELECT used FROM bucket) FROM billing_account")
    [said] = await take(books.store, use(OWNER, "1", "30", account, now(books.store, days=400), version=1))
    assert said.state == "waiting"
    assert await all_of(books.store, "SELECT balance, (SELECT used FROM bucket) FROM billing_account") == before == [(980, D(10))]
    assert await all_of(books.store, "SELECT version, minor FROM usage") == [(0, 20)]
    assert await one(books.store, "SELECT count(*) FROM usage_waiting") == 1 and await sound(books.store)
    [last] = await take(books.store, use(OWNER, "1", "11", account, now(books.store), version=2))
    assert (last.state, last.charged.minor) == ("corrected", 10)


async def two_months(books: Books, account: Account) -> str:
    """This will bill two months of use and have the first one paid; gives a line of the first."""
    first = await billed(books, account, 3000, 1)
    await billed(books, account, 3000, 2)
    await paid(books, account, 3000)
    line: str = first[:-1] + ("0" if first[-1] != "0" else "1")
    await books.do(account.id, _line, first, line, account.id)
    return line


async def _line(tx: Tx, bill: str, line: str, account: str) -> None:
    await tx.write(
        """INSERT INTO bill_line (home, id, bill, place, account, kind, what, offering, month, minor, tax, rate, currency, at, doc)
           VALUES ($1, $2, $3, 0, $4, 'usage', '"Use"', 'o', '2026-01-01', 3000, 0, 0, 'CNY', $5, '{}')""",
        tx.home, line, bill, account, tx.now,
    )  # fmt: skip


async def test_what_is_given_back_of_a_paid_bill_pays_one_that_is_open(books: Books) -> None:
    account = await books.account(mode="postpaid")
    line = await two_months(books, account)
    await books.do(account.id, act.disputing.credit, line, Money(1000), "so", "c")
    await books.do(account.id, act.disputing.credit, line, Money(1000), "so", "c")
    assert await books.balance(account.id) == -2000
    assert await bills(books, account) == [("settled", 3000, 3000), ("partially_paid", 3000, 1000)]


async def test_a_bill_below_nothing_pays_one_that_is_open(books: Books) -> None:
    """Late corrections gave back more than the month cost."""
    store = books.store
    store.clock.move(charged.at(7, 1, 12) - store.clock.now())
    account = await charged.join(store, OWNER, await charged.sell(store), charged.at(6, 1))
    await charged.use(store, OWNER, "data_mb", "10100", charged.at(6, 3), "1")  # 10000 MB at 1 fen
    await charged.run(store)
    less = Use(source="test", record="1", number=OWNER, kind="data_mb", amount=D(100), at=charged.at(6, 3), version=1)
    await take(store, less)
    store.clock.move(charged.at(8, 1, 12) - store.clock.now())
    await charged.run(store)
    found = await books.rows("SELECT total, due - paid - credited AS open FROM customer_bill ORDER BY cycle")
    assert found == [{"total": 15900, "open": 11800}, {"total": 5900 - 10000, "open": 0}]
    assert (await charged.account(store, account)).balance_minor == -11800
    await charged.books_in_order(store)


async def test_money_of_a_payment_that_was_not_used_goes_back_without_the_account(books: Books) -> None:
    account = await books.account(balance=20)
    until = now(books.store) + timedelta(minutes=15)
    asked = await books.do(
        HOME, act.ask_for_money, once="a", party=None, amount=Money(3000), text="T", until=until, channel="api", account=account.id
    )
    await books.do(HOME, act.hear, asked.id, "paid", Money(3000), "ref")
    await back(books, asked.id, 1000, "r")
    assert await books.balance(account.id) == 2000
    assert await books.rows("SELECT received, spent FROM payment") == [{"received": 3000, "spent": 1000}]


async def test_a_late_record_of_a_number_that_was_freed_and_given_again_is_its_first_holders(books: Books) -> None:
    store, then = books.store, now(books.store)
    first = await open_line(store, OWNER)
    store.clock.move(timedelta(hours=2))
    await books.do(HOME, _end_plan, first, now(store, hours=1))
    await books.do(home_for(OWNER), act.point, OWNER, None, first)
    second = await charged.join(store, OWNER, await charged.sell(store), now(store))
    late = Use(source="test", record="late", number=OWNER, kind="data_mb", amount=D(40), at=then)
    for state in ("added", "known"):
        [said] = await take(store, late)
        assert said.state == state
    assert await all_of(store, "SELECT account, amount FROM usage") == [(first, D(40))] and first != second


async def _end_plan(tx: Tx, account: str, at: Any) -> None:
    await tx.write("UPDATE subscription SET until = $3 WHERE home = $1 AND account = $2", tx.home, account, at)


async def test_a_record_that_is_charged_already_stays_where_it_is_when_its_number_joins_a_share(books: Books) -> None:
    """A clock of the network was ahead of ours."""
    payer, member = await open_line(books.store, OWNER), await open_line(books.store, MEMBER, home=9)
    ahead = Use(source="test", record="1", number=MEMBER, kind="data_mb", amount=D(40), at=now(books.store) + timedelta(hours=1))
    await take(books.store, ahead)
    await books.do(HOME, act.invite, payer, PLAN, "Plan", MEMBER, member, None, OWNER)
    await books.settle()
    await books.do(9, act.answer_share, await one(books.store, "SELECT id FROM share_offer"), True)
    await books.settle()
    [said] = await take(books.store, ahead)
    assert said.state == "known"
    assert await all_of(books.store, "SELECT account, amount FROM usage") == [(member, D(40))]


async def test_a_correction_that_is_made_again_pays_no_bill(books: Books) -> None:
    account = await books.account(mode="postpaid")
    for minor, once in ((3000, "a"), (-3000, "b")):
        await books.do(HOME, act.adjust, account.id, Money(minor), "so", once)
    await billed(books, account, 1000)
    await books.do(HOME, act.adjust, account.id, Money(3000), "so", "a")
    assert await books.balance(account.id) == -1000
    assert await bills(books, account) == [("sent", 1000, 0)]


async def test_prepaid_money_that_has_paid_a_bill_does_not_go_back_though_other_money_is_there(books: Books) -> None:
    account = await books.account()
    await billed(books, account, 2500)
    payment = await paid(books, account, 3000)
    await books.do(HOME, act.adjust, account.id, Money(5000), "so", "a")
    with pytest.raises(Refusal, match=r"balance\.low"):
        await back(books, payment, 1000, "r")
    assert await books.balance(account.id) == 5500 and await bills(books, account) == [("settled", 2500, 2500)]
    await back(books, payment, 500, "r2")
    assert await books.balance(account.id) == 5000 and await bills(books, account) == [("settled", 2500, 2500)]


async def test_money_that_is_sent_on_to_another_home_twice_goes_once(books: Books) -> None:
    account, payment = await books.account(home=9), await books.ask(50)
    await books.do(HOME, act.hear, payment.id, "paid", Money(5000), "ref")
    order = {"account": account.id, "number": None, "amount": {"minor": 3000, "currency": "CNY"}, "payment": payment.id, "once": "o"}
    for _time in range(2):
        await books.do(HOME, act.spend, order)
        await books.settle()
    assert await books.balance(account.id) == 3000
    assert await books.rows("SELECT received, spent FROM payment") == [{"received": 5000, "spent": 3000}]
    assert await books.sums() == {"advance": 2000, "clearing": -5000, "main": 3000}


async def test_an_objection_gives_back_what_was_not_given_back_before(books: Books) -> None:
    account = await books.account(mode="postpaid")
    line = await two_months(books, account)
    await books.do(account.id, act.disputing.credit, line, Money(1000), "so", "c")
    dispute = await books.do(account.id, act.disputing.contest, line, "no", account.party)
    await books.do(account.id, act.disputing.decide, dispute, accept=True, answer="so")
    assert await books.rows("SELECT sum(minor)::bigint AS minor FROM credit_note") == [{"minor": 3000}]
    assert await books.balance(account.id) == 0
    assert await bills(books, account) == [("settled", 3000, 3000), ("settled", 3000, 3000)]
