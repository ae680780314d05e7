"""The bank's file of a day against the books: every difference is found, explained and kept; what is safe mends itself."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from onehall.domains import billing
from onehall.domains.billing import rules
from onehall.domains.billing.model import Moved
from onehall.kernel.events import Origin
from onehall.kernel.i18n import ZONE, _
from onehall.kernel.ids import new_id
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from tests.billing.bank import Books

act, ask = billing.actions, billing.queries
DAY = date(2026, 3, 1)
PAYMENT = new_id(7, datetime(2026, 3, 1, tzinfo=UTC))


def moved(
    minor: int = 100, *, kind: str = "payment", ref: str = "R", currency: str = "CNY", on: date | None = DAY, of: str = PAYMENT
) -> Moved:
    """This will make a movement."""
    return Moved(kind, of, ref, Money(minor, currency), on)


@pytest.mark.parametrize(
    ("lines", "ours", "found"),
    [
        ([moved()], [moved()], []),
        ([moved()], [], [("not_here", "mending", "heard")]),
        ([moved(of="x")], [], [("unknown", "open", "")]),
        ([moved(101)], [moved()], [("amount", "open", "")]),
        ([moved(currency="USD")], [moved()], [("currency", "open", "")]),
        ([moved(), moved()], [moved()], [("doubled", "open", "")]),
        ([moved()], [moved(on=DAY + timedelta(days=1))], [("late", "explained", "")]),
        ([moved(kind="refund", ref=PAYMENT)], [], [("refund_not_here", "mending", "returned")]),
        ([moved(), moved(ref="S")], [moved()], [("not_here", "mending", "heard")]),  # paid twice: the second goes back
    ],
)
def test_lines_against_books(lines: list[Moved], ours: list[Moved], found: list[tuple[str, str, str]]) -> None:
    books = {one.key: one for one in ours}
    differences = rules.reconciling.lines_against_books(DAY, lines, books, frozenset({PAYMENT}))
    assert [(one.kind, one.status, one.mend) for one in differences] == found


def test_books_against_file() -> None:
    ours = [moved(), moved(ref="S"), moved(kind="refund", ref="T")]
    found = rules.reconciling.books_against_file(ours, frozenset({ours[0].key}))
    assert [(one.kind, one.reference) for one in found] == [("not_there", "S"), ("refund_not_there", "T")]
    assert rules.reconciling.sums_of(ours) == {"payment CNY": 200, "refund CNY": 100}


def test_mark_of() -> None:
    mark = rules.reconciling.mark_of([moved(), moved(ref="S")])
    assert mark == rules.reconciling.mark_of([moved(ref="S"), moved()])
    others = [[], [moved(ref="S")] * 2, [moved(101, ref="S")], [moved(ref="S", currency="USD")], [moved(ref="S", kind="refund")]]
    assert all(rules.reconciling.mark_of([moved(), *lines]) != mark for lines in others)


def test_new_of_a_file_that_was_sent_again() -> None:
    lines = [moved(of="x"), moved(of="x", ref="S"), moved(101, of="x")]
    found = rules.reconciling.lines_against_books(DAY, [*lines[:2], lines[0]], {}, frozenset())
    known = frozenset({("x", "R", Money(100))})
    assert [(one.kind, one.reference) for one in rules.reconciling.new_of(found, known)] == [("doubled", "R"), ("unknown", "S")]
    again = rules.reconciling.lines_against_books(DAY, lines[2:], {}, frozenset())
    assert rules.reconciling.new_of(again, known) == again


def test_another_amount() -> None:
    assert str(rules.reconciling.another_amount(Money(100), Money(90))) == "¥0.90 came where ¥1.00 was asked for."
    assert str(rules.reconciling.another_amount(None, Money(90))) == "Nobody here asked for this."


def test_not_booked() -> None:
    assert rules.reconciling.not_booked(moved(), [moved(on=None)]) is None
    for books in ([], [moved(101)], [moved(ref="S")], [moved(kind="refund")]):
        assert rules.reconciling.not_booked(moved(), books) is not None


def test_check_decision() -> None:
    assert rules.reconciling.check_decision("open", "  the bank  said so ") == "the bank said so"
    closed, mending = ("mended", "because", "closed"), ("mending", "because", "mending")
    for status, note, code in (closed, mending, ("open", " a ", "note"), ("open", "x" * 501, "note")):
        with pytest.raises(Refusal, match=f"difference.{code}"):
            rules.reconciling.check_decision(status, note)


async def reconcile(books: Books, day: date, times: int = 1) -> list[tuple[str, str]]:
    """This will reconcile a day; gives the kinds of all differences with what became of them."""
    async with books.store.edge(0) as tx:
        for _time in range(times):
            tx.later("payment.reconcile", {"day": day.isoformat()})
    await books.settle()
    found = await books.do(0, ask.differences)
    assert all(one.why and (one.status in ("open", "mending")) == (one.ended is None) for one in found)
    return sorted((one.kind, one.status) for one in found)


async def paid(books: Books, count: int, yuan: int = 10) -> list[Any]:
    """This will have payments paid."""
    found = [await books.ask(yuan, once=f"p{place}-{books.store.clock.now()}") for place in range(count)]
    for one in found:
        await books.bank.pay(one.id)
    await books.settle()
    return found


def today(books: Books) -> date:
    """This will give the operator's day."""
    return books.store.clock.now().astimezone(ZONE).date()


