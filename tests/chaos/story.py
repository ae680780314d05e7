"""A little of everything, done to its end, so that there is something to break: a line opened and paid, a top-up, money given back."""

from typing import Any

from onehall.domains import billing, engage, fulfilment, sweep
from onehall.kernel.events import Origin
from onehall.kernel.ids import home_of
from onehall.kernel.money import money
from tests.ground.counter import Counter, opened


async def tell(dsn: str) -> None:
    """This will fill a database of the demo operator with the story."""
    async with opened(dsn) as counter:
        await _open_line(counter)
        await _campaign(counter)
        await _top_up(counter)
        await _money_back(counter)
        await _card_sent(counter)
        await counter.to_sim(counter.guest("waits"), document="110101199003070177")
        clerk = await counter.one("SELECT id FROM staff WHERE username = 'clerk-gz'")
        assert len(await sweep.actions.hand_numbers(counter.store, clerk, 2, Origin(channel="field", staff=clerk))) == 2
        await counter.settle()


async def _open_line(counter: Counter) -> None:
    guest = counter.guest("buys")
    view = await counter.to_pay(guest)
    view = await counter.settle(guest, view)
    await _paid(counter, view)
    view = await counter.settle(guest, view)
    assert view.state == "done", view


async def _campaign(counter: Counter) -> None:
    """The customer allows marketing and is told of an offer, by day; then they stop it."""
    now = counter.store.clock.now()
    counter.store.clock.move((engage.rules.quiet_until(now) or now) - now)
    customer = counter.customer(await counter.one("SELECT party FROM product_order WHERE state = 'completed' LIMIT 1"))
    await counter.hall.start(customer, "consent.start")
    texts = {"en": "Ten gigabytes for ten yuan.", "zh-CN": "十元十个G。"}
    async with counter.store.edge(0) as tx:
        one = await engage.actions.make(tx, "Autumn", texts, ("sms",), engage.Audience())
        await engage.actions.move(tx, one.id, "running")
    await counter.settle()
    assert await counter.one("SELECT count(*) FROM campaign_contact WHERE state = 'delivered'") == 1
    await counter.hall.start(customer, "consent.stop")
    await counter.settle()


async def _top_up(counter: Counter) -> None:
    customer = counter.customer(await counter.one("SELECT party FROM product_order WHERE state = 'completed' LIMIT 1"))
    view = await counter.hall.start(customer, "topup", {"amount": "50"})
    view = await counter.settle(customer, view)
    await _paid(counter, view)
    view = await counter.settle(customer, view)
    assert view.state == "done", view


async def _money_back(counter: Counter) -> None:
    """A payment that was paid is given back, and the bank sends it."""
    customer = counter.customer(await counter.one("SELECT party FROM product_order WHERE state = 'completed' LIMIT 1"))
    view = await counter.hall.start(customer, "topup", {"amount": "20"})
    view = await counter.settle(customer, view)
    assert view.question is not None
    payment = view.question["url"].rsplit("/", 1)[1]
    async with counter.store.edge(payment) as tx:
        await billing.actions.lapse(tx, payment)
    await _bank_took(counter, payment)
    async with counter.store.edge(payment) as tx:
        assert await billing.actions.hear(tx, payment, "paid", money(20), f"ref-{payment}") == "late"
    await counter.settle()


async def _card_sent(counter: Counter) -> None:
    """A card that is to be sent was spoilt in writing, and the order waits for another to be picked."""
    guest = counter.guest("at home")
    view = await counter.to_sim(guest, document="110101199003070329")
    for value in ("plastic", "Zhujiang Road 1, Guangzhou", "13900000079", True):
        view = await counter.answer(guest, view, value)
    view = await counter.settle(guest, view)
    await _paid(counter, view)
    await counter.settle()
    await counter.world.sim_writer.switches.turn("fail", 1)
    order = await counter.one("SELECT id FROM product_order WHERE state = 'inProgress'")
    for touch in (fulfilment.actions.centre.pick, fulfilment.actions.centre.write):
        await counter.store.run(home_of(order), lambda tx, touch=touch: touch(tx, order))
        await counter.settle()
    assert await counter.one("SELECT count(*) FROM sim WHERE state = 'spoilt'") == 1


async def _paid(counter: Counter, view: Any) -> None:
    await _bank_took(counter, view.question["url"].rsplit("/", 1)[1])
    await counter.bank_pays(view)


async def _bank_took(counter: Counter, payment: str) -> None:
    async with counter.store.edge(0) as tx:
        await tx.write("UPDATE sim_payment SET status = 'paid', reference = 'ref-' || payment WHERE payment = $1", payment)
