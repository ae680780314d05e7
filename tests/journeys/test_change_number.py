"""A line takes another number: chosen, held, agreed to, sold; the phone, the login and the network follow, the old one rests."""

import pytest

from onehall.domains import billing
from onehall.domains.billing.rules import check_owes_nothing
from onehall.kernel.functions import Proof
from onehall.kernel.identity.names import PHONE, party_of
from onehall.kernel.ids import home_for
from onehall.kernel.money import Money, money
from onehall.kernel.refusals import Refusal
from tests.conformance.people import Person
from tests.ground.counter import Counter

STATE = "SELECT concat_ws(' ', state, line) FROM number WHERE number = $1"


async def login(counter: Counter, number: str) -> str | None:
    """Whom a number logs in."""
    async with counter.store.edge(home_for(number)) as tx:
        return await party_of(tx, PHONE, number)


async def subscriber(counter: Counter, number: str) -> str | None:
    """How the network knows a number."""
    found = await counter.world.network.subscriber(number)
    return str(found["state"]) if found else None


async def test_a_number_is_changed_and_everything_follows(counter: Counter) -> None:
    person = await Person().settle(counter)
    await counter.settle()
    caller = person.logged_in(counter, "web", Proof.REAL_NAME)
    line = await counter.one("SELECT id FROM product WHERE number = $1", person.number)
    view = await counter.hall.start(caller, "number.change")
    assert view.question and view.question["key"] == "number" and not [one for one in view.question["options"] if one.get("badge")]
    new = view.question["options"][0]["value"]
    view = await counter.answer(caller, view, new)
    assert (await counter.one(STATE, new)).startswith("held")
    summary = view.question["summary"] if view.question else {}
    assert [each["value"] for each in summary["lines"][:2]] == [person.number, new] and summary.get("total") is None
    view = await counter.answer(caller, view, True)
    view = await counter.settle(caller, view)
    assert view.state == "done" and view.said and view.said["text"] == f"Your number is now {new}. Switch your phone off and on again."
    assert await counter.one("SELECT number FROM product WHERE id = $1", line) == new
    assert await counter.one(STATE, new) == f"sold {line}" and (await counter.one(STATE, person.number)).startswith("resting")
    assert (await login(counter, new), await login(counter, person.number)) == (person.party, None)
    assert await counter.one("SELECT phone FROM party WHERE id = $1", person.party) == new
    assert (await subscriber(counter, new), await subscriber(counter, person.number)) == ("active", "gone")
    assert await counter.one("SELECT balance FROM billing_account WHERE party = $1 AND number = $2", person.party, new) == 44_100


async def test_a_nice_number_is_not_had_this_way(counter: Counter) -> None:
    person = await Person().settle(counter)
    caller = person.logged_in(counter, "web", Proof.REAL_NAME)
    view = await counter.hall.start(caller, "number.change")
    again = await counter.answer(caller, view, "18600018888")
    assert again.question and again.question["key"] == "number" and again.question["why"]
    assert await counter.one(STATE, "18600018888") == "free"


async def test_who_owes_pays_first(counter: Counter) -> None:
    person = await Person().settle(counter)
    await counter.settle()
    async with counter.store.edge(person.party) as tx:
        owes = "UPDATE billing_account SET balance = -500, floor = -500 WHERE home = $1 AND party = $2"
        await tx.write(owes, tx.home, person.party)
    async with counter.store.edge(person.party) as tx:
        owed = await billing.queries.arrears(tx, person.party)
    caller = person.logged_in(counter, "web", Proof.REAL_NAME)
    view = await counter.hall.start(caller, "number.change")
    assert owed == money(5) and view.state == "refused" and view.said
    assert view.said["text"] == "¥5.00 is owed. Please pay it first."
    with pytest.raises(Refusal, match="arrears"):
        check_owes_nothing(money(1))
    check_owes_nothing(Money(0))


async def test_the_number_is_gone_at_the_last_moment(counter: Counter) -> None:
    """Its hold is lost behind the house's back: the line keeps the number that it has, and the customer is told."""
    person = await Person().settle(counter)
    await counter.settle()
    caller = person.logged_in(counter, "web", Proof.REAL_NAME)
    view = await counter.hall.start(caller, "number.change")
    new = view.question["options"][1]["value"] if view.question else ""
    view = await counter.answer(caller, view, new)
    view = await counter.answer(caller, view, True)
    async with counter.store.edge(home_for(new)) as tx:
        await tx.write("UPDATE number SET token = 'somebody' WHERE home = $1 AND number = $2", tx.home, new)
    view = await counter.settle(caller, view)
    assert view.state == "refused" and view.said and view.said["text"].startswith("The number could not be changed.")
    assert await counter.one("SELECT count(*) FROM product WHERE number = $1 AND status = 'active'", person.number) == 1
    assert await login(counter, person.number) == person.party
