"""What is said of a line, a month, a difference: the rules of the words, and the functions told in all of them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from onehall.domains import billing
from onehall.domains.billing.rules import bills
from onehall.domains.billing.rules.explaining import (
    bill_state,
    is_called,
    month_name,
    month_wanted,
    objection,
    peer_masked,
    reason,
    signed,
    tax_said,
    unit_price,
)
from onehall.hall import View
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from tests.billing import history
from tests.billing.bank import Books
from tests.billing.test_comparing import JUNE, bill, fee, line, use

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)


def test_a_month_is_called_in_both_languages() -> None:
    assert (month_name(JUNE).render(), month_name(JUNE).render("zh-CN")) == ("June 2026", "2026年6月")


@pytest.mark.parametrize(
    ("words", "month"),
    [
        ("2026-10", date(2026, 10, 1)), ("202610", date(2026, 10, 1)), ("11", date(2026, 11, 1)), ("12", date(2025, 12, 1)),
        (" 3 ", date(2026, 3, 1)),
    ],
)  # fmt: skip
def test_a_month_that_is_wanted(words: str, month: date) -> None:
    assert month_wanted(words, NOW) == month


@pytest.mark.parametrize("words", ["", "13", "0", "202613", "2027-01", "199912", "october", "²", "9" * 50])
def test_what_is_no_month_is_refused(words: str) -> None:
    with pytest.raises(Refusal, match="month.form"):
        month_wanted(words, NOW)


def test_a_bill_is_found_by_its_id_number_or_month() -> None:
    one = bill(JUNE)
    assert [is_called(one, words) for words in ("b", "B", " 202606", "2026-06", "202605", "")] == [True, True, True, True, False, False]


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (fee("A", 5900), "the whole month"),
        (fee("A", 1967, "1/3", 5900), "1/3 of ¥59.00 a month, for the days it stood"),
        (line("fee", 5900, "A"), "monthly fee; the first month by the plan's rule"),
        (use("data_mb", 0, 0), "within the allowance"),
        (use("data_mb", 160, 160), "160 MB over at ¥0.01 a MB"),
        (use("data_mb", 1000, 2048), "2 GB over at ¥5.00 a GB"),
        (use("voice_min", 1350, 90), "90 minutes over at ¥0.15 a minute"),
        (use("sms", 25, 10), "10 messages over at 0.025 CNY a message"),
        (use("tv", 600, 2), "2 units over at ¥3.00 each"),
        (use("voice_min", 1000, 3), "3 minutes over, by the tiers of the tariff"),
        (use("sms", 0, 3), "3 messages over, free of charge"),
        (line("instalment", 100, "Phone", doc={"part": 3, "parts": 12}), "instalment 3 of 12"),
        (line("instalment", 100, "Phone"), "an instalment"),
        (line("discount", -100), "a discount on the fees"), (line("once", 100), "once only"), (line("charge", 100), "a single charge"),
        (line("exit", 100), "for leaving before the contract ends"), (line("credit", -100), "given back of an earlier bill"),
    ],
)  # fmt: skip
def test_every_line_says_its_rule(one: Any, said: str) -> None:
    assert reason(one).render() == said


def test_a_price_of_units_is_told_where_all_cost_the_same() -> None:
    price = unit_price(use("voice_min", 300, 20))
    assert price is not None and price.render() == "¥0.15 a minute"
    assert [unit_price(use("voice_min", minor, over)) for minor, over in ((0, 20), (300, 0), (1000, 3))] == [None, None, None]


def test_the_tax_in_a_line_is_said() -> None:
    said = tax_said(replace(line("fee", 10900), tax=900, rate=Decimal("9.0")))
    assert said is not None and said.render() == "¥9.00 tax at 9 % contained"
    assert tax_said(line("fee", 10900)) is None


def test_a_bill_says_whether_it_is_paid() -> None:
    one = bill(JUNE, line("fee", 5900))
    assert bill_state(one, one.due_on - timedelta(seconds=1)).render() == "¥59.00 to be paid by Jun 1, 2026"
    assert bill_state(replace(one, paid=5900), NOW).render() == "paid"
    assert bill_state(replace(one, status="on_hold"), NOW).render() == "being looked into"


def test_an_open_bill_is_overdue_once_its_last_day_is_over() -> None:
    one, due = bill(JUNE, line("fee", 5900)), bills.due_on(datetime(2026, 6, 1, 6, tzinfo=UTC))
    assert [bills.is_overdue(due, due + timedelta(seconds=later)) for later in (-1, 0, 1)] == [False, True, True]
    said = bill_state(replace(one, due_on=due), due + timedelta(seconds=1))
    assert (said.render(), said.render("zh-CN")) == ("¥59.00 overdue since Jun 21, 2026", "¥59.00已于2026年6月21日到期，逾期未付")


def test_a_difference_has_a_sign() -> None:
    assert [signed(Money(minor)).render() for minor in (100, 0, -100)] == ["+¥1.00", "¥0.00", "-¥1.00"]


def test_an_objection_has_some_words() -> None:
    assert objection("  not   me ") == "not me"
    for words in ("", "x", " ", "x" * 501):
        with pytest.raises(Refusal, match="dispute.note"):
            objection(words)


def test_of_the_other_side_some_digits_are_hidden() -> None:
    assert [peer_masked(peer) for peer in ("13912345678", "8613912345678", "10086")] == ["139****5678", "86139****5678", "10086"]


async def told(books: Books, party: str, function: str, given: dict[str, Any] | None = None) -> View:
    """What a function says to the customer."""
    return await books.hall.start(books.customer(party), function, given)


async def test_bills_and_use_are_told(books: Books) -> None:
    account = await books.account(number="13800000001", home=7)
    party = str(account.party)
    await history.lived(books.store.dsn, party)
    bills = {"line": history.NUMBER}
    view = await told(books, party, "bill.list", bills)
    # 53.10 + 53.30 + 53.90 + 54.70 + 75.30 + 92.00
    assert view.said and view.said["text"].endswith("came to ¥92.00. In all ¥382.30 is to be paid.")
    assert [fact["value"].partition(",")[0] for fact in view.said["facts"]] == ["¥92.00", "¥75.30", "¥54.70", "¥53.90", "¥53.30", "¥53.10"]
    assert [one["value"] for one in view.said["series"]] == ["53.10", "53.30", "53.90", "54.70", "75.30", "92.00"]
    assert [fact["value"].split(" ")[2] for fact in view.said["facts"][1:]] == ["overdue"] * 5
    view = await told(books, party, "bill.detail", bills)
    state = history.last_state(books.store.clock.now())
    assert view.said and f"came to ¥92.00, ¥7.60 tax contained. ¥92.00 is {state}" in view.said["text"]
    assert view.said["facts"][0]["value"] == "¥89.00 (the whole month; ¥7.35 tax at 9 % contained)"
    view = await told(books, party, "bill.compare", bills)
    assert view.said and "is ¥16.70 higher than that of" in view.said["text"]
    assert view.said["text"].endswith("Biggest cause: Hall 89 instead of Hall 59.")
    assert [fact["value"] for fact in view.said["facts"]] == ["+¥30.00", "-¥20.00", "+¥5.90", "+¥0.40", "+¥0.40"]
    month = history.month_back(books.store.clock.now(), history.MONTHS)
    view = await told(books, party, "bill.compare", bills | {"bill": f"{month:%Y-%m}"})
    assert view.said and "is your first bill: ¥53.10." in view.said["text"]
    with pytest.raises(Refusal, match="not.found"):
        await told(books, party, "bill.compare", bills | {"bill": "201001"})
    view = await told(books, party, "usage.month", {"month": f"{history.month_back(books.store.clock.now(), 1):%Y%m}"})
    assert view.said and "you used 260 MB, 24 minutes. Charged beyond your allowances: ¥3.00." in view.said["text"]


async def test_a_line_is_contested_once(books: Books) -> None:
    account = await books.account(number="13800000001", home=7)
    party = str(account.party)
    await history.lived(books.store.dsn, party)
    view = await told(books, party, "bill.dispute", {"line": history.NUMBER})
    assert view.question and [option["price"] for option in view.question["options"]] == ["¥89.00", "¥1.60", "¥1.40"]
    view = await books.hall.answer(books.customer(party), view.id, "of", view.question["turn"], view.question["options"][1]["value"])
    assert view.question and view.question["key"] == "note"
    view = await books.hall.answer(books.customer(party), view.id, "note", view.question["turn"], "I was at home, on WLAN")
    assert view.state == "done" and view.said
    [row] = await books.rows("SELECT note, status, minor FROM dispute")
    assert tuple(row.values()) == ("I was at home, on WLAN", "open", 160)


async def test_nobody_elses_bill_is_told(books: Books) -> None:
    mine = await books.account(number="13800000001", home=7)
    other = await books.account(number="13900000002", home=8)
    account = await history.lived(books.store.dsn, str(mine.party))
    async with books.store.edge(account) as tx:
        [latest, *_] = await billing.queries.bills.bills_of_account(tx, account)
        with pytest.raises(Refusal, match="not.found"):
            await billing.queries.looking.own_bill(tx, str(other.party), latest.id)
        with pytest.raises(Refusal, match="not.found"):
            await billing.queries.looking.compared(tx, str(other.party), latest.id)
    view = await told(books, str(other.party), "bill.list")
    assert view.said and view.said["text"] == "You have no bill yet."
    with pytest.raises(Refusal, match="not.found"):
        await told(books, str(other.party), "bill.detail", {"bill": latest.id})
