"""Bills are paid by their customers: at the bank, at the counter, or automatically on the day they are due."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from onehall.domains import billing
from onehall.domains.billing import rules
from onehall.domains.billing.events import BillIssued
from onehall.domains.billing.model import Account
from onehall.hall import Caller, View
from onehall.kernel.i18n import ZONE, show
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from tests.billing.bank import Books
from tests.billing.owing import billed, bills

act = billing.actions
MINE = "13800000001"


async def answered(books: Books, caller: Caller, view: View, value: Any) -> View:
    """This will answer the open question."""
    assert view.question is not None, view
    return await books.hall.answer(caller, view.id, view.question["key"], view.question["turn"], value)


async def said(books: Books, caller: Caller, view: View) -> str:
    """This will tell how a journey ended."""
    await books.settle()
    view = await books.hall.see(caller, view.id)
    assert view.said is not None, view
    return str(view.said["text"])


def test_part_amount() -> None:
    assert [rules.settling.part_amount(words) for words in ("12.34", " ¥5 ", "50元")] == [Money(1234), Money(500), Money(5000)]
    for words in ("0.99", "50001", "1.234", "x", "", "1e3", "-5", "１２", "9" * 30):
        with pytest.raises(Refusal, match="bill.amount"):
            rules.settling.part_amount(words)


async def test_all_bills_are_paid_at_the_bank(books: Books) -> None:
    account = await books.account(mode="postpaid", number=MINE)
    for month, minor in ((1, 3000), (2, 5050)):
        await billed(books, account, minor, month)
    caller = books.customer(account.party)
    view = await books.hall.start(caller, "bill.pay")
    assert view.question and [option["text"] for option in view.question["options"]] == [
        "All 2 open bills", f"Bill B01{account.id[-4:]}", f"Bill B02{account.id[-4:]}", "A part",
    ]  # fmt: skip
    view = await answered(books, caller, view, f"all-{account.id}")
    assert view.question and view.question["kind"] == "pay" and view.question["kind"] == "pay"
    await books.settle()
    await books.pay(view.question["url"])
    assert await said(books, caller, view) == "¥80.50 is paid. No bill is open any more."
    assert await bills(books, account) == [("settled", 3000, 3000), ("settled", 5050, 5050)]
    assert await books.sums() == {"clearing": -8050, "revenue": 8050}
    view = await books.hall.start(caller, "bill.pay")
    assert view.said and view.said["text"] == "You have no bill to pay."


async def test_a_bill_that_is_overdue_says_so_where_it_is_paid_and_listed(books: Books) -> None:
    account = await books.account(mode="postpaid", number=MINE)
    await billed(books, account, 3000, 1)
    caller = books.customer(account.party)
    due = (books.store.clock.now() + timedelta(days=20)).astimezone(ZONE).date()
    day = {language: show(due, language) for language in ("en", "zh-CN")}
    notes = {
        "en": (f"due on {day['en']}", f"overdue since {day['en']}"),
        "zh-CN": (f"{day['zh-CN']} 到期", f"已于{day['zh-CN']}到期，逾期未付"),
    }
    states = {
        "en": (f"¥30.00, ¥30.00 to be paid by {day['en']}", f"¥30.00, ¥30.00 overdue since {day['en']}"),
        "zh-CN": (f"¥30.00，待缴¥30.00，截止{day['zh-CN']}", f"¥30.00，¥30.00已于{day['zh-CN']}到期，逾期未付"),
    }
    for late, after in enumerate((timedelta(days=19), timedelta(days=1, minutes=1))):
        books.store.clock.move(after)
        caller = books.customer(account.party)
        for language in ("en", "zh-CN"):
            spoken = msgspec.structs.replace(caller, who=msgspec.structs.replace(caller.who, language=language))
            view = await books.hall.start(spoken, "bill.pay")
            assert view.question and view.question["options"][0]["note"] == notes[language][late]
            view = await books.hall.start(spoken, "bill.list")
            assert view.said and view.said["facts"][0]["value"] == states[language][late]
            view = await books.hall.start(spoken, "bill.detail")
            assert view.said and day[language] in view.said["text"]
            assert (("overdue since" in view.said["text"]) or ("逾期未付" in view.said["text"])) is bool(late)


async def test_a_part_is_paid(books: Books) -> None:
    account = await books.account(mode="postpaid", number=MINE)
    await billed(books, account, 3000)
    caller = books.customer(account.party)
    view = await answered(books, caller, await books.hall.start(caller, "bill.pay"), f"part-{account.id}")
    view = await answered(books, caller, view, "12.50")
    await books.settle()
    await books.pay(view.question["url"] if view.question else "")
    assert await said(books, caller, view) == "¥12.50 is paid. ¥17.50 is still open."
    assert await bills(books, account) == [("partially_paid", 3000, 1250)]
    assert await books.sums() == {"clearing": -1250, "main": -1750, "revenue": 3000}


async def set_up(books: Books, account: Account) -> Caller:
    """This will set automatic payment up."""
    caller = books.customer(account.party or "")
    view = await books.hall.start(caller, "autopay.set")
    view = await answered(books, caller, view, "yes")
    assert view.state == "done"
    await books.settle()
    return caller


async def issue(books: Books, account: Account, minor: int, month: int = 1) -> str:
    """This will bill an account and tell so."""
    bill = await billed(books, account, minor, month)
    cycle, due = books.store.clock.now().date(), books.store.clock.now() + timedelta(days=20)

    async def tell(tx: Any) -> None:
        tx.tell(BillIssued(bill, account.id, account.party, cycle, Money(minor), Money(minor), due))

    await books.store.run(account.id, tell)
    await books.settle()
    return bill


async def test_a_bill_is_charged_on_the_day_it_is_due_and_once(books: Books) -> None:
    account = await books.account(mode="postpaid", number=MINE)
    await set_up(books, account)
    assert books.texts_to(MINE) == ["Automatic payment is on: bills are charged to 138****0001 on the day they are due."]
    await issue(books, account, 3000)
    books.store.clock.move(timedelta(days=19))
    await books.settle()
    assert await bills(books, account) == [("sent", 3000, 0)]
    books.store.clock.move(timedelta(days=1, minutes=1))
    await books.settle()
    assert await bills(books, account) == [("settled", 3000, 3000)]
    assert await books.sums() == {"clearing": -3000, "revenue": 3000}
    [payment] = await books.rows("SELECT status, channel, received, spent FROM payment")
    assert payment == {"status": "done", "channel": "autopay", "received": 3000, "spent": 3000}


async def test_a_charge_that_fails_is_tried_again_and_then_the_customer_is_asked(books: Books) -> None:
    account = await books.account(mode="postpaid", number=MINE)
    await set_up(books, account)
    await books.bank.switches.turn("no_charge", 4)
    await issue(books, account, 3000)
    for days in (20, 1, 3, 5):
        books.store.clock.move(timedelta(days=days, minutes=1))
        await books.settle()
    texts = [text for text in books.texts_to(MINE) if "could not be charged" in text]  # what arrears say besides is another's
    assert len(texts) == 4 and all("We try again on" in text for text in texts[:3])
    assert texts[3].endswith("Please pay ¥30.00 yourself.")
    assert await bills(books, account) == [("sent", 3000, 0)]
    assert [row["status"] for row in await books.rows("SELECT status FROM payment")] == ["failed"] * 4
    books.store.clock.move(timedelta(days=30))
    await books.settle()
    assert len(await books.rows("SELECT 1 FROM payment")) == 4


async def test_the_second_try_succeeds(books: Books) -> None:
    account = await books.account(mode="postpaid", number=MINE)
    await set_up(books, account)
    await books.bank.switches.turn("no_charge", 1)
    await issue(books, account, 3000)
    for days in (20, 1):
        books.store.clock.move(timedelta(days=days, minutes=1))
        await books.settle()
    assert await bills(books, account) == [("settled", 3000, 3000)]
    assert await books.sums() == {"clearing": -3000, "revenue": 3000}


async def test_nothing_is_charged_once_it_is_stopped_or_refused(books: Books) -> None:
    account = await books.account(mode="postpaid", number=MINE)
    await books.bank.switches.turn("no_agreement", 1)
    caller = await set_up(books, account)
    assert books.texts_to(MINE) == ["Your payment provider did not agree. Bills are not paid automatically."]
    await set_up(books, account)
    refused = await books.hall.start(caller, "autopay.set")
    assert refused.state == "refused"
    await issue(books, account, 3000)
    view = await books.hall.start(caller, "autopay.stop")
    [option] = view.question["options"] if view.question else []
    view = await answered(books, caller, view, option["value"])
    assert view.said and view.said["text"] == f"Bills of {MINE} are no longer paid automatically."
    books.store.clock.move(timedelta(days=21))
    await books.settle()
    assert await bills(books, account) == [("sent", 3000, 0)]
    assert await books.rows("SELECT status FROM sim_agreement ORDER BY at") == [{"status": "refused"}, {"status": "ended"}]
    assert await books.rows("SELECT 1 FROM payment") == []


async def test_a_bill_that_was_paid_by_hand_is_not_charged(books: Books) -> None:
    account = await books.account(mode="postpaid", number=MINE)
    await set_up(books, account)
    await issue(books, account, 3000)
    await books.do(7, act.credit, account.id, Money(3000), "by hand", None, "x")
    books.store.clock.move(timedelta(days=21))
    await books.settle()
    assert await books.rows("SELECT 1 FROM payment") == []
