"""Invoices: of what was paid and no more, never of the same money twice; taken back whole, and made anew."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from onehall.adapters.invoice.simulated import SimulatedInvoice
from onehall.adapters.mail.simulated import SimulatedMail
from onehall.domains import billing
from onehall.domains.billing import rules
from onehall.domains.billing.model import Incoming
from onehall.hall import View
from onehall.kernel.i18n import _
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from tests.billing.bank import Books
from tests.billing.owing import billed, bills, paid_in

act, ask = billing.actions, billing.queries
TO = {"title": "Li Lei", "email": "li@example.org"}


@pytest.fixture
async def ours(books: Books) -> AsyncIterator[Books]:
    """Billing with an invoice service and mail boxes."""
    books.world.invoice, books.world.mail = SimulatedInvoice(books.store), SimulatedMail(books.store)
    yield books


def test_invoiceable_and_claims() -> None:
    assert [rules.invoicing.invoiceable(100, credited, open_) for credited, open_ in ((0, 0), (10, 20), (50, 60))] == [100, 70, 0]
    at = datetime(2026, 3, 1, tzinfo=UTC)
    money = [
        Incoming(name, "a", None, 100, "CNY", paid, 0, returned, invoiced, at)
        for name, paid, returned, invoiced in (("gift", False, 0, 0), ("old", True, 20, 30), ("new", True, 0, 0))
    ]
    assert rules.invoicing.claims(money, 120) == [("old", 50), ("new", 70)]
    assert rules.invoicing.claims(money, 1000) == [("old", 50), ("new", 100)]


def test_check_reversal() -> None:
    rules.invoicing.check_reversal("issued", False)
    for status, red in (("asked", False), ("reversed", False), ("issued", True)):
        with pytest.raises(Refusal, match="invoice.reversal"):
            rules.invoicing.check_reversal(status, red)


def test_invoice_title_tax_number_and_email_address() -> None:
    assert rules.invoicing.invoice_title("  Li   Lei ") == "Li Lei"
    assert rules.invoicing.tax_number("91440101ma5 abcde1f") == "91440101MA5ABCDE1F"
    assert rules.invoicing.email_address(" a.b@example.org ") == "a.b@example.org"
    for check, words in (
        (rules.invoicing.invoice_title, "x"), (rules.invoicing.invoice_title, "a\x00b"), (rules.invoicing.tax_number, "123"),
        (rules.invoicing.email_address, "a@b"), (rules.invoicing.email_address, "a@b.c\nBcc: d@e.f"),
    ):  # fmt: skip
        with pytest.raises(Refusal, match="invoice."):
            check(words)


async def request(books: Books, account: str, once: str = "i", **of: Any) -> str:
    """This will ask for an invoice and let it be issued."""
    made: str = await books.do(account, act.request_invoice, account, TO, once, **of)
    await books.settle()
    return made


async def status(books: Books) -> list[tuple[str, int]]:
    """This will read all invoices, in the order they were asked for, after checking that money is on one each."""
    assert await books.do(0, ask.allocation_faults) == []
    return [tuple(row.values()) for row in await books.rows("SELECT status, minor FROM invoice ORDER BY asked, id")]


async def test_a_bill_is_invoiced_as_far_as_it_is_paid_and_mailed(ours: Books) -> None:
    account = await ours.account(mode="postpaid")
    bill = await billed(ours, account, 3000)
    with pytest.raises(Refusal, match="invoice.nothing"):
        await request(ours, account.id, bill=bill)
    await paid_in(ours, account, 20, "a")
    id_ = await request(ours, account.id, bill=bill)
    assert await request(ours, account.id, bill=bill) == id_  # the same key
    with pytest.raises(Refusal, match="invoice."):
        await request(ours, account.id, "other", bill=bill)
    assert await status(ours) == [("issued", 2000)]
    [kept] = await ours.world.invoice.issued()
    assert (kept["title"], kept["minor"]) == ("Li Lei", 2000)
    [mail] = await ours.world.mail.mails("li@example.org")
    assert mail["subject"] == f"Your invoice {kept['number']}" and "20.00 CNY" in mail["files"][0]["text"]


async def test_invoices_at_once_are_one(ours: Books) -> None:
    account = await ours.account(mode="postpaid")
    bill = await billed(ours, account, 3000)
    await paid_in(ours, account, 30, "a")
    tries = [ours.do(account.id, act.request_invoice, account.id, TO, f"i{place}", bill=bill) for place in range(20)]
    found = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(one, str) for one in found) == 1 and sum(isinstance(one, Refusal) for one in found) == 19
    await ours.settle()
    assert await status(ours) == [("issued", 3000)]


async def test_what_was_invoiced_by_top_up_is_not_invoiced_by_month(ours: Books) -> None:
    account = await ours.account()
    bill = await billed(ours, account, 3000)
    payment = await paid_in(ours, account, 20, "a")
    await request(ours, account.id, payment=payment.id)
    await paid_in(ours, account, 10, "b")
    await request(ours, account.id, "month", bill=bill)
    assert await status(ours) == [("issued", 2000), ("issued", 1000)]
    with pytest.raises(Refusal, match="invoice."):
        await request(ours, account.id, "again", payment=payment.id)


async def test_a_gift_is_on_no_invoice(ours: Books) -> None:
    account = await ours.account(mode="postpaid")
    bill = await billed(ours, account, 3000)
    await ours.do(7, act.adjust, account.id, Money(3000), "sorry", "a")
    assert await bills(ours, account) == [("settled", 3000, 3000)]
    with pytest.raises(Refusal, match="invoice.nothing"):
        await request(ours, account.id, bill=bill)


async def test_an_invoice_is_reversed_whole_and_made_anew(ours: Books) -> None:
    account = await ours.account(mode="postpaid")
    bill = await billed(ours, account, 3000)
    payment = await paid_in(ours, account, 30, "a")
    id_ = await request(ours, account.id, bill=bill)
    with pytest.raises(Refusal, match="refund.invoiced"):
        await ours.do(7, act.take_back, payment, Money(100), _("Back"), once="r", doc={})
    await ours.do(7, act.reverse_invoice, id_, {"title": "Hall Ltd", "tax_number": "91440101MA5ABCDE1F", "email": ""})
    with pytest.raises(Refusal, match="invoice.reversal"):
        await ours.do(7, act.reverse_invoice, id_)
    await ours.settle()
    assert await status(ours) == [("reversed", 3000), ("issued", -3000), ("issued", 3000)]
    kept = await ours.world.invoice.issued()
    assert [(one["minor"], one["title"]) for one in kept] == [(3000, "Li Lei"), (-3000, "Li Lei"), (3000, "Hall Ltd")]
    assert kept[1]["reverses"] == kept[0]["number"]
    [red] = await ours.rows("SELECT id FROM invoice WHERE minor < 0")
    with pytest.raises(Refusal, match="invoice.reversal"):
        await ours.do(7, act.reverse_invoice, red["id"])


async def test_an_invoice_that_is_refused_frees_its_money(ours: Books) -> None:
    account = await ours.account(mode="postpaid", number="13800000001")
    bill = await billed(ours, account, 3000)
    await paid_in(ours, account, 30, "a")
    await ours.world.invoice.switches.turn("fail", 1)
    await request(ours, account.id, bill=bill)
    assert await status(ours) == [("refused", 3000)]
    assert ours.texts_to("13800000001")[-1].startswith("The invoice over ¥30.00 could not be issued.")
    id_ = await request(ours, account.id, "again", bill=bill)
    await ours.world.invoice.switches.turn("fail", 1)
    await ours.do(7, act.reverse_invoice, id_)
    await ours.settle()
    assert await status(ours) == [("refused", 3000), ("issued", 3000), ("refused", -3000)]
    await ours.do(7, act.reverse_invoice, id_)
    await ours.settle()
    assert await status(ours) == [("refused", 3000), ("reversed", 3000), ("refused", -3000), ("issued", -3000)]


async def test_a_service_that_is_away_or_slow_is_asked_again(ours: Books) -> None:
    account = await ours.account(mode="postpaid")
    bill = await billed(ours, account, 3000)
    await paid_in(ours, account, 30, "a")
    await ours.world.invoice.switches.turn("later", 1)
    await ours.world.invoice.switches.turn("delay_s", 60)
    await request(ours, account.id, bill=bill)
    assert await status(ours) == [("asked", 3000)]
    for _time in range(12):
        ours.store.clock.move(timedelta(seconds=30))
        await ours.settle()
    assert await status(ours) == [("issued", 3000)]
    assert len(await ours.world.invoice.issued()) == 1


async def test_a_customer_asks_for_an_invoice_of_a_company(ours: Books) -> None:
    account = await ours.account(number="13800000001")
    await paid_in(ours, account, 50, "a")
    caller = ours.customer(account.party or "")
    view: View = await ours.hall.start(caller, "invoice.request")
    [option] = view.question["options"] if view.question else []
    for value in (option["value"], "company", "Hall Ltd", "91440101MA5ABCDE1F", "bills@hall.example"):
        assert view.question is not None, view
        view = await ours.hall.answer(caller, view.id, view.question["key"], view.question["turn"], value)
    assert view.said and view.said["text"] == "The invoice will be mailed to bills@hall.example as soon as it is issued."
    await ours.settle()
    assert await status(ours) == [("issued", 5000)]
    assert len(await ours.world.mail.mails("bills@hall.example")) == 1
    view = await ours.hall.start(caller, "invoice.request")
    assert view.said and view.said["text"] == "There is nothing paid that is not on an invoice."