async def noon(books: Books) -> date:
    """This will go to noon of the next day, so that no test crosses midnight by itself."""
    tomorrow = today(books) + timedelta(days=1)
    at = datetime(tomorrow.year, tomorrow.month, tomorrow.day, 12, tzinfo=ZONE)
    books.store.clock.move(at - books.store.clock.now())
    return tomorrow


async def test_a_day_without_differences(books: Books) -> None:
    day = await noon(books)
    await paid(books, 3)
    assert await reconcile(books, day, times=2) == []
    [run] = await books.do(0, ask.reconciliations)
    assert (run.day, run.status, run.lines, run.matched, run.parts, run.done) == (day, "done", 3, 3, 2, 2)
    assert run.theirs == run.ours == {"payment CNY": 3000}


@pytest.mark.parametrize(
    ("switch", "found"),
    [
        ("file_short", [("not_there", "open")] * 2),
        ("file_extra", [("unknown", "open")] * 2),
        ("file_amount", [("amount", "open")] * 2),
        ("file_currency", [("currency", "open")] * 2),
        ("file_doubled", [("doubled", "open")] * 2),
        ("file_late", [("not_there", "open")] * 2),
    ],
)
async def test_each_mistake_of_the_file_is_found_and_changes_no_book(books: Books, switch: str, found: list[tuple[str, str]]) -> None:
    day = await noon(books)
    await paid(books, 3)
    before = await books.sums()
    await books.bank.switches.turn(switch, 2)
    assert await reconcile(books, day) == found
    assert await books.sums() == before == {"clearing": -3000, "advance": 3000}


async def test_what_comes_with_the_next_days_file_is_explained(books: Books) -> None:
    day = await noon(books)
    await paid(books, 3)
    await books.bank.switches.turn("file_late", 2)
    assert await reconcile(books, day) == [("not_there", "open")] * 2
    next_day = await noon(books)
    assert await reconcile(books, next_day) == [("late", "explained")] * 2 + [("not_there", "explained")] * 2


async def test_a_lost_notice_is_heard_again_and_is_no_difference_of_the_next_day(books: Books) -> None:
    day = await noon(books)
    await books.bank.switches.turn("lost", 1)
    [payment] = await paid(books, 1)
    books.store.clock.move(timedelta(hours=14))  # in the small hours, before the payment's time is looked after
    async with books.store.edge(0) as tx:
        await tx.write("DELETE FROM job WHERE kind = 'payment.lapse'")
    assert await reconcile(books, day) == [("not_here", "mended")]
    found = await books.payment(payment.id)
    assert (found.received, await books.sums()) == (1000, {"clearing": -1000, "advance": 1000})
    assert await reconcile(books, today(books)) == [("not_here", "mended")]


