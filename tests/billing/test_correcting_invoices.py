"""A wrong invoice is taken back by a red one and made out anew: by its customer, by a clerk, by those who keep the books."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from onehall.adapters.invoice.simulated import SimulatedInvoice
from onehall.adapters.mail.simulated import SimulatedMail
from onehall.domains import billing
from onehall.domains.billing import rules
from onehall.domains.billing.model import Account
from onehall.hall import View
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from tests.billing.bank import Books
from tests.billing.owing import billed, paid_in
from tests.billing.test_invoicing import request, status

act, ask = billing.actions, billing.queries
HALL_LTD = {"title": "Hall Ltd", "tax_number": "91440101MA5ABCDE1F", "email": "bills@hall.example"}
LIVE = "SELECT count(*)::int AS live FROM invoice WHERE bill = $1 AND reverses IS NULL AND status IN ('asked', 'issued', 'reversing')"


@pytest.fixture
async def ours(books: Books) -> AsyncIterator[Books]:
    """Billing with an invoice service and mail boxes."""
    books.world.invoice, books.world.mail = SimulatedInvoice(books.store), SimulatedMail(books.store)
    yield books


async def invoiced(books: Books) -> tuple[Account, str, str]:
    """A bill of 30 yuan, paid and invoiced: the account, the bill, the invoice."""
    account = await books.account(mode="postpaid", number="13800000001")
    bill = await billed(books, account, 3000)
    await paid_in(books, account, 30, "a")
    return account, bill, await request(books, account.id, bill=bill)


async def live(books: Books, bill: str) -> int:
    """How many invoices stand for a bill."""
    [row] = await books.rows(LIVE, bill)
    return int(row["live"])


def test_may_reverse_and_check_anew() -> None:
    assert [rules.invoicing.may_reverse(one, False) for one in ("issued", "asked", "reversing", "reversed", "refused")] == [True] + [
        False
    ] * 4
    assert not rules.invoicing.may_reverse("issued", True)
    rules.invoicing.check_anew("reversed", False)
    rules.invoicing.check_anew("refused", False)
    for state, red in (("issued", False), ("asked", False), ("reversing", False), ("reversed", True)):
        with pytest.raises(Refusal, match="invoice.stands"):
            rules.invoicing.check_anew(state, red)


async def test_a_reversal_asked_for_twenty_times_is_one_and_pays_nothing_back(ours: Books) -> None:
    account, bill, id_ = await invoiced(ours)
    before = await ours.sums()
    tries = [ours.do(7, act.reverse_invoice, id_, HALL_LTD, "click", "wrong name") for _try in range(20)]
    [red] = set(await asyncio.gather(*tries))
    assert await live(ours, bill) == 1
    await ours.settle()
    assert await status(ours) == [("reversed", 3000), ("issued", -3000), ("issued", 3000)]
    assert await live(ours, bill) == 1
    assert await ours.do(7, act.reverse_invoice, id_, HALL_LTD, "click") == red
    await ours.settle()
    assert [row["minor"] for row in await ours.world.invoice.issued()] == [3000, -3000, 3000]
    assert await ours.sums() == before and await ours.balance(account.id) == 0
    assert await ours.rows("SELECT * FROM refund") == []
    [told] = await ours.rows("SELECT body FROM event WHERE type = 'billing.invoice_reversal_asked'")
    assert told["body"]["why"] == "wrong name" and told["body"]["red"] == red


async def test_others_who_reverse_it_meanwhile_are_refused(ours: Books) -> None:
    _account, bill, id_ = await invoiced(ours)
    tries = [ours.do(7, act.reverse_invoice, id_, None, f"click {place}") for place in range(10)]
    found = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(one, str) for one in found) == 1
    assert {one.code for one in found if isinstance(one, Refusal)} == {"invoice.reversal"}
    await ours.settle()
    assert await status(ours) == [("reversed", 3000), ("issued", -3000)] and await live(ours, bill) == 0


async def test_what_was_taken_back_is_made_out_anew_once(ours: Books) -> None:
    _account, bill, id_ = await invoiced(ours)
    with pytest.raises(Refusal, match="invoice.stands"):
        await ours.do(7, act.invoice_anew, id_, HALL_LTD)
    await ours.do(7, act.reverse_invoice, id_)
    with pytest.raises(Refusal, match="invoice.stands"):
        await ours.do(7, act.invoice_anew, id_, HALL_LTD)
    await ours.settle()
    assert await live(ours, bill) == 0
    found = await asyncio.gather(*[ours.do(7, act.invoice_anew, id_, HALL_LTD) for _try in range(10)], return_exceptions=True)
    assert len({one for one in found if isinstance(one, str)}) == 1
    await ours.settle()
    assert await status(ours) == [("reversed", 3000), ("issued", -3000), ("issued", 3000)]
    assert await live(ours, bill) == 1 and (await ours.world.invoice.issued())[-1]["title"] == "Hall Ltd"


async def test_where_nothing_is_left_the_customer_is_told_and_the_red_one_stands(ours: Books) -> None:
    account = await ours.account(mode="prepaid", number="13800000001")
    payment = await paid_in(ours, account, 30, "a")
    id_ = await request(ours, account.id, payment=payment.id)
    await ours.do(7, act.reverse_invoice, id_, HALL_LTD)
    # nothing of the money counts as paid any more when the red one is issued
    async with ours.store.edge(7) as tx:
        await tx.write("UPDATE money_in SET paid = false WHERE home = 7 AND payment = $1", payment.id)
    await ours.settle()
    assert [row["status"] for row in await ours.rows("SELECT status FROM invoice ORDER BY asked, id")] == ["reversed", "issued"]
    assert "Nothing is left to be invoiced anew." in ours.texts_to("13800000001")[-1]


async def said(books: Books, view: View, caller: object, *values: object) -> View:
    """This will answer questions one after another."""
    for value in values:
        assert view.question is not None, view
        view = await books.hall.answer(caller, view.id, view.question["key"], view.question["turn"], value)  # type: ignore[arg-type]
    return view


async def test_a_customer_has_a_wrong_name_put_right(ours: Books) -> None:
    account, bill, id_ = await invoiced(ours)
    caller = ours.customer(account.party or "")
    view = await ours.hall.start(caller, "invoice.correct")
    assert view.question and [one["value"] for one in view.question["options"]] == [id_]
    view = await said(ours, view, caller, id_, "company", "Hall Ltd", "91440101MA5ABCDE1F", "bills@hall.example")
    assert view.question and "No money is paid back by this." in str(view.question["summary"])
    assert await live(ours, bill) == 1 and (await status(ours)) == [("issued", 3000)]
    view = await said(ours, view, caller, True)
    assert (
        view.state == "done" and view.said and view.said["text"].startswith("The invoice is being taken back. The new one will be mailed")
    )
    await ours.settle()
    assert await status(ours) == [("reversed", 3000), ("issued", -3000), ("issued", 3000)]
    assert len(await ours.world.mail.mails("bills@hall.example")) == 1 and await live(ours, bill) == 1


async def test_another_customers_invoice_is_not_there(ours: Books) -> None:
    await invoiced(ours)
    stranger = await ours.account(mode="postpaid", number="13800000002")
    view = await ours.hall.start(ours.customer(stranger.party or ""), "invoice.correct")
    assert view.said and view.said["text"] == "You have no invoice that could be corrected."


async def test_what_was_credited_is_not_on_the_new_invoice(ours: Books) -> None:
    account, bill, id_ = await invoiced(ours)
    async with ours.store.edge(7) as tx:
        await tx.write("UPDATE customer_bill SET total = 2000 WHERE home = 7 AND id = $1", bill)
    await ours.do(7, act.reverse_invoice, id_, HALL_LTD)
    await ours.settle()
    assert await status(ours) == [("reversed", 3000), ("issued", -3000), ("issued", 2000)]
    assert sum(row["minor"] for row in await ours.world.invoice.issued()) == Money(2000).minor
    assert await ours.balance(account.id) == 0
