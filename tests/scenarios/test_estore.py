"""J3: a store for an enterprise. Made from a template; shown by company mail; numbers of its own; beyond the budget an approver."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from onehall.domains import estore, inventory
from onehall.domains import party as parties
from onehall.domains.estore import EStore
from onehall.hall import Caller, View
from onehall.kernel.ids import home_for
from onehall.kernel.money import money
from onehall.kernel.refusals import Refusal
from tests.conformance.people import Person
from tests.estore.acme import MANAGER, POOL, acme, asks, counter, goes_on, joins, newcomer
from tests.ground.counter import Counter

__all__ = ["acme", "counter"]  # fixtures


async def test_a_store_is_made_from_its_template_in_one_step(counter: Counter) -> None:
    made = await estore.actions.open_store(counter.store, MANAGER, "campus", "Sun College", "sun-college")
    assert (made.terms.proofs, made.look.colour, made.look.logo, len(made.shelf)) == (("student",), "green", "Su", 3)
    for shelved in made.shelf:
        assert shelved.company == money(0)
        assert shelved.fee == shelved.member
        assert shelved.fee.minor % 100 == 0
    with pytest.raises(Refusal, match="estore.slug_taken"):
        await estore.actions.open_store(counter.store, MANAGER, "enterprise", "Sun", "sun-college")
    assert await counter.one("SELECT count(*) FROM estore WHERE slug = 'sun-college'") == 1


async def test_staff_join_by_mail_choose_from_the_pool_and_pay_only_their_part(counter: Counter, acme: EStore) -> None:
    lan, person = await newcomer(counter, "13900000101"), Person()
    view = await joins(counter, lan, "lan@acme.example")
    assert view.state == "done", view
    view = await asks(counter, lan)
    view = await goes_on(counter, lan, view, person.document)
    assert view.state == "done", view
    await counter.settle()
    # hall-59 at 20 % less is 47.20, in whole yuan 47; half of it is the company's: 23.50 and 23.50
    line = await counter.one("SELECT fee FROM product WHERE kind = 'line' AND party = $1", lan.who.party)
    assert line == 2_350
    assert await counter.one("SELECT minor FROM payment WHERE party = $1 AND status = 'done'", lan.who.party) == 2_350
    ordered = "SELECT (wanted->'charges'->0->'amount'->>'minor')::int FROM product_order WHERE party = $1"
    assert await counter.one(ordered, lan.who.party) == 2_350
    assert await counter.one("SELECT fee FROM subscription WHERE account = $1 AND kind = 'service'", acme.account) == 2_350
    assert await counter.one("SELECT state FROM estore_request") == "active"
    assert await counter.one("SELECT count(*) FROM number WHERE pool = $1 AND state = 'sold'", acme.id) == 1


async def test_beyond_the_budget_somebody_else_decides(counter: Counter, acme: EStore) -> None:
    lan, he, person = await newcomer(counter, "13900000101"), await newcomer(counter, "13900000102"), Person()
    await joins(counter, lan, "lan@acme.example")
    await joins(counter, he, "he@acme.example")
    view = await asks(counter, lan, "hall-99")  # 80.00, of which 40.00 are the company's: more than 30.00
    assert view.state == "waiting", view
    assert await counter.one("SELECT state FROM estore_request") == "asked"
    # she is no approver, and the approver's own request is not before them
    with pytest.raises(Refusal, match="estore.not_approver"):
        await counter.hall.start(lan, "estore.requests")
    decision = await counter.hall.start(he, "estore.requests")
    decision = await counter.answer(he, decision, decision.question["options"][0]["value"])
    decision = await counter.answer(he, decision, "yes")
    decision = await counter.settle(he, decision)
    assert decision.state == "done", decision
    view = await counter.hall.see(lan, view.id)
    view = await goes_on(counter, lan, view, person.document)
    assert view.state == "done", view
    assert await counter.one("SELECT fee FROM product WHERE kind = 'line' AND party = $1", lan.who.party) == 4_000


async def test_nobody_approves_their_own(counter: Counter, acme: EStore) -> None:
    he = await newcomer(counter, "13900000102")
    await joins(counter, he, "he@acme.example")
    view = await asks(counter, he, "hall-99")
    assert view.state == "waiting", view
    refused = await counter.hall.start(he, "estore.requests")
    assert refused.state == "refused" and refused.said and "Nothing waits" in str(refused.said["text"])
    request = await counter.one("SELECT id FROM estore_request")
    async with counter.store.edge(he.who.party) as tx:  # past the list, at the very door
        estore.actions.decide(tx, request, he.who.party or "", True, "", f"{refused.id}/heard")
    await counter.settle()
    assert await counter.one("SELECT state FROM estore_request") == "asked"
    assert await counter.one("SELECT count(*) FROM product_order") == 0


async def test_an_outsider_is_refused_and_sees_nothing(counter: Counter, acme: EStore) -> None:
    stranger = await newcomer(counter, "13900000103")
    with pytest.raises(Refusal, match="estore.outsider"):
        await counter.hall.start(stranger, "estore.buy", {"store": "acme"})
    view = await counter.hall.start(stranger, "estore.join", {"store": "acme"})
    view = await counter.answer(stranger, view, "mail")
    with pytest.raises(Refusal, match="answer.invalid"):
        await counter.answer(stranger, view, "stranger@acme.example.evil.example")
    assert await counter.one("SELECT count(*) FROM estore_member") == 0
    assert await counter.one("SELECT count(*) FROM one_time_code WHERE phone LIKE '%@%'") == 0


async def test_the_pool_never_shows_in_the_public_hall(counter: Counter, acme: EStore) -> None:
    guest, number = counter.guest("a stranger", "web"), POOL[0]
    view = await counter.hall.start(guest, "line.open", {"offer": "hall-59"})
    for words in ("", number[-4:], f"ends {number[-4:]}", f"start {number[:7]}", "has 0009", "no 4"):
        found = await counter.hall.options(guest, view.id, words)
        assert not {one["value"] for one in found} & set(POOL), words
    view = await counter.answer(guest, view, number)
    assert view.question and view.question["key"] == "number", view
    with pytest.raises(Refusal, match="not.found"):
        await inventory.actions.NumberHold().take(counter.store, "j:number_hold:0", {"number": number})
    async with counter.store.edge(home_for(number)) as tx:
        assert not await inventory.actions.numbers.sell_here(tx, number, "order:1", "l" * 24, None)
    assert await counter.one("SELECT count(*) FROM number WHERE pool = $1 AND state <> 'free'", acme.id) == 0
    prices = [option["price_minor"] if "price_minor" in option else option["price"] for option in await plans(counter)]
    assert "¥47.00" not in prices and "¥23.50" not in prices


async def plans(counter: Counter) -> list[dict[str, Any]]:
    """The plans that the public hall shows."""
    shown = await counter.hall.glance(counter.guest("a stranger", "web"), "line.open", limit=200)
    assert shown.question
    return list(shown.question["options"])


async def test_six_openings_of_one_member_are_five_lines(counter: Counter, acme: EStore) -> None:
    async with counter.store.edge(acme.id) as tx:
        await estore.actions.change_terms(tx, acme.id, replace(acme.terms, company_percent=0))
    lan, person = await newcomer(counter, "13900000101"), Person()
    await joins(counter, lan, "lan@acme.example")
    views = [await asks(counter, lan, "hall-59", number) for number in POOL[:6]]
    ended = await asyncio.gather(*(opens(counter, lan, view, person.document) for view in views), return_exceptions=True)
    await counter.settle()
    rows = [await counter.hall.engine.see(view.id) for view in views]
    assert sorted(row.state for row in rows) == ["done"] * 5 + ["refused"], ended
    assert await counter.one("SELECT count(*) FROM product WHERE kind = 'line' AND status = 'active' AND party = $1", lan.who.party) == 5
    assert await counter.one("SELECT count(*) FROM number WHERE pool = $1 AND state = 'sold'", acme.id) == 5
    assert await counter.one("SELECT count(*) FROM number WHERE pool = $1 AND state = 'held'", acme.id) == 0
    assert await counter.one("SELECT count(*) FROM estore_request WHERE state = 'withdrawn'") == 1
    assert await counter.one("SELECT count(*) FROM estore_request WHERE state = 'active'") == 5


async def opens(counter: Counter, caller: Caller, view: View, document: str) -> View:
    """One of many openings at once."""
    return await goes_on(counter, caller, view, document)


async def test_an_order_that_fails_gives_number_and_budget_back(counter: Counter, acme: EStore) -> None:
    lan, person = await newcomer(counter, "13900000101"), Person()
    await joins(counter, lan, "lan@acme.example")
    await counter.world.sim_writer.switches.turn("fail", 50)
    view = await goes_on(counter, lan, await asks(counter, lan, "hall-59", POOL[3]), person.document)
    await counter.settle()
    view = await counter.hall.see(lan, view.id)
    assert view.state == "refused", view
    assert await counter.one("SELECT state FROM estore_request") == "withdrawn"
    assert await counter.one("SELECT state || ' ' || (pool = $1) FROM number WHERE number = $2", acme.id, POOL[3]) == "free true"
    assert await counter.one("SELECT count(*) FROM subscription WHERE account = $1", acme.account) == 0


async def test_a_term_that_ends_ends_the_membership_and_a_closed_line_the_companys_part(counter: Counter, acme: EStore) -> None:
    lan, person = await newcomer(counter, "13900000101"), Person()
    await joins(counter, lan, "lan@acme.example")
    view = await goes_on(counter, lan, await asks(counter, lan), person.document)
    assert view.state == "done", view
    line = await counter.one("SELECT id FROM product WHERE kind = 'line' AND party = $1", lan.who.party)
    async with counter.store.edge(line) as tx:
        await inventory.actions.terminate_line(tx, await inventory.queries.line(tx, line), "request")
    await counter.settle()
    assert await counter.one("SELECT state FROM estore_request") == "ended"
    assert await counter.one("SELECT count(*) FROM subscription WHERE account = $1 AND until IS NULL", acme.account) == 0
    assert await counter.one("SELECT pool FROM number WHERE state = 'resting'") == acme.id
    async with counter.store.edge(acme.id) as tx:
        [member] = await estore.queries.members(tx, acme.id)
        await estore.actions.end_member(tx, acme.id, member.id)
    with pytest.raises(Refusal, match="estore.outsider"):
        await counter.hall.start(lan, "estore.buy", {"store": "acme"})


async def test_of_two_approvers_at_once_one_decides_and_a_second_login_of_the_asker_is_nobody_else(counter: Counter, acme: EStore) -> None:
    """A race of a yes and a no; and somebody who joined twice, the second time as approver under another mail address."""
    async with counter.store.edge(acme.id) as tx:
        more = "key,name,role\nwu@acme.example,Wu Bo,approver\nlan.wei@acme.example,Lan Wei,approver\n"
        await estore.actions.take_list(tx, acme.id, estore.actions.read_sheet(more, ("key", "name"), 100))
    people = {}
    for place, name in enumerate(("lan", "he", "wu", "lan.wei")):
        people[name] = await newcomer(counter, f"1390000040{place}")
        await joins(counter, people[name], f"{name}@acme.example")
    lan, person = people["lan"], Person()
    view = await asks(counter, lan, "hall-99")
    assert view.state == "waiting", view
    for one in (lan, people["lan.wei"]):
        async with counter.store.edge(one.who.party) as tx:
            await parties.actions.take_real_name(tx, one.who.party or "", "李雷", "resident_id", person.document)
    await counter.settle()
    own = await counter.hall.start(people["lan.wei"], "estore.requests")
    own = await counter.answer(people["lan.wei"], own, own.question["options"][0]["value"])
    own = await counter.settle(people["lan.wei"], await counter.answer(people["lan.wei"], own, "yes"))
    assert own.state == "refused" and own.said and "own request" in str(own.said["text"]), own
    assert await counter.one("SELECT state FROM estore_request") == "asked"
    decisions = []
    for name, word in (("he", "yes"), ("wu", "no")):
        one = await counter.hall.start(people[name], "estore.requests")
        one = await counter.answer(people[name], one, one.question["options"][0]["value"])
        decisions.append((people[name], one, word))
    said = await asyncio.gather(*(counter.answer(who, one, word) for who, one, word in decisions))
    await counter.settle()
    states = [(await counter.hall.see(who, one.id)).state for (who, _one, _word), one in zip(decisions, said, strict=True)]
    assert sorted(states) == ["done", "refused"]
    assert await counter.one("SELECT count(*) FROM event WHERE type = 'estore.request_decided'") == 1
    decided = await counter.one("SELECT state FROM estore_request")
    assert decided == ("approved" if states[0] == "done" else "declined")
