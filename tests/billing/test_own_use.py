"""What a customer sees of their use: in their bill's month, and of a shared allowance only what is theirs."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from onehall.domains import billing
from onehall.domains.billing.rules.bills import last_day
from onehall.domains.billing.rules.charging import left_for_member
from onehall.domains.billing.rules.explaining import cycle_of
from onehall.hall import View
from onehall.kernel.store import counting
from tests.billing import charged
from tests.billing.bank import Books
from tests.billing.charged import at
from tests.billing.lines import now, one, open_line, use
from tests.billing.test_sharing import MEMBER, OWNER, THIRD, shared, take

RECORD = "18612340001"
END = ", until Jul 31, 2031"


async def told(books: Books, number: str, function: str, given: dict[str, Any] | None = None) -> View:
    """What a function says to the holder of a number."""
    party = await one(books.store, "SELECT party FROM billing_account WHERE number = $1", number)
    return await books.hall.start(books.customer(party), function, given)


def said(view: View) -> tuple[str, list[tuple[str, str]]]:
    assert view.said, view
    return view.said["text"], [(fact["label"], fact["value"]) for fact in view.said["facts"]]


async def test_a_member_sees_their_own_use_and_what_is_left_for_them_and_nobody_elses(books: Books) -> None:
    books.store.clock.move(at(7, 10, 12) - books.store.clock.now())
    payer, _member = await shared(books, 300, data_mb=1000)
    await shared(books, None, THIRD, 11)
    at_ = now(books.store)
    await take(
        books.store, use(OWNER, "1", "100", payer, at_), use(MEMBER, "2", "40", payer, at_, peer="13999990000"),
        use(MEMBER, "3", "25", payer, at_ - timedelta(days=1)), use(THIRD, "4", "555", payer, at_),
    )  # fmt: skip
    text, facts = said(await told(books, MEMBER, "usage.month"))
    assert text == "In July 2031 (Jul 1, 2031 to Jul 31, 2031) you used 65 MB."
    assert facts == [
        ("Plan, Data, shared by 13800000001", f"260 MB left for you, 40 MB used by you{END}"),  # 300 - 40
        ("Data", "65 MB, in 2 records"), ("Jul 10, 2031", "40 MB"), ("Jul 9, 2031", "25 MB"),
    ]  # fmt: skip
    _text, facts = said(await told(books, THIRD, "usage.month"))
    assert facts[0] == ("Plan, Data, shared by 13800000001", f"305 MB left for you, 555 MB used by you{END}")  # 1000 - 100 - 40 - 555
    text, facts = said(await told(books, MEMBER, "usage.day", {"day": "2031-07-10"}))
    assert (text.partition(",")[0], facts) == ("1 record on Jul 10", [("12:00 Data with 139****0000", "40 MB")])
    text, facts = said(await told(books, MEMBER, "data.left"))
    assert text == "Of the data that is shared with you 260 MB is left for you."
    text, facts = said(await told(books, OWNER, "usage.month"))
    assert text == "In July 2031 (Jul 1, 2031 to Jul 31, 2031) you used 695 MB."  # the 25 of the 9th were before they shared
    assert facts == [
        ("Data", "695 MB, in 3 records"), (f"Of that, {MEMBER}", "40 MB"), (f"Of that, {THIRD}", "555 MB"), ("Jul 10, 2031", "695 MB"),
    ]
    text, facts = said(await told(books, OWNER, "usage.day", {"day": "2031-07-10"}))
    assert facts == [("12:00 Data", "100 MB")]


async def test_who_has_left_still_sees_what_they_used_then(books: Books) -> None:
    books.store.clock.move(at(7, 10, 12) - books.store.clock.now())
    payer, member = await shared(books)
    await take(books.store, use(MEMBER, "1", "40", payer, now(books.store)))
    books.store.clock.move(timedelta(hours=1))
    await books.do(9, billing.actions.leave_share, await one(books.store, "SELECT id FROM share_offer"))
    await books.settle()
    books.store.clock.move(timedelta(hours=1))
    await take(books.store, use(MEMBER, "2", "5", member, now(books.store)))
    text, facts = said(await told(books, MEMBER, "usage.month"))
    assert (text, facts[0]) == ("In July 2031 (Jul 1, 2031 to Jul 31, 2031) you used 45 MB.", ("Data", "45 MB, in 2 records"))


async def test_no_statement_of_a_members_page_spans_two_homes(books: Books) -> None:
    payer, _member = await shared(books)
    await take(books.store, use(MEMBER, "1", "40", payer, now(books.store)))
    with counting() as sent:
        await told(books, MEMBER, "usage.month")
    assert [sql for sql in sent if "fan-out" in sql] == [] and any("FROM share s" in sql for sql in sent)


@pytest.mark.parametrize(("day", "dates", "used"), [(1, "Jul 1, 2031 to Jul 31, 2031", 3), (16, "Jun 16, 2031 to Jul 15, 2031", 6)])
async def test_use_is_shown_by_the_bills_month(books: Books, day: int, dates: str, used: int) -> None:
    """It is 10 July; 1 MB was used on 15 June, 2 on 16 June and 2 on 30 June (as 4 in a bill's month from the 16th), 3 in July."""
    books.store.clock.move(at(7, 10) - books.store.clock.now())
    account = await books.account(number=RECORD, cycle_day=day)
    plan = await charged.sell(books.store)
    await books.do(7, charged.subscribe, account.id, RECORD, plan, at(5, 1))
    for place, (month, day_, amount) in enumerate([(6, 15, "1"), (6, 16, "1"), (6, 30, "2"), (7, 2, "3")]):
        await charged.use(books.store, RECORD, "data_mb", amount, at(month, day_), str(place))
    text, _facts = said(await told(books, RECORD, "usage.month"))
    assert dates in text and text.endswith(f"you used {used} MB.")
    text, _facts = said(await told(books, RECORD, "usage.month", {"month": "6"}))
    assert text.endswith("you used 4 MB.") if day == 1 else text.endswith("you used 6 MB.")
    view = await told(books, RECORD, "usage.earlier")
    assert view.question and view.question["options"][0]["note"] == dates


def test_the_month_that_is_meant() -> None:
    assert cycle_of(None, 16, at(7, 10)) == date(2031, 6, 16)
    assert cycle_of(date(2031, 7, 1), 16, at(7, 10)) == date(2031, 7, 16)
    assert last_day(date(2031, 6, 16)) == date(2031, 7, 15)


@pytest.mark.parametrize(
    ("rest", "most", "used", "left"), [(10, None, 5, 10), (10, 7, 5, 2), (1, 7, 5, 1), (10, 4, 5, 0), (-1, None, 0, 0)]
)
def test_what_is_left_for_a_member(rest: int, most: int | None, used: int, left: int) -> None:
    assert left_for_member(Decimal(rest), None if most is None else Decimal(most), Decimal(used)) == left


async def test_of_a_line_nobody_shared_with_nothing_is_added(books: Books) -> None:
    await open_line(books.store, OWNER)
    text, facts = said(await told(books, OWNER, "usage.month"))
    assert text.startswith("Nothing was used in") and facts == []
