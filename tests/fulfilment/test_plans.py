"""Orders are fulfilled step by step; what fails is tried again, or all of it is taken back and the money returned."""

from calendar import monthrange
from datetime import timedelta

import pytest

from onehall.kernel.i18n import ZONE
from tests.ground.counter import Counter

STEPS = "SELECT string_agg(name || ':' || state, ' ' ORDER BY place) FROM fulfilment_step"
LEDGER = "SELECT count(*) FROM (SELECT currency FROM posting GROUP BY currency HAVING sum(minor) <> 0) AS unbalanced"


async def paid(counter: Counter, caller):
    view = await counter.to_pay(caller)
    await counter.bank_pays(view)
    return await counter.settle(caller, view)


async def test_a_line_is_opened_to_the_end(counter: Counter):
    caller = counter.guest()
    done = await paid(counter, caller)
    assert done.state == "done", done.said
    assert await counter.one(STEPS) == (
        "create_line:done allocate:done keep_slot:done write_sim:done activate:done settle:done welcome:done"
    )
    number = done.said["facts"][0]["value"]
    assert await counter.one("SELECT state FROM number WHERE number = $1", number) == "sold"
    assert await counter.one("SELECT state FROM sim_subscriber WHERE number = $1", number) == "active"
    assert await counter.one("SELECT status FROM product WHERE number = $1", number) == "active"
    assert await counter.one("SELECT balance FROM billing_account WHERE number = $1", number) == 0
    assert await counter.one(LEDGER) == 0


async def test_the_first_month_holds_as_much_of_a_plan_as_is_left_of_the_month(counter: Counter):
    now = counter.store.clock.now().astimezone(ZONE)
    days, first = monthrange(now.year, now.month)[1], now.replace(day=1, hour=12)
    middle = (first if now.day < 16 else first + timedelta(days=days)).replace(day=16)
    counter.store.clock.move(middle - now)
    await paid(counter, counter.guest())
    granted = {28: 9509, 29: 9888, 30: 10240, 31: 10571}[monthrange(middle.year, middle.month)[1]]  # of 20480 MB, from the 16th on
    assert await counter.one("SELECT total FROM bucket WHERE kind = 'data_mb' ORDER BY start DESC LIMIT 1") == granted


async def test_a_sim_that_fails_once_is_spoilt_and_another_is_written(counter: Counter):
    await counter.world.sim_writer.switches.turn("fail", 1)
    done = await paid(counter, counter.guest())
    assert done.state == "done"
    assert await counter.one("SELECT count(*) FROM sim_card_written WHERE done") == 1
    assert await counter.one("SELECT count(*) FROM sim WHERE state = 'spoilt'") == 1
    written = "SELECT iccid FROM sim_card_written WHERE done"
    assert await counter.one(f"SELECT count(*) FROM sim WHERE state = 'active' AND iccid IN ({written})") == 1


async def test_a_sim_that_fails_three_times_gives_everything_back(counter: Counter):
    await counter.world.sim_writer.switches.turn("fail", 3)
    caller = counter.guest()
    ended = await paid(counter, caller)
    assert ended.state == "refused" and "could not be written" in ended.said["text"]
    assert await counter.one(STEPS) == (
        "create_line:undone allocate:undone keep_slot:undone write_sim:failed activate:dropped settle:dropped welcome:dropped"
    )
    assert await counter.one("SELECT state FROM product_order") == "failed"
    assert await counter.one("SELECT count(*) FROM number WHERE state = 'held'") == 0
    assert await counter.one("SELECT n.state FROM number n JOIN product p USING (number) WHERE p.status = 'aborted'") == "free"
    assert await counter.one("SELECT count(*) FROM line_slot WHERE line IN (SELECT id FROM product WHERE status = 'aborted')") == 0
    assert await counter.one("SELECT count(*) FROM refund") == 1
    assert await counter.one(LEDGER) == 0


async def test_a_network_that_refuses_takes_back_what_was_done(counter: Counter):
    await counter.world.network.switches.turn("fail", 1)
    ended = await paid(counter, counter.guest())
    assert ended.state == "refused"
    assert await counter.one("SELECT state FROM product_order") == "failed"
    assert await counter.one("SELECT count(*) FROM sim WHERE state = 'spoilt'") == 1
    assert await counter.one("SELECT count(*) FROM refund") == 1


async def test_a_network_that_is_away_is_asked_again_later(counter: Counter):
    await counter.world.network.switches.turn("later", 2)
    caller = counter.guest()
    view = await paid(counter, caller)
    assert view.state == "waiting"
    for _try in range(4):
        counter.store.clock.move(timedelta(seconds=30))
        view = await counter.settle(caller, view)
    assert view.state == "done"


@pytest.mark.parametrize("switched", [False, True])
async def test_an_order_is_cancelled_until_it_is_switched_on(counter: Counter, switched: bool):
    if not switched:
        await counter.world.sim_writer.switches.turn("later", 1)
    caller = counter.guest()
    view = await paid(counter, caller)
    order = await counter.one("SELECT id FROM product_order")
    customer = counter.customer(await counter.one("SELECT party FROM product_order"))
    asked = await counter.hall.start(customer, "order.cancel")
    if switched:
        assert asked.state == "refused"
        return
    asked = await counter.answer(customer, asked, order)
    asked = await counter.answer(customer, asked, True)
    assert asked.state == "done"
    counter.store.clock.move(timedelta(minutes=1))
    view = await counter.settle(caller, view)
    assert view.state == "refused"
    assert await counter.one("SELECT state FROM product_order") == "cancelled"
    assert await counter.one("SELECT count(*) FROM sim_subscriber WHERE state = 'active'") == 0
    assert await counter.one("SELECT count(*) FROM refund") == 1


async def test_an_event_that_comes_twice_plans_once(counter: Counter):
    from onehall.domains import fulfilment

    done = await paid(counter, counter.guest())
    order = await counter.one("SELECT id FROM product_order")
    async with counter.store.edge(order) as tx:
        await fulfilment.actions.begin(tx, order, "line.open")
        await fulfilment.actions.done(tx, order, "settle", {})
    await counter.settle()
    assert done.state == "done"
    assert await counter.one("SELECT count(*) FROM fulfilment_step") == 7
    assert await counter.one("SELECT count(*) FROM entry WHERE kind = 'fee' AND once NOT LIKE 'demo fee:%'") == 1
