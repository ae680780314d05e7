"""What a customer hears of their money, and the top-up from the first word to the SMS at its end."""

from datetime import timedelta
from typing import Any

import pytest

from onehall.domains import billing
from onehall.hall import Caller, View, fit
from onehall.kernel.i18n import Named
from onehall.kernel.identity import Who
from onehall.kernel.journeys import BadAnswer
from onehall.kernel.money import Money
from onehall.kernel.period import Period
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import counting
from tests.billing.bank import Books

act = billing.actions
MINE, OTHER = "13800000001", "13900000002"


async def furnished(books: Books, number: str = MINE, **more: Any) -> Any:
    """This will give an account with money, data, minutes and two charges."""
    account = await books.account(100, number=number, **more)
    now = books.store.clock.now()
    plan = Named({"en": "Hall 59", "zh-CN": "畅享59"})
    await books.do(7, act.grant, account.id, {"data_mb": 20480, "voice_min": 200}, Period(now, now + timedelta(days=9)), "o1", name=plan)
    await books.do(7, act.use, account.id, "data_mb", 10240, f"u:{number}")
    await books.do(7, act.charge, account.id, Money(2950), plan, "o1", f"f:{number}", kind="fee")
    await books.do(7, act.charge, account.id, Money(500), "Night pack", "o2", f"p:{number}", kind="pack")
    return account


def facts(view: View) -> list[tuple[str, str]]:
    """This will give labels and values of what was said."""
    assert view.said is not None, view
    return [(fact["label"], fact["value"]) for fact in view.said["facts"]]


async def answered(books: Books, caller: Caller, view: View, value: Any) -> View:
    """This will answer the open question."""
    assert view.question is not None, view
    return await books.hall.answer(caller, view.id, view.question["key"], view.question["turn"], value)


@pytest.mark.parametrize(
    "function", ["balance.check", "data.left", "bill.so_far", "allowances", "fee.explain", "balance.history", "payment.history"]
)
async def test_a_look_costs_one_statement(books: Books, function: str) -> None:
    account = await furnished(books)
    await fit.sheet(books.store)  # what is offered where is known by every process that has served somebody
    with counting() as sent:
        view = await books.hall.start(books.customer(account.party), function)
    assert (view.state, len(sent)) == ("done", 1)


async def test_check_balance(books: Books) -> None:
    account = await furnished(books)
    caller = books.customer(account.party)
    view = await books.hall.start(caller, "balance.check")
    assert view.said and view.said["text"] == "Your balance is ¥65.50."  # 100 - 29.50 - 5
    await furnished(books, "13800000003", party=account.party)
    view = await books.hall.start(caller, "balance.check")
    assert view.said and view.said["text"] == "Your 2 lines have ¥131.00 in all."
    assert facts(view) == [(f"{MINE}: Balance", "¥65.50"), ("13800000003: Balance", "¥65.50")]
    view = await books.hall.start(caller, "balance.check", {"line": "13800000003"})
    assert view.said and view.said["text"] == "Your balance is ¥65.50."


async def test_data_left_has_a_bar(books: Books) -> None:
    account = await furnished(books)
    view = await books.hall.start(books.customer(account.party), "data.left")
    assert view.said and view.said["text"] == "You have 10 GB of 20 GB of data left."
    [fact] = view.said["facts"]
    assert (fact["label"], fact["kind"], fact["share"]) == ("Hall 59, Data", "bar", 50)
    view = await books.hall.start(books.customer(account.party), "allowances")
    assert [label for label, _value in facts(view)] == ["Hall 59, Data", "Hall 59, Calls"]


async def test_bill_so_far_begins_with_the_month(books: Books) -> None:
    account = await furnished(books)
    caller = books.customer(account.party)
    view = await books.hall.start(caller, "bill.so_far")
    assert view.said and view.said["text"] == "This month has cost ¥34.50 so far."
    assert facts(view) == [("Hall 59", "¥29.50"), ("Night pack", "¥5.00")]
    view = await books.hall.start(caller, "fee.explain")
    reasons = ["¥29.50 (monthly fee; the first month by the plan's rule)", "¥5.00 (a pack you added)"]
    assert [value for _label, value in facts(view)] == reasons
    books.store.clock.move(timedelta(days=32))
    view = await books.hall.start(books.customer(account.party), "bill.so_far")
    assert view.said and view.said["text"] == "This month has cost ¥0.00 so far."


async def test_balance_history_is_newest_first(books: Books) -> None:
    account = await furnished(books)
    view = await books.hall.start(books.customer(account.party), "balance.history")
    assert [value for _label, value in facts(view)] == ["-¥5.00", "-¥29.50", "¥100.00"]


async def test_who_has_no_line_is_told_so(books: Books) -> None:
    account = await books.account()
    stranger = books.customer(account.id)
    for function in ("balance.check", "data.left", "bill.so_far"):
        with pytest.raises(Refusal, match="line.none"):
            await books.hall.start(stranger, function)


