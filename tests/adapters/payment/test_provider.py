"""What every payment provider must do, whoever answers behind it; and what the simulated one can be told."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
import pytest

from onehall.adapters.payment.notices import SIGNATURE, TIME, sign
from onehall.adapters.payment.simulated import SimulatedPayment
from onehall.kernel import settings
from onehall.kernel.i18n import ZONE
from onehall.kernel.ids import new_id
from onehall.kernel.jobs import Later
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store
from onehall.ports.payment import BadNotice, Payment

FIFTY = Money(5000)


@pytest.fixture(params=[SimulatedPayment])
async def provider(request: pytest.FixtureRequest, store: Store) -> AsyncIterator[SimulatedPayment]:
    """Each provider, without anybody who hears its notices."""
    with settings.changed(secret="p" * 48, base_url="https://hall.example"):
        made = request.param(store)
        await made.switches.turn("lost", 1)
        yield made


@pytest.fixture
async def payment(provider: SimulatedPayment, store: Store) -> str:
    """A payment whose checkout is open."""
    id_ = new_id(7, store.clock.now())
    await provider.create(id_, FIFTY, "Top-up", store.clock.now() + timedelta(minutes=15))
    return id_


async def test_a_checkout_is_opened_once(provider: Payment, payment: str, store: Store) -> None:
    again = await provider.create(payment, Money(1), "other", store.clock.now())
    seen = await provider.look(payment)
    assert again == f"https://hall.example/sim/bank/{payment}"
    assert seen and (seen.status, seen.amount) == ("open", FIFTY)


async def test_what_is_not_known_is_none(provider: Payment, store: Store) -> None:
    assert await provider.look(new_id(7, store.clock.now())) is None
    await provider.close(new_id(7, store.clock.now()))


async def test_paid_stays_paid(provider: SimulatedPayment, payment: str) -> None:
    first, second = await provider.pay(payment), await provider.pay(payment)
    await provider.close(payment)
    seen = await provider.look(payment)
    assert seen and seen.status == "paid" and seen.reference == first.reference == second.reference
    with pytest.raises(Refusal, match="payment.closed"):
        await provider.decline(payment)


async def test_a_closed_checkout_takes_no_money(provider: SimulatedPayment, payment: str) -> None:
    await provider.close(payment)
    with pytest.raises(Refusal, match="payment.closed"):
        await provider.pay(payment)


async def test_money_goes_back_once_and_never_more_than_came(provider: SimulatedPayment, payment: str, store: Store) -> None:
    assert not (await provider.refund(payment, "r1", FIFTY)).done  # nothing was paid yet
    await provider.pay(payment)
    assert [(await provider.refund(payment, "r1", Money(3000))).done for _ in range(2)] == [True, True]
    assert (await provider.refund(payment, "r2", Money(2001))).why == "more than was paid"
    assert (await provider.refund(payment, "r3", Money(2000))).done
    lines = await provider.file_of(store.clock.now().astimezone(ZONE).date())
    assert [(line.kind, line.amount.minor) for line in lines] == [("payment", 5000), ("refund", 3000), ("refund", 2000)]


async def test_the_file_of_another_day_is_empty(provider: SimulatedPayment, payment: str, store: Store) -> None:
    await provider.pay(payment)
    assert await provider.file_of((store.clock.now() + timedelta(days=1)).astimezone(ZONE).date()) == []


@pytest.mark.parametrize(
    ("age", "key", "ok"), [(0, True, True), (299, True, True), (301, True, False), (-301, True, False), (0, False, False)]
)
async def test_only_its_own_fresh_notices_are_read(
    provider: SimulatedPayment, payment: str, store: Store, age: int, key: bool, ok: bool
) -> None:
    paid = (await provider.pay(payment)).paid
    body, now = msgspec.json.encode(paid), store.clock.now().replace(microsecond=0)
    at = str(int(now.timestamp()) - age)
    headers = {TIME: at, SIGNATURE: sign(provider._sign_key() if key else b"x" * 32, at, body)}
    if ok:
        assert provider.read_notice(headers, body, now) == paid
        return
    with pytest.raises(BadNotice):
        provider.read_notice(headers, body, now)


@pytest.mark.parametrize("switch", ["down", "later"])
async def test_out_of_reach_is_a_later(provider: SimulatedPayment, payment: str, switch: str) -> None:
    await provider.switches.turn(switch, 1)
    with pytest.raises(Later):
        await provider.look(payment)


async def test_a_notice_that_is_not_taken_is_sent_again(store: Store) -> None:
    answers = [b"500 No", b"200 OK"]

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 %s\r\ncontent-length: 0\r\nconnection: close\r\n\r\n" % answers.pop(0))
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(hear, "127.0.0.1", 0) as server:
        bank = SimulatedPayment(store, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        with settings.changed(secret="p" * 48):
            payment = new_id(7, store.clock.now())
            await bank.create(payment, FIFTY, "Top-up", store.clock.now() + timedelta(minutes=15))
            await bank.pay(payment)
            await bank.notices.settle()
    assert answers == []
