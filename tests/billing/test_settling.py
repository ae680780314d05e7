"""Money that comes pays what is owed: the oldest bills first, in part where it does not reach; what is over stays."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from onehall.domains import billing
from onehall.domains.billing import rules, store
from onehall.domains.billing.model import Incoming, OpenBill, Part
from onehall.kernel.i18n import _
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from tests.billing.bank import Books
from tests.billing.owing import billed, bills, paid_in

act = billing.actions
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def bill(name: str, minor: int) -> OpenBill:
    """This will make an open bill."""
    return OpenBill(name, name, minor, "CNY", NOW)


def money(entry: str, minor: int, allocated: int = 0, day: int = 0) -> Incoming:
    """This will make money that came in."""
    return Incoming(entry, "a", None, minor, "CNY", True, allocated, 0, 0, NOW + timedelta(days=day))


@pytest.mark.parametrize(
    ("mode", "came", "open_", "balance", "unbilled", "pays"),
    [
        ("postpaid", 500, 800, -300, 0, 500),  # of 800 open 500 came
        ("postpaid", 900, 800, 100, 0, 800),  # 100 is over
        ("postpaid", 0, 800, -800, 0, 0),
        ("postpaid", 0, 800, -300, 0, 500),  # 500 lies spare on it
        ("postpaid", 100, 100, -50, 0, 100),  # a charge without a bill waits
        ("prepaid", 300, 500, 0, 200, 300),
        ("prepaid", 300, 200, 0, 100, 200),  # use since the bill comes after it
        ("prepaid", 0, 500, 0, 500, 0),
    ],
)
def test_covers(mode: str, came: int, open_: int, balance: int, unbilled: int, pays: int) -> None:
    assert rules.settling.covers(mode, came, open_, balance, unbilled) == pays


@pytest.mark.parametrize(
    ("once", "unused", "left", "back"),
    [
        ("topup:p1", 5000, 8000, 5000), ("topup:p1", 5000, 3000, 3000), ("topup:p1", 2000, 8000, 2000), ("topup:p1", 5000, 0, 0),
        ("topup:p1", -100, 8000, 0), ("topup:p1", 5000, -1, 0), ("card:h", 5000, 8000, 5000), ("card:h", 5000, 4999, 0),
        ("card:h", 4000, 8000, 0), ("partner:1", 5000, 8000, 0), ("transfer:t:in", 5000, 8000, 0), ("mytopup:1", 5000, 8000, 0),
    ],
)  # fmt: skip
def test_goes_back(once: str, unused: int, left: int, back: int) -> None:
    assert rules.settling.goes_back(once, unused, 5000, left) == back


def test_debt_settled() -> None:
    assert [rules.settling.debt_settled("prepaid", owed, free) for owed, free in ((0, 50), (30, 50), (80, 50), (80, -5))] == [0, 30, 50, 0]
    assert rules.settling.debt_settled("postpaid", 80, 50) == 0


def test_paying_order_and_allocations() -> None:
    bills_ = rules.settling.paying_order([bill("1", 300), bill("2", 500), bill("3", 100)], ["3"])
    assert [one.id for one in bills_] == ["3", "1", "2"]
    sums = rules.settling.spending_order([money("old", 200), money("new", 400, 100, day=1), money("this", 50)], "this")
    assert [one.entry for one in sums] == ["this", "new", "old"]
    found = rules.settling.allocations(bills_, sums, 420)
    assert [(part.bill, part.entry, part.minor) for part in found] == [
        ("3", "this", 50), ("3", "new", 50), ("1", "new", 250), ("1", "old", 50), ("2", "old", 20),
    ]  # fmt: skip
    assert rules.settling.allocations([], sums, 0) == []


def test_taken_off_the_newest_first() -> None:
    parts = [Part("new", "e", None, 300), Part("old", "e", None, 200)]
    assert [(one.bill, one.minor) for one in rules.settling.taken_off(parts, 400)] == [("new", -300), ("old", -100)]


def test_asked_again() -> None:
    again = rules.settling.asked_again
    bills = [("new", 300), ("old", 500)]
    assert again(600, 600, 0, bills) == [("new", 300), ("old", 300)]
    assert again(200, 600, 500, bills) == [("new", 100)]
    assert again(200, 600, 600, bills) == again(200, -50, 0, bills) == again(200, 600, 0, []) == []


def test_charged_again() -> None:
    assert [rules.settling.charged_again(NOW, tries) for tries in range(4)] == [
        NOW + timedelta(days=1), NOW + timedelta(days=4), NOW + timedelta(days=9), None,
    ]  # fmt: skip


async def test_check_left(books: Books) -> None:
    for left in (None, await books.account()):
        with pytest.raises(Refusal, match="Nothing is left"):
            rules.settling.check_left(left)
    account = await books.account(7)
    assert rules.settling.check_left(await books.do(account.id, billing.queries.account, account.id)).free == Money(700)


async def test_the_oldest_bill_is_paid_first_and_the_next_in_part(books: Books) -> None:
    account = await books.account(mode="postpaid")
    await billed(books, account, 3000, 1)
    await billed(books, account, 5000, 2)
    await paid_in(books, account, 50, "a")
    assert await bills(books, account) == [("settled", 3000, 3000), ("partially_paid", 5000, 2000)]
    assert await books.balance(account.id) == -3000
    await paid_in(books, account, 50, "b")
    assert await bills(books, account) == [("settled", 3000, 3000), ("settled", 5000, 5000)]
    assert await books.balance(account.id) == 2000  # stays for the next bill
    await billed(books, account, 4500, 3)
    assert (await bills(books, account))[2] == ("sent", 2500, 0)
    assert await books.sums() == {"clearing": -10000, "main": -2500, "revenue": 12500}
    paid = await books.rows("SELECT body ->> 'left' AS left FROM event WHERE type = 'billing.bill_paid'")
    assert len(paid) == 3


async def test_the_bill_that_was_chosen_is_paid_first(books: Books) -> None:
    account = await books.account(mode="postpaid")
    await billed(books, account, 3000, 1)
    chosen = await billed(books, account, 5000, 2)
    await paid_in(books, account, 50, "a", (chosen,))
    assert await bills(books, account) == [("sent", 3000, 0), ("settled", 5000, 5000)]


async def test_payments_at_once_pay_each_fen_once(books: Books) -> None:
    account = await books.account(mode="postpaid")
    for month in range(1, 6):
        await billed(books, account, 2000, month)
    payments = [await books.ask(10, once=f"p{place}", party=account.party) for place in range(12)]
    for one in payments:
        await books.bank.pay(one.id)
    await books.settle()
    tops = [books.do(7, act.top_up, account.id, Money(1000), one.id) for one in payments for _twice in range(2)]
    await asyncio.gather(*tops)
    assert await bills(books, account) == [("settled", 2000, 2000)] * 5
    assert await books.balance(account.id) == 2000  # 12 * 10 - 5 * 20
    assert await books.sums() == {"clearing": -12000, "main": 2000, "revenue": 10000}


async def test_a_constraint_holds_what_a_bill_and_money_have(books: Books) -> None:
    account = await books.account(mode="postpaid")
    first, second = await billed(books, account, 3000, 1), await billed(books, account, 3000, 2)
    await paid_in(books, account, 30, "a")
    [entry] = await books.rows("SELECT entry, payment FROM money_in")
    for bill_ in (first, second):  # the one is paid, the money is used
        with pytest.raises(Refusal, match="bill.paid"):
            await books.do(7, store.allocations.write, account.id, "CNY", [Part(bill_, entry["entry"], entry["payment"], 1)])
    assert await bills(books, account) == [("settled", 3000, 3000), ("sent", 3000, 0)]


async def test_an_over_payment_goes_back_and_bills_stay_paid(books: Books) -> None:
    account = await books.account(mode="postpaid")
    await billed(books, account, 3000)
    payment = await paid_in(books, account, 50, "a")
    await books.do(7, act.take_back, payment, Money(2000), _("Too much"), once="r", doc={})
    await books.settle()
    assert await bills(books, account) == [("settled", 3000, 3000)]
    assert (await books.balance(account.id), await books.sums()) == (0, {"clearing": -3000, "revenue": 3000})


async def test_money_that_goes_back_opens_its_newest_bill_again(books: Books) -> None:
    account = await books.account(mode="postpaid")
    for month in (1, 2):
        await billed(books, account, 3000, month)
    payment = await paid_in(books, account, 60, "a")
    await books.do(7, act.take_back, payment, Money(4000), _("Charged back"), once="r", doc={})
    await books.settle()
    assert await bills(books, account) == [("partially_paid", 3000, 2000), ("sent", 3000, 0)]
    assert await books.balance(account.id) == -4000
    with pytest.raises(Refusal, match="refund.amount"):
        await books.do(7, act.take_back, payment, Money(2001), _("Charged back"), once="s", doc={})
    assert await bills(books, account) == [("partially_paid", 3000, 2000), ("sent", 3000, 0)]


async def test_spare_money_of_another_payment_steps_in(books: Books) -> None:
    account = await books.account(mode="postpaid")
    await billed(books, account, 3000)
    payment = await paid_in(books, account, 30, "a")
    await paid_in(books, account, 20, "b")
    await books.do(7, act.take_back, payment, Money(3000), _("Charged back"), once="r", doc={})
    assert await bills(books, account) == [("partially_paid", 3000, 2000)]
    assert await books.balance(account.id) == -1000


async def test_a_prepaid_top_up_first_covers_what_was_used(books: Books) -> None:
    account = await books.account(number="13800000001")
    await billed(books, account, 2500)
    await paid_in(books, account, 10, "a")
    assert await bills(books, account) == [("partially_paid", 2500, 1000)]
    assert (await books.balance(account.id), await books.sums()) == (0, {"clearing": -1000, "unbilled": -1500, "revenue": 2500})
    payment = await paid_in(books, account, 20, "b")
    assert await bills(books, account) == [("settled", 2500, 2500)]
    assert (await books.balance(account.id), await books.sums()) == (500, {"clearing": -3000, "main": 500, "revenue": 2500})
    await books.settle()
    assert books.texts_to("13800000001")[-1] == "¥20.00 has been added. Your balance is now ¥5.00."
    with pytest.raises(Refusal, match="balance.low"):
        await books.do(7, act.take_back, payment, Money(1000), _("Back"), once="r", doc={})
    assert (await books.balance(account.id), await bills(books, account)) == (500, [("settled", 2500, 2500)])


async def test_a_correction_in_the_customers_favour_pays_a_bill(books: Books) -> None:
    account = await books.account(mode="postpaid")
    await billed(books, account, 3000)
    await books.do(7, act.adjust, account.id, Money(1000), "sorry", "a")
    await books.do(7, act.adjust, account.id, Money(1000), "sorry", "a")
    assert await bills(books, account) == [("partially_paid", 3000, 1000)]