async def test_topping_up_ones_own_line(books: Books) -> None:
    account = await furnished(books)
    caller = books.customer(account.party)
    view = await books.hall.start(caller, "topup", {"amount": "50"})
    assert view.question and (view.question["kind"], view.question["amount"]) == ("pay", "¥50.00")
    assert view.question["url"].startswith(f"{books.url}/pay/")
    await books.settle()
    await books.pay(view.question["url"])
    view = await books.hall.see(caller, view.id)
    assert view.said and view.said["text"] == "¥50.00 has been added. Your balance is now ¥115.50."
    assert books.texts_to(MINE) == ["¥50.00 has been added. Your balance is now ¥115.50."]
    assert await books.sums() == {"main": 11550, "clearing": -5000, "revenue": 3450, "adjustment": -10000}
    view = await books.hall.start(caller, "receipt")
    assert ("Amount", "¥50.00") in facts(view) and ("How", "Online") in facts(view)
    view = await books.hall.start(caller, "payment.history")
    assert [value for _label, value in facts(view)] == ["¥50.00, paid"]


async def test_a_bad_amount_is_asked_for_again(books: Books) -> None:
    account = await furnished(books)
    caller = books.customer(account.party)
    view = await books.hall.start(caller, "topup", {"amount": "7"})
    assert view.question and view.question["key"] == "amount"
    assert view.question["why"] == "Please top up a whole amount from ¥10.00 to ¥5,000.00."
    with pytest.raises(BadAnswer):
        await answered(books, caller, view, "5001")
    assert await books.rows("SELECT 1 FROM payment") == []


async def test_several_lines_are_asked_about_and_another_number_too(books: Books) -> None:
    account = await furnished(books)
    await furnished(books, "13800000003", party=account.party)
    caller = books.customer(account.party)
    view = await books.hall.start(caller, "topup", {"amount": "50"})
    assert view.question and [option["text"] for option in view.question["options"]] == [MINE, "13800000003", "Another number"]
    view = await answered(books, caller, view, "another")
    assert view.question and view.question["key"] == "number"


async def test_topping_up_anothers_line_in_another_home(books: Books) -> None:
    account = await furnished(books)
    other = await books.account(1, number=OTHER, home=3000)
    caller = books.customer(account.party)
    view = await books.hall.start(caller, "topup", {"amount": "50", "number": "139 0000 0002"})
    assert view.question and view.question["kind"] == "pay"
    await books.settle()
    await books.pay(view.question["url"])
    view = await books.hall.see(caller, view.id)
    assert view.said and view.said["text"] == f"¥50.00 is on its way to {OTHER}."
    assert (await books.balance(account.id), await books.balance(other.id)) == (6550, 5100)
    assert books.texts_to(OTHER) == ["¥50.00 has been added. Your balance is now ¥51.00."]
    assert "transit" not in await books.sums()


async def test_a_guest_tops_up_a_number(books: Books) -> None:
    account = await furnished(books)
    guest = Caller("api", Who(visitor="v1"))
    view = await books.hall.start(guest, "topup")
    view = await answered(books, guest, view, OTHER)
    assert view.question and (view.question["key"], view.question["why"]) == ("number", f"{OTHER} is not a number of ours.")
    view = await answered(books, guest, view, MINE)
    view = await answered(books, guest, view, "20")
    assert view.question and view.question["kind"] == "pay"
    await books.settle()
    await books.pay(view.question["url"])
    view = await books.hall.see(guest, view.id)
    assert view.said and "balance" not in view.said["text"]  # another's balance is nobody's business
    assert await books.balance(account.id) == 8550


async def test_a_payment_that_dies_is_asked_for_again_and_the_first_goes_back(books: Books) -> None:
    account = await furnished(books)
    caller = books.customer(account.party)
    view = await books.hall.start(caller, "topup", {"amount": "50"})
    assert view.question
    first = view.question["url"]
    await books.settle()
    books.store.clock.move(timedelta(minutes=16))
    await books.settle()
    caller = books.customer(account.party)
    view = await books.hall.see(caller, view.id)
    assert view.question and view.question["kind"] == "pay" and view.question["url"] != first
    await books.do(7, act.hear, first.rsplit("/", 1)[1], "paid", Money(5000), "late")
    await books.settle()
    await books.pay(view.question["url"])
    view = await books.hall.see(caller, view.id)
    assert view.state == "done" and await books.balance(account.id) == 11550
    assert [row["status"] for row in await books.rows("SELECT status FROM payment ORDER BY asked")] == ["late", "done"]
    assert [text for text in books.texts_to(MINE) if "on its way back" in text] == [
        "¥50.00 is on its way back to you. It came after the payment was over."
    ]


async def test_a_clerk_takes_cash_for_it(books: Books) -> None:
    account = await furnished(books)
    clerk = Caller("desk", Who(staff=account.party, unit="onehall.gd.gz.s1", roles=frozenset({"clerk"})), party=account.party)
    view = await books.hall.start(clerk, "topup", {"amount": "50"})
    view = await answered(books, clerk, view, {"method": "cash"})
    assert view.state == "done" and await books.balance(account.id) == 11550
    assert await books.rows("SELECT status, method, staff FROM payment") == [{"status": "done", "method": "cash", "staff": account.party}]
