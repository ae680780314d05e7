"""A customer hears of a new bill once: by SMS in their language, and by mail where they chose it; not of history brought along."""

import asyncio
from datetime import timedelta
from typing import Any

from onehall.adapters.mail.simulated import SimulatedMail
from onehall.domains import billing, party
from onehall.domains.billing import rules
from onehall.domains.billing.events import BillIssued
from onehall.kernel.identity import Who
from onehall.kernel.money import Money
from tests.billing import charged
from tests.billing.bank import Books
from tests.billing.charged import at
from tests.billing.test_billed_and_paid import MINE, partner, used

act = billing.actions


def test_is_told() -> None:
    ended = at(7, 1)
    assert rules.bills.is_told(ended, 100, 0, ended + timedelta(days=62)) and rules.bills.is_told(ended, 0, 100, ended)
    assert not rules.bills.is_told(ended, 0, 0, ended) and not rules.bills.is_told(ended, 100, 100, ended + timedelta(days=63))


async def told(books: Books) -> list[str]:
    """This will bill all that is over; gives the texts on new bills."""
    await charged.run(books.store)
    await books.settle()
    return [text for text in books.texts_to(MINE) if " is here: " in text or "账单已出" in text]


async def test_a_new_bill_is_told_once_with_what_is_due_and_when(books: Books) -> None:
    account = await used(books)
    assert await told(books) == ["Your bill of June 2031 is here: ¥59.31. Please pay ¥59.31 by Jul 22, 2031."]
    assert len(await told(books)) == 1
    [bill] = await charged.bills(books.store, account.id)
    fact = BillIssued(bill.id, account.id, account.party, bill.cycle, bill.amount, Money(bill.due), bill.due_on)
    assert await asyncio.gather(*[books.do(account.id, act.noticing.tell_of_bill, fact) for _time in range(10)]) == [False] * 10
    await books.settle()
    assert len(await told(books)) == 1


async def test_who_pays_automatically_or_has_paid_is_told_so(books: Books) -> None:
    account = await used(books)
    await partner(books, account, 6000, "before")
    assert await told(books) == ["Your bill of June 2031 is here: ¥59.31. Nothing is left to be paid."]
    await books.do(account.id, act.autopay.set_autopay, account.id, "auto")
    books.store.clock.move(at(8, 2) - books.store.clock.now())
    await books.settle()
    assert (await told(books))[1:] == ["Your bill of July 2031 is here: ¥59.00. ¥58.31 is charged automatically on Aug 22, 2031."]


async def test_history_is_billed_in_silence(books: Books) -> None:
    await used(books)
    books.store.clock.move(at(9, 2) - books.store.clock.now())
    found = await told(books)
    assert sorted((text.split(" is here")[0] for text in found), reverse=True) == ["Your bill of July 2031", "Your bill of August 2031"]


async def a_customer(books: Books, language: str) -> tuple[str, Any]:
    """Somebody with a language of their own, and an account that is charged."""
    account = await used(books)
    partner_ = Who(partner="wing", scopes=frozenset({"tmf:read", "tmf:write"}))
    made = await books.do(account.id, party.actions.create_party, "individual", {"givenName": "Li", "familyName": "Lei"}, partner_)
    await books.do(made, party.actions.change_language, made, language)
    async with books.store.edge(account.id) as tx:
        await tx.write("UPDATE billing_account SET party = $3 WHERE home = $1 AND id = $2", account.home, account.id, made)
    return made, account


async def test_it_is_told_in_the_customers_language_and_mailed_where_they_chose_it(books: Books) -> None:
    books.world.mail = SimulatedMail(books.store)
    owner, _account = await a_customer(books, "zh-CN")
    caller = books.customer(owner)
    view = await books.hall.start(caller, "bill.by_mail")
    for value in ("mail", "li@example.org"):
        assert view.question is not None, view
        view = await books.hall.answer(caller, view.id, view.question["key"], view.question["turn"], value)
    assert view.said and view.said["text"] == "New bills are mailed to li@example.org too."
    [text] = await told(books)
    assert text == "您2031年6月的账单已出：¥59.31，请在 2031年7月22日 前支付 ¥59.31。"
    [mail] = await books.world.mail.mails("li@example.org")
    assert mail["subject"] == "您2031年6月的账单" and "/bills/" in mail["text"] and "¥59.31" in mail["text"]
    view = await books.hall.start(caller, "bill.by_mail", {"way": "sms"})
    assert view.said and view.said["text"] == "You hear of new bills by SMS only."
    books.store.clock.move(at(8, 2) - books.store.clock.now())
    assert len(await told(books)) == 2 and len(await books.world.mail.mails("li@example.org")) == 1
