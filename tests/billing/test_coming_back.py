"""What is taken back, or finds nobody, comes back: a debt that is forgiven, units of a month that is over, what was sent to an account."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from onehall.domains import billing
from onehall.domains.billing.actions import transferring
from onehall.domains.billing.api import balances
from onehall.kernel.i18n import _
from onehall.kernel.ids import new_id
from onehall.kernel.money import Money
from tests.billing import charged
from tests.billing.bank import Books
from tests.billing.charged import at
from tests.billing.lines import HOME, all_of, now, one, open_line, use
from tests.billing.test_api import make, read, yuan
from tests.billing.test_billed_and_paid import sound
from tests.billing.test_cards import made

act = billing.actions
MINE, THEIRS = "13800000001", "13800000002"
PLAN = f"line-{MINE}"
BILLS = "SELECT status, due, paid, credited FROM customer_bill ORDER BY cycle"


async def owing(books: Books, megabytes: int) -> str:
    """This will bill a prepaid account without money for what it used in June beyond 100 MB, 1 fen a MB."""
    books.store.clock.move(at(5, 31, 12) - books.store.clock.now())
    account = await charged.join(books.store, MINE, await charged.sell(books.store, fee=0), at(6, 1), mode="prepaid")
    books.store.clock.move(at(6, 20) - books.store.clock.now())
    await charged.use(books.store, MINE, "data_mb", str(100 + megabytes), at(6, 3), "1")
    books.store.clock.move(at(7, 2, 12) - books.store.clock.now())
    await charged.run(books.store)
    return account


async def again(books: Books, version: int, **changes: Any) -> None:
    """This will tell the record of June anew."""
    told = billing.Use(source="test", record="1", number=MINE, kind="data_mb", amount=Decimal(100), at=at(6, 3), version=version)
    [outcome] = await act.take_in_all(books.store, [replace(told, **changes)], "test")
    assert outcome.state == "corrected", outcome
    await books.settle()


async def test_a_prepaid_bill_whose_debt_a_correction_forgives_is_settled_at_once(books: Books) -> None:
    account = await owing(books, 300)
    assert await all_of(books.store, BILLS) == [("sent", 300, 0, 0)]
    await again(books, 1, amount=Decimal(220))
    assert await all_of(books.store, BILLS) == [("partially_paid", 300, 180, 0)]  # 300 - 120 are forgiven
    assert (await charged.account(books.store, account)).unbilled_minor == 120
    await sound(books)
    await again(books, 2)
    assert await all_of(books.store, BILLS) == [("settled", 300, 300, 0)]
    assert (await charged.account(books.store, account)).unbilled_minor == 0
    await sound(books)


async def test_what_is_forgiven_beyond_the_debt_of_bills_is_money_of_its_own(books: Books) -> None:
    account = await owing(books, 300)
    await books.do(account, act.credit, account, Money(100), "Top-up", None, "t")
    assert await all_of(books.store, BILLS) == [("partially_paid", 300, 100, 0)]
    await again(books, 1)
    assert await all_of(books.store, BILLS) == [("settled", 300, 300, 0)]
    found = await charged.account(books.store, account)
    assert (found.balance_minor, found.unbilled_minor) == (100, 0)  # 300 back: 200 were owed, 100 had been paid
    await sound(books)


async def test_a_credit_note_on_a_paid_bill_of_prepaid_forgives_the_debt_of_the_next(books: Books) -> None:
    account = await owing(books, 300)
    await books.do(account, act.credit, account, Money(300), "Top-up", None, "t")
    await charged.use(books.store, MINE, "data_mb", "150", at(7, 1, 12), "2")
    books.store.clock.move(at(8, 2, 12) - books.store.clock.now())
    await charged.run(books.store)
    assert await all_of(books.store, BILLS) == [("settled", 300, 300, 0), ("sent", 50, 0, 0)]
    [line] = (await charged.bills(books.store, account))[0].lines
    await books.do(account, act.disputing.credit, line.id, Money(20), _("Sorry"), "c")
    assert await all_of(books.store, BILLS) == [("settled", 300, 300, 0), ("partially_paid", 50, 20, 0)]
    assert (await charged.account(books.store, account)).unbilled_minor == 30
    await sound(books)


async def rolled(books: Books) -> list[tuple[Any, ...]]:
    """This will give what stands on the month that is over, and on what was carried over of it."""
    return await all_of(books.store, "SELECT of, total, used FROM bucket WHERE start < $1 ORDER BY of", now(books.store, days=31))


async def over(books: Books, megabytes: str) -> tuple[str, Any]:
    """This will use so many of 100 MB that may be carried over, and let their month end; gives the account and the record."""
    account = await open_line(books.store, MINE, name="plan-roll", data_mb=100, rollover_months=1)
    record = use(MINE, "1", megabytes, account, now(books.store))
    await act.take_in_all(books.store, [record])
    books.store.clock.move(timedelta(days=32))
    await books.settle()
    return account, record


async def test_use_taken_back_after_its_month_is_carried_over_like_what_was_left(books: Books) -> None:
    _account, record = await over(books, "60")
    assert await rolled(books) == [(PLAN, 60, 60), (f"rolled:{PLAN}", 40, 0)]
    for _twice in range(2):
        await act.take_in_all(books.store, [replace(record, version=1, withdrawn=True)])
        await books.settle()
        assert await rolled(books) == [(PLAN, 0, 0), (f"rolled:{PLAN}", 100, 0)]


async def test_of_a_month_used_to_the_end_what_comes_back_is_carried_over_too(books: Books) -> None:
    account, record = await over(books, "100")
    assert await rolled(books) == [(PLAN, 100, 100)]
    await act.take_in_all(books.store, [replace(record, version=1, amount=Decimal(70))])
    assert await rolled(books) == [(PLAN, 70, 70), (f"rolled:{PLAN}", 30, 0)]
    await act.take_in_all(books.store, [use(MINE, "2", "30", account, now(books.store))])
    assert await one(books.store, "SELECT used FROM bucket WHERE of = $1", f"rolled:{PLAN}") == 30


async def test_what_comes_back_to_a_plan_that_was_given_up_is_not_carried_over(books: Books) -> None:
    account, record = await over(books, "60")
    await books.do(HOME, act.withdraw_allowances, account, f"rolled:{PLAN}")
    end = await one(books.store, "SELECT until FROM bucket WHERE of = $1", PLAN)
    async with books.store.edge(HOME) as tx:
        await tx.write("UPDATE subscription SET until = $3 WHERE home = $1 AND account = $2", tx.home, account, end)
    await act.take_in_all(books.store, [replace(record, version=1, withdrawn=True)])
    assert await rolled(books) == [(PLAN, 60, 0), (f"rolled:{PLAN}", 40, 0)]


async def sent(books: Books, *, closed: bool) -> tuple[Any, Any, str]:
    """This will send 10 of 30 yuan to an account of another home, which is closed before they arrive if `closed`."""
    giver, taker = await books.account(30, number=MINE), await books.account(home=9, number=THEIRS)
    id_ = new_id(giver.home, books.store.clock.now())
    await books.do(giver.id, transferring.transfer_money, giver.id, taker.id, Money(1000), id_, {})
    if closed:
        await books.do(taker.id, act.close_account, taker.id)
    await books.settle()
    return giver, taker, id_


async def test_a_transfer_to_an_account_closed_meanwhile_comes_back_and_its_sender_is_told(books: Books) -> None:
    giver, taker, id_ = await sent(books, closed=True)
    assert (await books.balance(giver.id), await books.sums()) == (3000, {"adjustment": -3000, "main": 3000})  # nothing in transit
    assert books.texts_to(MINE)[-1] == (
        "¥10.00 came back to you: the account that you sent it to is closed. Your balance is now ¥30.00."
    )  # fmt: skip
    assert books.texts_to(THEIRS) == []
    shown = await read(books, balances.TRANSFER, id_)
    assert (shown["status"], shown["statusReason"]) == ("failed", "The account that it was for is closed.")
    [told] = await books.rows("SELECT count(*) FROM event WHERE type = 'resource.changed' AND body ->> 'what' = $1 AND body ->> 'how' = $2",
                              f"transferBalance/{id_}", "stateChange")  # fmt: skip
    assert told == {"count": 1}
    assert await one(books.store, "SELECT count(*) FROM job WHERE state = 'dead'") == 0
    order = {"account": taker.id, "from": giver.id, "transfer": id_, "amount": Money(1000), "number": None, "once": f"transfer:{id_}:in"}
    await books.do(taker.id, act.land, order)
    await books.settle()
    assert (await books.balance(giver.id), (await books.sums())["main"]) == (3000, 3000)


async def test_a_transfer_that_arrived_stays_though_its_account_is_closed_later(books: Books) -> None:
    giver, taker, id_ = await sent(books, closed=False)
    assert (await books.balance(giver.id), await books.balance(taker.id)) == (2000, 1000)
    await books.do(taker.id, act.adjust, taker.id, Money(-1000), "spent", "a")
    await books.do(taker.id, act.close_account, taker.id)
    order = {"account": taker.id, "from": giver.id, "transfer": id_, "amount": Money(1000), "number": None, "once": f"transfer:{id_}:in"}
    await books.do(taker.id, act.land, order)
    await books.settle()
    assert (await books.balance(giver.id), await one(books.store, "SELECT status FROM balance_action WHERE id = $1", id_)) == (
        2000, "completed",
    )  # fmt: skip


async def paid(books: Books, party: str | None, account: str) -> str:
    """This will pay 50 yuan and put them on an account, which is closed before they arrive; gives the payment."""
    payment = await books.ask(50, party=party)
    await books.pay(payment.id)
    await books.do(payment.id, act.top_up, account, Money(5000), payment.id, THEIRS, [])
    await books.do(account, act.close_account, account)
    await books.settle()
    return payment.id


async def test_a_top_up_of_an_account_closed_meanwhile_in_another_home_is_refunded_and_its_payer_is_told(books: Books) -> None:
    payer, taker = await books.account(1, number=MINE), await books.account(home=9, number=THEIRS)
    payment = await paid(books, payer.party, taker.id)
    back = {"status": "done", "received": 10000, "spent": 10000}  # in from the bank and out of transit, out into transit and back
    assert await books.rows("SELECT status, received, spent FROM payment") == [back]
    assert await books.rows("SELECT payment, status, minor FROM refund") == [{"payment": payment, "status": "done", "minor": 5000}]
    assert await books.sums() == {"adjustment": -100, "main": 100}  # nothing in transit, nothing taken
    assert books.texts_to(MINE) == ["¥50.00 is on its way back to you. The account that it was for is closed."]
    assert (books.texts_to(THEIRS), await one(books.store, "SELECT count(*) FROM job WHERE state = 'dead'")) == ([], 0)
    order = {"account": taker.id, "number": THEIRS, "amount": Money(5000), "payment": payment, "once": f"topup:{payment}", "bills": []}
    await books.do(taker.id, act.land, order)
    await books.settle()
    assert (len(await books.rows("SELECT 1 FROM refund")), len(books.texts_to(MINE))) == (1, 1)
    assert await books.sums() == {"adjustment": -100, "main": 100}


async def begun(books: Books, party: str, **given: str) -> tuple[Any, Any]:
    """This will begin a top-up up to its payment, and let the bank open it."""
    caller = books.customer(party)
    view = await books.hall.start(caller, "topup", {"amount": "50", **given})
    await books.settle()
    return caller, view


@pytest.mark.parametrize("home", [7, 9])
async def test_a_journey_whose_account_is_closed_while_it_waits_for_the_money_ends_with_the_reason(books: Books, home: int) -> None:
    payer = await books.account(1, number=MINE)
    mine = await books.account(home=home, number=THEIRS, party=payer.party if home == 7 else None)
    caller, view = await begun(books, payer.party, **({"line": THEIRS} if home == 7 else {"number": THEIRS}))
    await books.do(mine.id, act.close_account, mine.id)
    await books.settle()
    await books.pay(view.question["url"])
    view = await books.hall.see(caller, view.id)
    assert (view.state, view.said["text"]) == ("refused", "The account that it was for is closed.")
    assert [(fact["label"], fact["value"]) for fact in view.said["facts"]] == [("Coming back to you", "¥50.00")]
    assert (await books.balance(payer.id), await books.sums()) == (100, {"adjustment": -100, "main": 100})  # the other line has none of it
    assert books.texts_to(MINE) == ["¥50.00 is on its way back to you. What it was for could not be done."]
    assert await one(books.store, "SELECT count(*) FROM job WHERE state = 'dead'") == 0


async def test_what_was_charged_for_an_account_closed_meanwhile_goes_back(books: Books) -> None:
    account = await books.account(number=MINE)
    until = books.store.clock.now() + timedelta(hours=1)
    named = {"account": account.id, "party": account.party, "amount": Money(3000), "text": _("Bill"), "until": until}
    payment = await books.do(account.id, act.paying.begin_charge, once="c", **named)
    await books.do(account.id, act.close_account, account.id)
    await books.do(account.id, act.hear, payment.id, "paid", Money(3000), "r1")
    await books.settle()
    assert await books.rows("SELECT payment, minor, why ->> 'id' AS why FROM refund") == [
        {"payment": payment.id, "minor": 3000, "why": "The account that it was for is closed."}
    ]
    assert await one(books.store, "SELECT count(*) FROM job WHERE state = 'dead'") == 0
    assert (await books.payment(payment.id)).rest == Money(0)


async def test_units_given_to_an_account_closed_meanwhile_come_back_and_their_giver_is_told(books: Books) -> None:
    giver = await open_line(books.store, MINE)
    await act.take_in_all(books.store, [use(MINE, "1", "1", giver, now(books.store))])
    bucket = await one(books.store, "SELECT id FROM bucket WHERE account = $1", giver)
    taker = await open_line(books.store, THEIRS, home=9)
    await books.do(HOME, act.give_away, giver, bucket, THEIRS, taker, 200, "g1")
    await books.do(9, act.close_account, taker)
    await books.settle()
    assert await all_of(books.store, "SELECT total, used FROM bucket") == [(1000, 1)]
    assert books.texts_to(MINE)[-1] == f"200 MB that you gave to {THEIRS} came back to you: it could not be received."


async def test_a_voucher_whose_account_is_closed_meanwhile_is_good_again_and_its_top_up_says_that_it_failed(books: Books) -> None:
    account, other = await books.account(number=MINE), await books.account(number=THEIRS)
    _batch, [(_serial, pin), *_more] = await made(books)
    body = {"amount": yuan(50), "voucher": pin}
    done = await make(books, balances.TOP_UP, bucket={"id": account.id}, **body)
    await books.do(account.id, act.close_account, account.id)
    await books.settle()
    shown = await read(books, balances.TOP_UP, done["id"])
    assert (shown["status"], shown["statusReason"]) == ("failed", "The account that it was for is closed.")
    assert await books.sums() == {}
    done = await make(books, balances.TOP_UP, bucket={"id": other.id}, **body)
    await books.settle()
    assert ((await read(books, balances.TOP_UP, done["id"]))["status"], await books.balance(other.id)) == ("completed", 5000)
