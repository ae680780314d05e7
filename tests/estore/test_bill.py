"""One split bill: the company's part of every line on its own bill, the rest with each member, and a page on which both sums are right."""

from calendar import monthrange
from datetime import date, timedelta

from msgspec.structs import replace

from onehall.domains import billing, estore
from onehall.domains.estore import EStore
from onehall.hall import Caller
from onehall.kernel.i18n import ZONE, show
from onehall.kernel.money import Money
from onehall.pages import estores
from tests.conformance.people import Person
from tests.estore.acme import MANAGER, a_member_with_a_line, acme, asks, counter, goes_on, joins, newcomer
from tests.estore.test_rules import NOW, REQUEST
from tests.ground.counter import Counter

__all__ = ["acme", "counter"]  # fixtures of the story


async def test_one_bill_for_the_company_and_the_rest_for_each_member(counter: Counter, acme: EStore) -> None:
    async with counter.store.edge(acme.id) as tx:
        acme = await estore.actions.put_on_shelf(tx, acme.id, "hall-59", 4_701)  # of 47.01 the company pays 23.51, the member 23.50
    counter.store.clock.move(timedelta(days=9))  # the tenth of the month
    for place, address in enumerate(("lan@acme.example", "he@acme.example")):
        caller, person = await newcomer(counter, f"1390000020{place}"), Person()
        await joins(counter, caller, address)
        view = await goes_on(counter, caller, await asks(counter, caller, "hall-59"), person.document)
        assert view.state == "done", view
    await counter.settle()
    month = counter.store.clock.now().astimezone(ZONE).date().replace(day=1)
    days = monthrange(month.year, month.month)[1]
    theirs, ours = ((fee * (days - 9) * 2 + days) // (2 * days) for fee in (2_350, 2_351))  # by the day, half a fen and more is one
    paid = await counter.one("SELECT sum(minor)::int FROM payment WHERE status = 'done'")
    assert paid == 2 * theirs
    counter.store.clock.move(timedelta(days=32))
    async with counter.store.edge(acme.id) as tx:
        made = await billing.actions.bills.bill_accounts(tx, [acme.account], [month], {})
        lines, bills = await estore.queries.split_bill(tx, acme, month), await estore.queries.company_bills(tx, acme, month)
        after = await estore.queries.split_bill(tx, acme, billing.rules.bills.next_cycle(month))
    [bill] = made.bills
    assert [line.minor for line in bill.lines] == [ours, ours]
    assert estore.rules.totals(lines) == (bill.amount.minor + paid, bill.amount.minor, paid)
    assert estore.rules.totals(after) == (2 * 4_701, 2 * 2_351, 2 * 2_350)
    paper = estores.paper(acme, month, lines, bills, "en", month)
    assert (paper.company, paper.members) == (show(Money(2 * ours)), show(Money(2 * theirs)))
    assert paper.total == show(Money(2 * ours + 2 * theirs))
    assert paper.bills == [(bill.no, show(Money(2 * ours)))] and [row.who for row in paper.rows] == ["He Ying", "Lan Wei"]
    assert estores.document(paper).startswith(b"%PDF")
    assert estores.document(replace(paper, lang="zh-CN")) == estores.document(replace(paper, lang="zh-CN"))


async def test_a_change_by_sheet_and_a_leaving_are_billed_as_the_page_says(counter: Counter, acme: EStore) -> None:
    lan = await a_member_with_a_line(counter, acme)
    sheet = b"kind,key,offering\nplan,lan@acme.example,hall-29\npack,lan@acme.example,pack-data-10\n"
    await estore.actions.take_sheet(counter.store, MANAGER, acme.id, sheet)
    await counter.settle()
    await the_sums_are_those_of_the_bills(counter, acme, lan)


async def the_sums_are_those_of_the_bills(counter: Counter, acme: EStore, lan: Caller) -> None:
    """The pages' sums are those of the bills, before and after the change, until the member leaves for a plan that is not the store's."""
    this = counter.store.clock.now().astimezone(ZONE).date().replace(day=1)
    months = [this, billing.rules.bills.next_cycle(this), billing.rules.bills.next_cycle(billing.rules.bills.next_cycle(this))]
    sums = [2_350 + 1_200, 1_150 + 1_200, 1_200]
    counter.store.clock.move(timedelta(days=33))
    view = await counter.hall.start(counter.customer(lan.who.party or "", "web"), "plan.change", {"offer": "data-79"})
    assert view.question and view.question["key"] == "agree", view
    view = await counter.answer(counter.customer(lan.who.party or "", "web"), view, True)
    assert view.state == "done", view
    for _month in range(2):
        await counter.settle()
        counter.store.clock.move(timedelta(days=31))
    await counter.settle()
    async with counter.store.edge(acme.id) as tx:
        made = await billing.actions.bills.bill_accounts(tx, [acme.account], months, {})
        shown = [estore.rules.totals(await estore.queries.split_bill(tx, acme, month))[1] for month in months]
    assert [bill.amount.minor for bill in made.bills] == sums
    assert shown == sums


def test_company_share_and_member_share() -> None:
    one = replace(REQUEST, state="active", fee=4_700, minor=2_350, began=NOW.replace(day=16))  # September: 15 of 30 days
    assert estore.rules.company_share(one, date(2026, 9, 1), "per_day") == 1_175
    assert estore.rules.company_share(one, date(2026, 10, 1), "per_day") == 2_350
    assert estore.rules.company_share(replace(one, ended=NOW.replace(month=10, day=10)), date(2026, 10, 1), "per_day") == 758  # 10 of 31
    assert estore.rules.member_share(one, date(2026, 9, 1), "per_day") == 1_175
    assert estore.rules.member_share(replace(one, first_minor=1_253), date(2026, 9, 1), "per_day") == 1_253
    assert estore.rules.member_share(replace(one, ended=NOW.replace(month=10, day=10)), date(2026, 10, 1), "per_day") == 2_350


def test_month_of() -> None:
    today = date(2026, 11, 22)
    months = [estores.month_of(text, today) for text in ("2026-09", "2027-01", "", "2026-13", "x" * 99)]
    assert months == [date(2026, 9, 1), *[date(2026, 11, 1)] * 4]


def test_totals_are_the_sums_of_the_lines() -> None:
    assert estore.rules.totals([estore.Split(REQUEST, 1, 2), estore.Split(REQUEST, 30, 40)]) == (73, 31, 42)


def test_was_left_and_left_at() -> None:
    one, next_day = replace(REQUEST, state="active", began=NOW), NOW + timedelta(days=1)
    assert estore.rules.was_left(one, "data-79", next_day)
    assert not estore.rules.was_left(one, one.offering, next_day)
    assert not estore.rules.was_left(replace(one, kind="pack"), "data-79", next_day)
    assert not estore.rules.was_left(replace(one, began=next_day), "data-79", NOW)
    assert estore.rules.left_at(one, NOW + timedelta(hours=1)) == NOW
    assert estore.rules.left_at(one, next_day) == next_day
