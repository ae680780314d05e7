"""When the world stays out of reach until every try is used up, nobody is left waiting: what was done is undone, the money goes back."""

from datetime import timedelta

from onehall.adapters.switches import Switches
from tests.ground.counter import Counter

NEVER = 1_000_000
TRIES = 12  # more than any work is tried


async def _hours(counter: Counter) -> None:
    for _try in range(TRIES):
        counter.store.clock.move(timedelta(minutes=11))
        await counter.settle()


async def _until_done(counter: Counter, step: str) -> None:
    worker = counter.house.worker
    assert worker is not None
    while await counter.one("SELECT state FROM fulfilment_step WHERE name = $1", step) != "done":
        for job, lease in await worker._claim(1):
            await worker._do(job, lease)


async def test_a_sim_writer_that_never_answers_fails_the_order_and_the_money_goes_back(counter: Counter) -> None:
    guest = counter.guest()
    view = await counter.settle(guest, await counter.to_pay(guest))
    await Switches(counter.store, "sim_writer").turn("later", NEVER)
    payment = view.question["url"].rsplit("/", 1)[1]
    async with counter.store.edge(0) as tx:
        await tx.write("UPDATE sim_payment SET status = 'paid', reference = 'ref-' || payment WHERE payment = $1", payment)
    await counter.bank_pays(view)
    assert (await counter.settle(guest, view)).state == "waiting"
    await _hours(counter)
    assert (await counter.hall.see(guest, view.id)).state == "refused"
    assert await counter.one("SELECT state FROM product_order") == "failed"
    assert await counter.one("SELECT received - spent FROM payment WHERE id = $1", payment) == 0
    assert await counter.one("SELECT status FROM refund WHERE payment = $1", payment) == "done"
    assert await counter.one("SELECT count(*) FROM sim WHERE state IN ('reserved', 'written')") == 0
    assert await counter.one("SELECT count(*) FROM sim WHERE state = 'spoilt'") == 1
    assert await counter.one("SELECT kind FROM job WHERE state = 'dead'") == "fulfilment.write_sim"


async def test_a_network_that_never_answers_does_not_keep_the_rest_from_being_undone(counter: Counter) -> None:
    guest = counter.guest()
    view = await counter.settle(guest, await counter.to_pay(guest))
    await counter.bank_pays(view)
    await _until_done(counter, "write_sim")
    async with counter.store.edge(0) as tx:  # so that the step after the network's cannot be done
        await tx.write("UPDATE payment SET spent = received WHERE received > 0")
    await _until_done(counter, "activate")
    await Switches(counter.store, "network").turn("later", NEVER)
    await _hours(counter)
    assert await counter.one("SELECT state FROM product_order") == "failed"
    assert await counter.one("SELECT string_agg(state, ' ' ORDER BY place) FROM fulfilment_step") == (
        "undone undone undone undone undone failed dropped"
    )
    assert await counter.one("SELECT kind FROM job WHERE state = 'dead' AND kind LIKE 'undo.%'") == "undo.activate"
