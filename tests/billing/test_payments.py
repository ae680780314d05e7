"""Payments: posted once however often and in whatever order the bank tells of them; late money goes back aloud."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onehall.adapters.payment.notices import SIGNATURE, TIME, sign
from onehall.domains import billing
from onehall.domains.billing.actions import hear
from onehall.kernel.i18n import ZONE, Text
from onehall.kernel.ids import new_id
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.ports.payment import Paid
from tests.billing.bank import Books

LATE = timedelta(minutes=16)


async def test_a_payment_is_asked_for_paid_at_the_bank_and_heard_of(books: Books) -> None:
    payment = await books.ask(50)
    async with httpx.AsyncClient(base_url=books.url, trust_env=False) as browser:
        first = await browser.get(f"/pay/{payment.id}")
        assert (first.status_code, first.headers["location"]) == (303, f"{books.url}/sim/bank/{payment.id}")
        page = await browser.get(first.headers["location"])
        assert "¥50.00" in page.text and 'value="pay"' in page.text
        pressed = await browser.post(first.headers["location"], data={"do": "pay"})
        assert (pressed.status_code, pressed.headers["location"]) == (303, f"/pay/{payment.id}")
        await books.settle()
        assert "Paid. Thank you" in (await browser.get(f"/pay/{payment.id}")).text
    found = await books.payment(payment.id)
    assert (found.status, found.method, found.received, found.spent) == ("done", "online", 5000, 0)
    assert await books.sums() == {"clearing": -5000, "advance": 5000}
    assert len(await books.rows("SELECT 1 FROM event WHERE type = 'payment.received'")) == 1


@pytest.mark.parametrize("switch", ["doubled", "delay_ms", "slow_ms"])
async def test_whatever_the_bank_does_it_is_posted_once(books: Books, switch: str) -> None:
    await books.bank.switches.turn(switch, 50)
    payment = await books.ask(50)
    await books.pay(payment.id)
    assert (await books.payment(payment.id)).status == "done"
    assert await books.sums() == {"clearing": -5000, "advance": 5000}


async def test_reordered_notices_each_reach_their_payment(books: Books) -> None:
    await books.bank.switches.turn("reordered", 1)
    first, second = await books.ask(50, once="a"), await books.ask(30, once="b")
    await books.bank.pay(first.id)
    await books.settle()
    assert (await books.payment(first.id)).status == "pending"
    await books.pay(second.id)
    assert [(await books.payment(one.id)).status for one in (first, second)] == ["done", "done"]
    assert await books.sums() == {"clearing": -8000, "advance": 8000}


async def test_a_lost_notice_is_found_when_the_time_is_over(books: Books) -> None:
    await books.bank.switches.turn("lost", 1)
    payment = await books.ask(50)
    await books.pay(payment.id)
    assert (await books.payment(payment.id)).status == "pending"
    books.store.clock.move(LATE)
    await books.settle()
    assert (await books.payment(payment.id)).status == "done"


async def test_a_lost_notice_is_found_in_the_file_of_the_day(books: Books) -> None:
    await books.bank.switches.turn("lost", 1)
    payment = await books.ask(50)
    await books.pay(payment.id)
    async with books.store.edge(0) as tx:
        for _time in range(2):
            tx.later("payment.reconcile", {"day": tx.now.astimezone(ZONE).date()})
    await books.settle()
    assert (await books.payment(payment.id)).status == "done"
    lines = await books.bank.file_of(books.store.clock.now().astimezone(ZONE).date())
    assert [(line.kind, line.payment, line.amount) for line in lines] == [("payment", payment.id, Money(5000))]
    assert await books.sums() == {"clearing": -5000, "advance": 5000}


async def test_unpaid_it_expires_and_the_checkout_is_closed(books: Books) -> None:
    payment = await books.ask(50)
    books.store.clock.move(LATE)
    await books.settle()
    assert (await books.payment(payment.id)).status == "expired"
    with pytest.raises(Refusal, match="payment.closed"):
        await books.bank.pay(payment.id)
    assert await books.sums() == {}


async def test_money_after_the_end_goes_back_and_the_customer_is_told(books: Books) -> None:
    account = await books.account(number="13800000001")
    payment = await books.ask(50, party=account.party)
    await books.do(payment.id, billing.actions.lapse, payment.id)
    await books.do(payment.id, hear, payment.id, "paid", Money(5000), "ref-1")  # the bank took it all the same
    await books.do(payment.id, hear, payment.id, "paid", Money(5000), "ref-1")
    found = await books.payment(payment.id)
    assert (found.status, found.received, found.spent) == ("late", 5000, 5000)
    assert await books.rows("SELECT minor, method, status FROM refund") == [{"minor": 5000, "method": "online", "status": "requested"}]
    assert await books.sums() == {"clearing": -5000, "refunds": 5000}


async def test_a_payment_that_the_bank_has_is_sent_back_by_the_bank(books: Books) -> None:
    account = await books.account(number="13800000001")
    payment = await books.ask(50, party=account.party)
    await books.pay(payment.id)
    for _time in range(2):
        await books.do(payment.id, billing.actions.give_back, payment.id, Text("It could not be done."))
    await books.settle()
    assert [row["status"] for row in await books.rows("SELECT status FROM refund")] == ["done"]
    assert await books.sums() == {}
    assert len(await books.rows("SELECT 1 FROM sim_refund")) == 1


async def test_a_bank_that_will_not_send_it_back_leaves_it_to_the_counter(books: Books) -> None:
    payment = await books.ask(50)
    await books.pay(payment.id)
    await books.bank.switches.turn("fail", 1)
    await books.do(payment.id, billing.actions.give_back, payment.id, Text("No."))
    await books.settle()
    assert [row["status"] for row in await books.rows("SELECT status FROM refund")] == ["failed"]
    assert await books.do(payment.id, billing.actions.hand_over, payment.id, "onehall.s1") == Money(5000)
    assert await books.sums() == {"clearing": -5000, "cash": 5000}
    with pytest.raises(Refusal, match="refund.none"):
        await books.do(payment.id, billing.actions.hand_over, payment.id, "onehall.s1")


async def test_a_bank_that_is_down_is_asked_again_later(books: Books) -> None:
    await books.bank.switches.turn("down", 1)
    payment = await books.ask(50)
    assert (await books.payment(payment.id)).url is None
    await books.bank.switches.turn("down", None)
    books.store.clock.move(timedelta(seconds=3))
    await books.settle()
    assert (await books.payment(payment.id)).url == f"{books.url}/sim/bank/{payment.id}"


async def test_a_bank_that_will_not_open_a_checkout_ends_the_payment(books: Books) -> None:
    await books.bank.switches.turn("down", 1)
    payment = await books.ask(50)
    for _try in range(9):
        books.store.clock.move(timedelta(minutes=10))
        await books.settle()
    assert (await books.payment(payment.id)).status == "expired"


async def test_a_declined_card_ends_the_payment(books: Books) -> None:
    payment = await books.ask(50)
    await books.bank.decline(payment.id)
    await books.settle()
    assert (await books.payment(payment.id)).status == "failed"
    assert await books.sums() == {}


async def test_another_amount_is_refused(books: Books) -> None:
    payment = await books.ask(50)
    with pytest.raises(Refusal, match="payment.amount"):
        await books.do(payment.id, hear, payment.id, "paid", Money(4999), "r")
    assert (await books.payment(payment.id)).status == "pending"
    assert await books.sums() == {}


async def test_the_counter_takes_cash_once_and_says_who_and_where(books: Books) -> None:
    payment = await books.ask(50)
    take = billing.actions.take_here
    for _time in range(2):
        taken = await books.do(payment.id, take, payment.id, method="cash", staff="s1", unit="onehall.gd.gz.s1")
        assert taken == {"paid": True, "payment": payment.id}
    await books.settle()
    assert (await books.bank.checkout(payment.id)).status == "closed"  # so that nobody pays there a second time
    found = await books.payment(payment.id)
    assert (found.status, found.method, found.staff, found.unit) == ("done", "cash", "s1", "onehall.gd.gz.s1")
    assert await books.sums() == {"cash": -5000, "advance": 5000}
    with pytest.raises(Refusal, match="payment.closed"):
        await books.do(payment.id, take, payment.id, method="card", staff="s1", unit=None)


async def test_nobody_but_staff_takes_cash(books: Books) -> None:
    payment = await books.ask(50)
    with pytest.raises(Refusal, match="forbidden"):
        await books.do(payment.id, billing.actions.take_here, payment.id, method="cash", staff=None, unit=None)
    assert (await books.payment(payment.id)).status == "pending"


async def test_paid_at_the_counter_and_at_the_bank_the_second_goes_back(books: Books) -> None:
    payment = await books.ask(50)
    await books.bank.pay(payment.id)
    await books.do(payment.id, billing.actions.take_here, payment.id, method="cash", staff="s1", unit="u")
    await books.settle()
    found = await books.payment(payment.id)
    assert (found.status, found.received, found.spent) in (("done", 10000, 5000), ("done", 5000, 0))
    if found.received == 10000:
        assert await books.sums() == {"cash": -5000, "advance": 5000}


async def test_cash_goes_back_over_the_counter(books: Books) -> None:
    payment = await books.ask(50)
    await books.do(payment.id, billing.actions.take_here, payment.id, method="cash", staff="s1", unit="u")
    await books.do(payment.id, billing.actions.give_back, payment.id, Text("No."))
    await books.settle()
    assert await books.sums() == {"cash": -5000, "refunds": 5000}
    assert await books.do(payment.id, billing.actions.hand_over, payment.id, "u") == Money(5000)
    assert await books.sums() == {}


async def test_an_open_payment_is_voided(books: Books) -> None:
    payment = await books.ask(50)
    for _time in range(2):
        await books.do(payment.id, billing.actions.give_back, payment.id, Text("No."))
    await books.settle()
    assert (await books.payment(payment.id)).status == "voided"
    assert (await books.bank.checkout(payment.id)).status == "closed"
    assert await books.rows("SELECT 1 FROM refund") == []


@pytest.mark.parametrize("forged", ["signature", "old", "none", "form"])
async def test_a_notice_that_is_not_the_banks_is_refused(books: Books, forged: str) -> None:
    payment = await books.ask(50)
    body = b'{"payment":"%s","status":"paid","amount":{"minor":5000,"currency":"CNY"},"reference":"x"}' % payment.id.encode()
    body = b"[]" if forged == "form" else body
    at = str(int(books.store.clock.now().timestamp()) - (301 if forged == "old" else 0))
    key = b"k" * 32 if forged == "signature" else books.bank._sign_key()
    headers = {} if forged == "none" else {TIME: at, SIGNATURE: sign(key, at, body)}
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"{books.url}/payments/notice", content=body, headers=headers)
    assert answer.status_code == (400 if forged == "form" else 401)
    assert (await books.payment(payment.id)).status == "pending"


async def test_a_notice_of_nothing_we_know_is_not_found(books: Books) -> None:
    for id_ in (new_id(3, books.store.clock.now()), "x", ""):
        assert await books.bank.notices.post(Paid(id_, "paid", Money(1), "r")) == 404


async def test_a_repeated_notice_is_answered_200(books: Books) -> None:
    payment = await books.ask(50)
    await books.bank.pay(payment.id)
    paid = (await books.bank.checkout(payment.id)).paid
    assert [await books.bank.notices.post(paid) for _ in range(3)] == [200, 200, 200]
    assert await books.sums() == {"clearing": -5000, "advance": 5000}


async def test_twenty_notices_at_once_are_posted_once(books: Books) -> None:
    payment = await books.ask(50)
    said = await asyncio.gather(*(books.do(payment.id, hear, payment.id, "paid", Money(5000), "r") for _ in range(20)))
    assert sorted(said) == ["done"] + ["repeated"] * 19
    assert await books.sums() == {"clearing": -5000, "advance": 5000}


TALES = st.lists(st.sampled_from(["paid", "paid", "failed", "closed", "again", "lapse", "back", "counter", "use"]), min_size=1, max_size=9)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tale=TALES, at_once=st.booleans())
async def test_whatever_happens_in_whatever_order_no_fen_is_lost_or_made(books: Books, tale: list[str], at_once: bool) -> None:
    account = await books.account()
    payment = await books.ask(50, once=new_id(7, books.store.clock.now()))
    act = billing.actions
    steps = {
        "paid": lambda: books.do(7, hear, payment.id, "paid", Money(5000), "first"),
        "again": lambda: books.do(7, hear, payment.id, "paid", Money(5000), "second"),
        "failed": lambda: books.do(7, hear, payment.id, "failed", Money(5000), ""),
        "closed": lambda: books.do(7, hear, payment.id, "closed", Money(5000), ""),
        "lapse": lambda: books.do(7, act.lapse, payment.id),
        "back": lambda: books.do(7, act.give_back, payment.id, Text("No.")),
        "counter": lambda: books.do(7, act.take_here, payment.id, method="cash", staff="s", unit="u"),
        "use": lambda: books.do(7, act.top_up, account.id, Money(5000), payment.id),
    }

    async def go(name: str) -> None:
        try:
            await steps[name]()
        except Refusal as refusal:
            assert refusal.code in ("payment.closed", "payment.spent")

    if at_once:
        await asyncio.gather(*(go(name) for name in tale))
    else:
        for name in tale:
            await go(name)
    await books.sums()
    found = await books.payment(payment.id)
    sources = await books.rows(
        "SELECT count(*) AS n FROM entry WHERE payment = $1 AND kind = 'payment'", payment.id
    )
    assert found.received == 5000 * sources[0]["n"] <= 15000  # the first, the second and the counter's at most
    [refunded] = await books.rows("SELECT coalesce(sum(minor), 0)::bigint AS minor FROM refund WHERE payment = $1", payment.id)
    assert found.spent == refunded["minor"] + await books.balance(account.id)
    assert found.received - found.spent in (0, 5000)  # what was asked for is kept for its use; all else went back
