"""What every invoice service is held to: one answer for a key, red ones for whole invoices, "later" told from "no"."""

from datetime import timedelta

import pytest

from onehall.adapters.invoice.simulated import SimulatedInvoice
from onehall.kernel.jobs import Later
from onehall.kernel.money import Money
from onehall.kernel.store import Store
from onehall.ports.invoice import Wanted

FIRST = Wanted("Li Lei", Money(3000), "Bill 1")


async def test_a_key_is_one_invoice(store: Store) -> None:
    service = SimulatedInvoice(store)
    made = await service.issue("a", FIRST)
    assert made.status == "issued" and len(made.number) == 20
    assert await service.issue("a", FIRST) == made
    assert (await service.issue("b", FIRST)).number != made.number
    assert b"30.00 CNY" in await service.document(made.number)
    assert await service.document("none") == b""


async def test_a_red_one_takes_back_a_whole_invoice_once(store: Store) -> None:
    service = SimulatedInvoice(store)
    made = await service.issue("a", FIRST)
    part = Wanted("Li Lei", Money(-1000), "Back", reverses=made.number)
    whole = Wanted("Li Lei", Money(-3000), "Back", reverses=made.number)
    assert (await service.issue("part", part)).status == "refused"
    red = await service.issue("whole", whole)
    assert red.status == "issued"
    assert (await service.issue("again", whole)).status == "refused"
    assert (await service.issue("red of red", Wanted("Li Lei", Money(3000), "Back", reverses=red.number))).status == "refused"


@pytest.mark.parametrize("switch", ["later", "down"])
async def test_later_is_not_no(store: Store, switch: str) -> None:
    service = SimulatedInvoice(store)
    await service.switches.turn(switch, 1)
    with pytest.raises(Later):
        await service.issue("a", FIRST)
    assert await service.issued() == []
    await service.switches.turn(switch, None)
    assert (await service.issue("a", FIRST)).status == "issued"


async def test_one_that_is_not_ready_comes_later(store: Store) -> None:
    service = SimulatedInvoice(store)
    await service.switches.turn("delay_s", 30)
    with pytest.raises(Later):
        await service.issue("a", FIRST)
    store.clock.move(timedelta(seconds=31))
    assert (await service.issue("a", FIRST)).status == "issued"
    await service.switches.turn("fail", 1)
    await service.switches.turn("delay_s", None)
    assert (await service.issue("b", FIRST)).status == (await service.issue("b", FIRST)).status == "refused"
