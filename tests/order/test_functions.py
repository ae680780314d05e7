"""What a customer orders for a line: packs, another plan, and the orders themselves."""

from datetime import timedelta

import pytest

from onehall.domains import catalogue
from onehall.domains import order as orders
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import counting
from tests.ground.counter import Counter

NUMBER = "18600010001"  # a demo customer on hall-59 with 86.50 on the account


async def customer(counter: Counter):
    party = await counter.one("SELECT party FROM product WHERE number = $1", NUMBER)
    return counter.customer(party)


async def test_a_pack_is_taken_from_the_balance_when_there_is_enough(counter: Counter):
    caller = await customer(counter)
    view = await counter.hall.start(caller, "pack.add", {"pack": "pack-data-2"})
    price = await counter.one("SELECT balance FROM billing_account WHERE number = $1", NUMBER)
    view = await counter.answer(caller, view, True)
    assert view.state == "done"
    await counter.settle()
    assert await counter.one("SELECT state FROM product_order") == "completed"
    cost = await counter.one("SELECT (wanted->'charges'->0->'amount'->>'minor')::int FROM product_order")
    assert cost > 0 and await counter.one("SELECT balance FROM billing_account WHERE number = $1", NUMBER) == price - cost
    assert await counter.one("SELECT count(*) FROM bucket WHERE of IN (SELECT id FROM product WHERE offering = 'pack-data-2')") == 1


async def test_a_pack_that_the_balance_does_not_cover_is_paid_for(counter: Counter):
    caller = await customer(counter)
    async with counter.store.edge(0) as tx:
        await tx.write("UPDATE billing_account SET balance = 0 WHERE number = $1", NUMBER)
    view = await counter.answer(caller, await counter.hall.start(caller, "pack.add", {"pack": "pack-data-2"}), True)
    assert view.question["kind"] == "pay"
    await counter.bank_pays(view)
    view = await counter.settle(caller, view)
    assert view.state == "done"
    assert await counter.one("SELECT state FROM product_order") == "completed"
    assert await counter.one("SELECT balance FROM billing_account WHERE number = $1", NUMBER) == 0


async def test_a_pack_is_dropped_with_what_is_left_of_it(counter: Counter):
    caller = await customer(counter)
    await counter.answer(caller, await counter.hall.start(caller, "pack.add", {"pack": "pack-data-2"}), True)
    await counter.settle()
    view = await counter.hall.start(caller, "pack.drop")
    view = await counter.answer(caller, view, view.question["options"][0]["value"])
    view = await counter.answer(caller, view, True)
    await counter.settle()
    assert await counter.one("SELECT status FROM product WHERE offering = 'pack-data-2'") == "terminated"
    left = "SELECT count(*) FROM bucket WHERE status = 'active' AND of = (SELECT id FROM product WHERE offering = 'pack-data-2')"
    assert await counter.one(left) == 0


async def test_a_plan_changes_on_the_first_of_next_month(counter: Counter):
    caller = await customer(counter)
    view = await counter.hall.start(caller, "plan.change", {"offer": "hall-99"})
    assert view.question["kind"] == "confirm"
    view = await counter.answer(caller, view, True)
    await counter.settle()
    assert await counter.one("SELECT offering FROM product WHERE number = $1", NUMBER) == "hall-59"
    counter.store.clock.move(timedelta(days=32))
    await counter.settle()
    assert await counter.one("SELECT offering FROM product WHERE number = $1", NUMBER) == "hall-99"


async def test_what_leaving_a_contract_early_costs_is_shown_before_it_is_agreed_to(counter: Counter):
    caller = await customer(counter)
    view = await counter.hall.start(caller, "plan.change", {"offer": "data-199"})
    assert view.question["kind"] == "confirm" and view.question["summary"]["terms"][1:] == [
        "The contract runs for 24 months.", "Who leaves early pays 50% of ¥99.00 for each month that remains.",
        "Who leaves early pays discounts of the contract back, for the months that remain.",
    ]  # fmt: skip
    view = await counter.hall.start(caller, "plan.change", {"offer": "hall-99"})
    assert [words for words in view.question["summary"]["terms"] if "early" in words] == []


async def test_placing_an_order_is_one_statement(counter: Counter):
    view = await counter.to_pay(counter.guest())
    party = await counter.one("SELECT party FROM journey WHERE id = $1", view.id)
    plan_price = await counter.one("SELECT entries->0->'value'->'holds'->>'price_id' FROM journey WHERE id = $1", view.id)
    wanted = orders.Wanted(kind="line.open", party=party, offering="hall-59", price_id=plan_price)
    with counting() as statements:
        async with counter.store.edge(party) as tx:
            await orders.actions.place(tx, wanted=wanted)
    assert len(statements) <= 4, statements
    assert len(statements) == 1 or "catalogue_version" in " ".join(statements), statements


async def test_what_is_not_on_sale_is_not_ordered(counter: Counter):
    async with counter.store.edge(7) as tx:
        kind = [{"name": "kind", "productSpecCharacteristicValue": [{"value": "pack"}]}]
        await catalogue.actions.put(tx, "old", {"name": "Old", "lifecycleStatus": "Retired", "prodSpecCharValueUse": kind})
    async with counter.store.edge(7) as tx:
        wanted = orders.Wanted(kind="pack.add", party=tx.new_id(), offering="old", line=tx.new_id())
        with pytest.raises(Refusal) as no:
            await orders.actions.place(tx, wanted=wanted)
    assert (no.value.code, no.value.status) == ("offering.not_on_sale", 409)
    assert await counter.one("SELECT count(*) FROM product_order") == 0


async def test_my_orders_shows_only_mine(counter: Counter):
    caller = await customer(counter)
    await counter.answer(caller, await counter.hall.start(caller, "pack.add", {"pack": "pack-data-2"}), True)
    mine = await counter.hall.start(caller, "orders.mine")
    assert len(mine.said["facts"]) == 1
    other = await counter.one("SELECT party FROM product WHERE number = '18600020001'")
    assert (await counter.hall.start(counter.customer(other), "orders.mine")).said["facts"] == []


async def test_a_bound_plan_is_not_changed_and_says_until_when(counter: Counter):
    caller = await customer(counter)
    async with counter.store.edge(0) as tx:
        await tx.write("UPDATE product SET contract_until = now() + interval '90 days' WHERE number = $1", NUMBER)
    view = await counter.hall.start(caller, "plan.change", {"offer": "hall-99"})
    assert view.state == "refused" and "contract" in view.said["text"]
    assert await counter.one("SELECT count(*) FROM product_order") == 0
