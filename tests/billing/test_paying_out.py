"""What is left when a line has ended is handed to its holder at a counter, once, and never while something can still be charged."""

import asyncio
from typing import Any

import pytest

from onehall.domains import billing, inventory
from onehall.kernel.i18n import show
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from tests.conformance.people import Person
from tests.ground.counter import Counter

STORE = "onehall.gd.gz.s1"
BOOKS = """SELECT p.book || ' ' || p.minor FROM posting p JOIN entry e ON e.home = p.home AND e.id = p.entry
           WHERE e.kind = 'paid_out' ORDER BY p.book"""


async def account_of(counter: Counter, person: Person) -> Any:
    async with counter.store.edge(person.party) as tx:
        (found,) = await billing.queries.accounts(tx, person.party)
    return found


async def ended(counter: Counter) -> tuple[Person, Any]:
    """Somebody whose line has ended with money left; gives them and their account."""
    person = await Person().settle(counter)
    account = await account_of(counter, person)
    line = account.line
    async with counter.store.edge(line) as tx:
        await inventory.actions.terminate_line(tx, await inventory.queries.line(tx, line), "request")
    await counter.settle()
    return person, await account_of(counter, person)


async def pays_out(counter: Counter, account: str) -> Money:
    return await counter.store.run(account, lambda tx: billing.actions.pay_out(tx, account, STORE))


async def books(counter: Counter) -> list[str]:
    async with counter.store.edge(0) as tx:
        return [row[0] for row in await tx.read(BOOKS)]


async def test_a_clerk_hands_over_what_is_left_and_the_account_is_closed(counter: Counter) -> None:
    person, account = await ended(counter)
    minor = account.free.minor
    assert minor > 0
    clerk = person.served_by(counter)
    view = await counter.hall.start(clerk, "balance.pay_out")
    view = await counter.settle(clerk, await counter.answer(clerk, view, {**person.shown, "compared": "yes"}))
    view = await counter.answer(clerk, view, account.id)
    assert view.question and view.question["key"] == "agree" and not view.question["summary"].get("total"), view
    amount = show(Money(minor), "en")
    assert amount in [line["value"] for line in view.question["summary"]["lines"]], "what they get is told, and not as a price"
    said = f"Hand {amount} to the customer."
    view = await counter.answer(clerk, view, True)
    assert view.state == "done" and view.said and view.said["text"] == said
    await counter.settle()
    assert await counter.one("SELECT balance || ' ' || status FROM billing_account WHERE id = $1", account.id) == "0 closed"
    assert await books(counter) == [f"cash {minor}", f"main {-minor}"]
    assert await counter.one("SELECT count(*) FROM event WHERE type = 'billing.paid_out' AND staff = $1", clerk.who.staff) == 1
    again = await counter.hall.start(clerk, "balance.pay_out")
    again = await counter.settle(clerk, await counter.answer(clerk, again, {**person.shown, "compared": "yes"}))
    assert again.said and again.said["text"].startswith("No line of this customer has ended")


async def test_of_two_clerks_at_once_one_pays(counter: Counter) -> None:
    _person, account = await ended(counter)
    paid = await asyncio.gather(*(pays_out(counter, account.id) for _clerk in range(2)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in paid) == ["Money", "Refusal"]
    assert await counter.one("SELECT count(*) FROM entry WHERE kind = 'paid_out'") == 1


@pytest.mark.parametrize("why", ["line", "unbilled", "reserved"])
async def test_nothing_is_paid_out_while_something_may_still_be_charged(counter: Counter, why: str) -> None:
    if why == "line":
        account = await account_of(counter, await Person().settle(counter))
    else:
        _person, account = await ended(counter)
    spoil = {
        "line": "SELECT $1::text",
        "unbilled": "UPDATE billing_account SET unbilled = 1 WHERE id = $1",
        "reserved": "UPDATE billing_account SET reserved = balance WHERE id = $1",
    }[why]
    async with counter.store.edge(account.id) as tx:
        await tx.write(spoil, account.id)
    with pytest.raises(Refusal) as refusal:
        await pays_out(counter, account.id)
    assert (refusal.value.code, refusal.value.status) == ("payout.none", 409)
    assert await counter.one("SELECT status FROM billing_account WHERE id = $1", account.id) == "open"
    assert await books(counter) == []
