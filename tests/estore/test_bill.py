"""One split bill: the company's part of every line on its own bill, the rest with each member."""

from datetime import timedelta

from onehall.domains import billing, estore
from onehall.domains.estore import EStore
from onehall.kernel.i18n import ZONE
from onehall.kernel.money import money
from tests.conformance.people import Person
from tests.ground.counter import Counter
from tests.scenarios.test_estore import acme, asks, counter, goes_on, joins, newcomer

__all__ = ["acme", "counter"]  # fixtures of the story


async def test_one_bill_for_the_company_and_the_rest_for_each_member(counter: Counter, acme: EStore) -> None:
    for place, address in enumerate(("lan@acme.example", "he@acme.example")):
        caller, person = await newcomer(counter, f"1390000020{place}"), Person()
        await joins(counter, caller, address)
        view = await goes_on(counter, caller, await asks(counter, caller, "hall-59"), person.document)
        assert view.state == "done", view
    await counter.settle()
    month = counter.store.clock.now().astimezone(ZONE).date().replace(day=1)
    async with counter.store.edge(acme.id) as tx:
        stands = await estore.queries.statement(tx, acme.id, month)
    assert estore.rules.totals(stands) == (2 * 4_700, 2 * 2_350, 2 * 2_350)
    counter.store.clock.move(timedelta(days=32))
    async with counter.store.edge(acme.id) as tx:
        made = await billing.actions.bills.bill_accounts(tx, [acme.account], [month], {})
    [bill] = made.bills
    assert bill.amount == money(47)  # 2 * 23.50, on one bill of the company
    assert [line.minor for line in bill.lines] == [2_350, 2_350]
