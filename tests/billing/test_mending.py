"""Differences that mend themselves: by the booking of their money, of its exact amount, and not before."""

from datetime import date
from typing import Any

import pytest

from onehall.domains import billing
from onehall.kernel.i18n import _
from onehall.kernel.jobs import KINDS
from onehall.kernel.refusals import Refusal
from tests.billing.bank import Books
from tests.billing.test_reconciling import moved, noon, paid, states

act, ask = billing.actions, billing.queries


async def unheard(books: Books, day: date, minor: int = 1000, *, of: Any = None) -> Any:
    """This will begin a day's run with a payment that was asked for and never heard of, of so many fen in the file."""
    payment = of or await books.ask(10, once="unheard", minutes=2000)
    await books.do(0, act.begin_reconciliation, day, [moved(minor, of=payment.id)])
    return payment


async def test_a_difference_is_mended_by_the_booking_and_not_before(books: Books) -> None:
    day = await noon(books)
    payment = await unheard(books, day)
    line = moved(1000, of=payment.id)
    await books.do(0, act.compare_part, day, 0, [line])
    assert await states(books) == [("not_here", "mending")] and await books.sums() == {}
    [one] = await books.do(0, ask.differences)
    with pytest.raises(Refusal, match="difference.mending"):
        await books.do(0, act.decide_difference, one.id, "I know better")
    body = {"difference": one.id, "kind": "payment", "payment": payment.id, "reference": "R", "amount": {"minor": 1000, "currency": "CNY"}}
    await books.do(payment.id, act.mending.mend, body)  # booked; the word to the difference is on its way
    assert await states(books) == [("not_here", "mending")] and await books.sums() == {"clearing": -1000, "advance": 1000}
    await books.settle()  # the job does it a second time
    assert await states(books) == [("not_here", "mended")] and await books.sums() == {"clearing": -1000, "advance": 1000}


async def test_money_of_a_wrong_amount_is_never_mended(books: Books) -> None:
    day = await noon(books)
    payment = await unheard(books, day, 900)
    await books.settle()
    [one] = await books.do(0, ask.differences)
    assert (one.kind, one.status, str(one.why), one.ended) == ("not_here", "open", "¥9.00 came where ¥10.00 was asked for.", None)
    assert (await books.sums(), (await books.payment(payment.id)).received) == ({}, 0)
    await unheard(books, day, of=payment)  # the file comes again with the right amount
    await books.settle()
    assert await states(books) == [("not_here", "mended"), ("not_here", "open")]
    assert await books.sums() == {"clearing": -1000, "advance": 1000}


async def promised(books: Books) -> tuple[Any, str]:
    """This will have a refund of 10 yuan promised that the bank will not send."""
    [payment] = await paid(books, 1)
    await books.do(7, act.give_back, payment.id, _("No."))
    [row] = await books.rows("SELECT id FROM refund")
    return payment, row["id"]


@pytest.mark.parametrize(("minor", "state"), [(1000, "mended"), (900, "open")])
async def test_a_refund_is_mended_only_of_its_amount(books: Books, minor: int, state: str) -> None:
    day = await noon(books)
    payment, refund = await promised(books)
    await books.rows("DELETE FROM job WHERE kind = 'payment.refund'")
    [line] = await books.bank.file_of(day)
    lines = [moved(1000, of=payment.id, ref=line.reference), moved(minor, kind="refund", of=payment.id, ref=refund)]
    await books.do(0, act.begin_reconciliation, day, lines)
    await books.settle()
    assert await states(books) == [("refund_not_here", state)]
    assert await books.sums() == ({} if state == "mended" else {"clearing": -1000, "refunds": 1000})


async def test_a_refund_that_was_handed_over_at_a_counter_is_not_mended(books: Books) -> None:
    day = await noon(books)
    payment, refund = await promised(books)
    await books.rows("DELETE FROM job WHERE kind = 'payment.refund'")
    await books.do(7, billing.actions.refund_done, refund, billing.model.Side(billing.model.Book.CASH, "s1"))
    await books.do(0, act.begin_reconciliation, day, [moved(1000, kind="refund", of=payment.id, ref=refund)])
    await books.settle()
    found = {one.kind: one for one in await books.do(0, ask.differences)}
    assert {kind: one.status for kind, one in found.items()} == {"refund_not_here": "open", "not_there": "open"}
    assert str(found["refund_not_here"].why) == "Our books do not have it at the provider, but in another way."


async def test_what_cannot_be_booked_is_left_to_a_person_with_the_reason(books: Books) -> None:
    day = await noon(books)
    payment = await unheard(books, day)
    await books.do(0, act.compare_part, day, 0, [moved(1000, of=payment.id)])
    [one] = await books.do(0, ask.differences)
    await books.rows("DELETE FROM job WHERE kind = 'payment.mend'")
    await books.do(7, KINDS["payment.mend"].given_up, {"difference": one.id}, "OSError: no room")
    await books.settle()
    [one] = await books.do(0, ask.differences)
    assert (one.status, str(one.why), one.ended) == ("open", "It could not be booked: OSError: no room", None)
    assert await books.sums() == {}
    await books.do(0, act.decide_difference, one.id, "Booked by hand")
