"""A card that comes back, of an order with which nothing was paid: where the money goes that the line was topped up with."""

from datetime import timedelta

import pytest

from onehall.domains import billing, catalogue
from onehall.domains import order as orders
from onehall.domains import party as parties
from onehall.domains.fulfilment.actions import centre
from onehall.kernel.ids import home_for
from onehall.kernel.money import Money
from tests.fulfilment.test_sent_cards import ADDRESS, PHONE, UNBALANCED, does, made
from tests.ground.counter import Counter

ACCOUNT = """SELECT b.balance || ' ' || b.status FROM billing_account b JOIN product p ON p.home = b.home AND p.account = b.id
             WHERE p.number = $1"""


async def ordered_to_pay_later(counter: Counter, holder: str) -> tuple[str, str]:
    """A program orders a line with a card that is to be sent, and nothing is paid yet; gives the order and its number."""
    number = await counter.one("SELECT number FROM number WHERE state = 'free' AND tier = 0 AND pool IS NULL LIMIT 1")
    async with counter.store.edge(holder) as tx:
        offering = await catalogue.queries.check_on_sale(tx, "hall-59")
        charges = (orders.Charge("fee", "First month", offering.fee),)
        wanted = orders.Wanted(
            kind="line.open", party=holder, offering=offering.id, name=offering.name, price_id=offering.price_id, number=number,
            sim="plastic", charges=charges, contact=PHONE, send_to=ADDRESS,
        )  # fmt: skip
        order = (await orders.actions.place(tx, wanted=wanted)).order
    await counter.settle()
    return order, number


async def tops_up(counter: Counter, number: str, yuan: str) -> str:
    """Somebody, a guest, tops a number up and pays online; gives the payment."""
    caller = counter.guest()
    view = await counter.settle(caller, await counter.hall.start(caller, "topup", {"amount": yuan, "number": number}))
    await counter.bank_pays(view)
    assert (await counter.settle(caller, view)).state == "done"
    return view.question["url"].rsplit("/", 1)[1]


async def comes_back(counter: Counter, order: str) -> None:
    """A person lets the order pass, and nobody takes the card for 72 hours."""
    await does(counter, order, centre.approve)
    await made(counter, order)
    counter.store.clock.move(timedelta(hours=72, seconds=5))
    await counter.settle()
    assert await counter.one("SELECT state FROM product_order WHERE id = $1", order) == "failed"


async def holder(counter: Counter) -> str:
    """Somebody who has shown who they are, elsewhere."""
    async with counter.store.edge(home_for(PHONE)) as tx:
        return await parties.actions.register_prospect(tx, PHONE, "en")


async def test_what_the_line_was_topped_up_with_goes_back_with_the_card(counter: Counter) -> None:
    """Nothing was paid with the order, so the first payment is a top-up; it must not lie on the account of a line that never was."""
    order, number = await ordered_to_pay_later(counter, await holder(counter))
    first, second = await tops_up(counter, number, "50"), await tops_up(counter, number, "30")
    _batch, chunks = await billing.actions.make_cards(counter.store, 1, Money(2_000), counter.store.clock.now() + timedelta(days=90))
    ((_serial, pin),) = [one async for chunk in chunks for one in chunk]
    by_card = await counter.hall.start(counter.guest(), "card.topup", {"number": number, "pin": pin})
    assert by_card.state == "done", by_card
    await counter.settle()
    assert await counter.one(ACCOUNT, number) == "10000 open"  # 50 + 30 + 20 yuan
    await comes_back(counter, order)
    back = "SELECT string_agg(payment || ' ' || minor, ', ' ORDER BY minor) FROM refund"
    assert await counter.one(back) == f"{second} 3000, {first} 5000"
    assert await counter.one("SELECT status || coalesce(account, '') FROM card") == "new"  # good for another line
    assert await counter.one(ACCOUNT, number) == "0 closed"
    assert await counter.one("SELECT count(*) FROM number_account WHERE number = $1 AND account IS NOT NULL", number) == 0
    assert await counter.one(UNBALANCED) == 0
    assert await counter.one("SELECT coalesce(sum(minor), 0) FROM posting WHERE book = 'transit'") == 0
    assert await counter.one("SELECT sum(received - spent) FROM payment WHERE id IN ($1, $2)", first, second) == 0
    assert await counter.one("SELECT count(*) FROM job WHERE state = 'dead'") == 0


@pytest.mark.parametrize("has_another", [True, False])
async def test_what_has_no_payer_goes_to_another_account_of_the_holder_or_stays(counter: Counter, has_another: bool) -> None:
    whose = await holder(counter)
    order, number = await ordered_to_pay_later(counter, whose)
    account = await counter.one("SELECT account FROM product WHERE number = $1", number)
    async with counter.store.edge(whose) as tx:
        other = await billing.actions.open_account(tx, whose, number="13800000088") if has_another else None
        await billing.actions.received_by_partner(tx, account, Money(3_000), "p1", "partner:1", {"id": tx.new_id()})
    await counter.settle()
    await comes_back(counter, order)
    assert await counter.one(ACCOUNT, number) == ("0 closed" if has_another else "3000 open")
    if other:
        assert await counter.one("SELECT balance FROM billing_account WHERE id = $1", other.id) == 3_000
    assert await counter.one("SELECT count(*) FROM refund") == 0
    pays_into = "SELECT count(*) FROM number_account WHERE number = $1 AND account IS NOT NULL"
    assert await counter.one(pays_into, number) == 0  # whoever has the number next is not paid for there
    assert await counter.one(UNBALANCED) == 0
    assert await counter.one("SELECT coalesce(sum(minor), 0) FROM posting WHERE book = 'transit'") == 0