async def states(books: Books) -> list[tuple[str, str]]:
    """This will give the kinds of all differences with what became of them."""
    return sorted((one.kind, one.status) for one in await books.do(0, ask.differences))


async def test_a_file_that_is_sent_again_is_looked_at_again(books: Books) -> None:
    day = await noon(books)
    await paid(books, 3)
    whole = [moved(line.amount.minor, of=line.payment, ref=line.reference) for line in await books.bank.file_of(day)]
    stranger = moved(of="x")
    await books.do(0, act.begin_reconciliation, day, [*whole[:2], stranger])
    await books.settle()
    assert await states(books) == [("not_there", "open"), ("unknown", "open")]
    first = await books.rows("SELECT * FROM reconciliation_difference ORDER BY kind")
    for _time in range(2):  # the same lines, in another order: nothing changes
        await books.do(0, act.begin_reconciliation, day, [stranger, *reversed(whole[:2])])
        await books.settle()
        assert await books.rows("SELECT * FROM reconciliation_difference ORDER BY kind") == first
    for _time in range(2):
        await books.do(0, act.begin_reconciliation, day, [*whole, stranger, moved(of="y")])
        await books.settle()
        assert await states(books) == [("not_there", "explained"), ("unknown", "open"), ("unknown", "open")]
    [run] = await books.do(0, ask.reconciliations)
    assert (run.status, run.parts, run.done, run.lines, run.matched) == ("done", 2, 2, 5, 3)
    assert run.theirs == {"payment CNY": 3200} and run.ours == {"payment CNY": 3000}
    await books.do(0, act.compare_rest, day, frozenset(), 1)  # work of the first look that comes too late
    assert len(await states(books)) == 3


async def test_refunds_are_compared_too(books: Books) -> None:
    day = await noon(books)
    [payment] = await paid(books, 1)
    await books.do(7, act.give_back, payment.id, _("No."))
    await books.settle()
    await books.bank.switches.turn("file_no_refunds", 1)
    assert await reconcile(books, day) == [("refund_not_there", "open")]


async def test_a_person_decides_the_rest_once_with_a_note(books: Books) -> None:
    day = await noon(books)
    await paid(books, 1)
    await books.bank.switches.turn("file_extra", 1)
    await reconcile(books, day)
    [one] = await books.do(0, ask.differences, day, "open")

    async def decide() -> Any:
        origin = Origin(channel="console", staff="s1")
        return await books.store.run(0, lambda tx: act.decide_difference(tx, one.id, "The bank takes it out"), origin)

    found = await asyncio.gather(*(decide() for _time in range(5)), return_exceptions=True)
    assert sorted(getattr(each, "code", "decided") for each in found) == ["decided"] + ["difference.closed"] * 4
    kept = await books.do(0, ask.difference, one.id)
    assert (kept.status, kept.note, kept.staff) == ("decided", "The bank takes it out", "s1")
    with pytest.raises(Refusal, match="not.found"):
        await books.do(0, ask.difference, PAYMENT)


async def test_a_large_file_goes_in_parts_and_doubled_lines_stay_together(books: Books) -> None:
    lines = [moved(ref=f"R{place:04}", of=f"s{place // 2}") for place in range(1400)] + [moved(ref="R0700", of="s350")]
    await books.do(0, act.begin_reconciliation, DAY, lines)
    await books.settle()
    [run] = await books.do(0, ask.reconciliations)
    assert (run.status, run.parts, run.done, run.lines, run.matched) == ("done", 4, 4, 1401, 0)  # 3 parts and the rest
    assert run.counts == {"open": 1401}  # 1400 strangers, one said twice
