"""Money that lay on an account when its bill came is shown on that bill; a bill that is open again is charged again."""

from datetime import UTC, datetime, timedelta
from typing import Any

from onehall.domains import billing
from onehall.domains.billing import rules
from onehall.domains.billing.model import Account
from onehall.domains.billing.model.bills import Bill
from onehall.kernel.i18n import ZONE, _
from onehall.kernel.money import Money
from onehall.pages.bills import shown
from tests.billing import charged
from tests.billing.bank import Books
from tests.billing.test_billed_and_paid import MINE, open_and_owed, partner, sound, used

act, ask = billing.actions, billing.queries
ALLOCATED = "SELECT minor::int, netted FROM allocation ORDER BY at, id"


def test_netted_and_day_after() -> None:
    assert [rules.settling.netted("postpaid", 5931, due) for due in (4931, 5931, 6000)] == [1000, 0, 0]
    assert rules.settling.netted("prepaid", 5931, 0) == 0
    assert rules.settling.day_after(datetime(2026, 3, 1, 17, tzinfo=UTC)) == datetime(2026, 3, 3, 12, tzinfo=ZONE)  # 1 a.m. of the 2nd


async def the_bill(books: Books, account: Account) -> Bill:
    """This will read the only bill of an account."""
    [found] = await charged.bills(books.store, account.id)
    return found


async def test_money_that_was_there_is_an_allocation_and_comes_off_when_it_goes_back(books: Books) -> None:
    account = await used(books)
    first, second = await partner(books, account, 600, "a"), await partner(books, account, 400, "b")
    await charged.run(books.store)
    bill = await the_bill(books, account)
    assert (bill.total, bill.due, bill.netted, bill.paid) == (5931, 4931, 1000, 0)  # 600 + 400 of 5931
    assert sorted((row["minor"], row["netted"]) for row in await books.rows(ALLOCATED)) == [(400, True), (600, True)]
    assert ("There already when issued", "-¥10.00") in shown.paper(bill, "en", books.store.clock.now()).sums
    await sound(books)
    payment = await books.payment(first.id)
    await books.do(account.id, act.take_back, payment, Money(600), _("No."), once="back", doc={})
    bill = await the_bill(books, account)
    assert (bill.due, bill.netted) == (5531, 400)  # 4931 + 600
    assert sum(row["minor"] for row in await books.rows(ALLOCATED)) == 400
    assert await open_and_owed(books, account.id) == (5531, 5531)
    await partner(books, account, 5531, "rest")
    bill = await the_bill(books, account)
    assert (bill.paid, bill.status, await open_and_owed(books, account.id)) == (5531, "settled", (0, 0))
    assert (await books.payment(second.id)).status == "done"
    await sound(books)


async def charged_again(books: Books, account: Account, paid: int, times: int) -> Bill:
    """This will let two days pass; the bill is paid, by so many charges in all."""
    books.store.clock.move(timedelta(days=2))
    await books.settle()
    bill = await the_bill(books, account)
    assert (bill.paid, bill.open.minor, bill.status) == (paid, 0, "settled")
    done = await books.rows("SELECT minor::int FROM payment WHERE channel = 'autopay' AND status = 'done' ORDER BY asked, id")
    assert len(done) == times and await open_and_owed(books, account.id) == (0, 0)
    await sound(books)
    return bill


async def paid_automatically(books: Books) -> tuple[Account, Any]:
    """An account whose bill was charged on the day it was due, and that payment."""
    account = await used(books)
    await books.do(account.id, act.autopay.set_autopay, account.id, "auto")
    await books.settle()
    await charged.run(books.store)
    await books.settle()
    bill = await the_bill(books, account)
    books.store.clock.move(bill.due_on - books.store.clock.now() + timedelta(minutes=1))
    await books.settle()
    [row] = await books.rows("SELECT id FROM payment")
    return account, await books.payment(row["id"])


async def test_a_bill_whose_payment_went_back_is_charged_again(books: Books) -> None:
    account, payment = await paid_automatically(books)
    for once, fen in (("a", 1000), ("b", 500)):  # refunded in two parts: charged for both, once
        await books.do(account.id, act.take_back, payment, Money(fen), _("It bounced."), once=once, doc={})
        await books.settle()
        books.store.clock.move(timedelta(minutes=3))
    assert await open_and_owed(books, account.id) == (1500, 1500)
    tomorrow = (books.store.clock.now().astimezone(ZONE) + timedelta(days=1)).date()
    told = [text for text in books.texts_to(MINE) if "is open again" in text]
    assert told[-1].startswith("¥15.00 of bill") and str(tomorrow.day) in told[-1] and len(told) == 2
    await charged_again(books, account, 5931, 2)
    [last] = await books.rows("SELECT minor::int FROM payment ORDER BY asked DESC, id LIMIT 1")
    assert last["minor"] == 1500


async def test_a_bill_that_was_held_back_is_charged_when_it_is_let_go(books: Books) -> None:
    account = await used(books)
    await books.do(account.id, act.autopay.set_autopay, account.id, "auto")
    await books.settle()
    await charged.run(books.store)
    await books.settle()
    bill = await the_bill(books, account)
    await books.do(account.id, act.disputing.move_bill, bill.id, "on_hold")
    books.store.clock.move(bill.due_on - books.store.clock.now() + timedelta(minutes=1))
    await books.settle()
    assert await books.rows("SELECT 1 FROM payment") == [] and (await the_bill(books, account)).status == "on_hold"
    await books.do(account.id, act.disputing.move_bill, bill.id, "sent")
    await books.settle()
    assert await books.rows("SELECT 1 FROM payment") == []  # its customer hears of it first
    await charged_again(books, account, 5931, 1)


async def test_nobody_is_charged_who_pays_themselves(books: Books) -> None:
    account = await used(books)
    await charged.run(books.store)
    payment = await partner(books, account, 5931, "p")
    await books.do(account.id, act.take_back, await books.payment(payment.id), Money(1000), _("No."), once="r", doc={})
    books.store.clock.move(timedelta(days=40))
    await books.settle()
    assert await books.rows("SELECT 1 FROM payment WHERE channel = 'autopay'") == []
    assert await open_and_owed(books, account.id) == (1000, 1000)
    assert not [text for text in books.texts_to(MINE) if "is open again" in text]


async def test_no_charge_is_begun_while_another_of_the_account_may_still_come(books: Books) -> None:
    account = await used(books)
    await books.do(account.id, act.autopay.set_autopay, account.id, "auto")
    await books.settle()
    await charged.run(books.store)
    bill = await the_bill(books, account)
    for first in ("2031-07-22T00:00:00+00:00", "2031-07-23T12:00:00+00:00"):
        await books.do(account.id, act.autopay.charge_bill, {"bill": bill.id, "account": account.id, "tries": 0, "first": first})
    assert await books.rows("SELECT minor::int FROM payment") == [{"minor": 5931}]
    await books.settle()
    await charged_again(books, account, 5931, 1)
