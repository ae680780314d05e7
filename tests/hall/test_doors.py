"""The doors of the hall and what it writes to phones: bounded for one address, in the language of whose phone it is."""

import pytest

from onehall.hall.doors import Doors
from onehall.kernel import settings
from onehall.kernel.i18n import _
from onehall.kernel.identity import Who
from onehall.kernel.identity.gate import Gate
from onehall.kernel.identity.limits import Limit
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store
from tests.ground.counter import Counter

HERE, THERE = Who(address="10.0.0.1"), Who(address="10.0.0.2")


async def test_one_address_asks_for_so_many_codes_an_hour(store: Store) -> None:
    with settings.changed(otp_per_address=2):
        doors = Doors(Gate(store))
    for phone in ("18600000001", "18600000002"):
        assert await doors.ask_code(HERE, phone, "web") == 300
    with pytest.raises(Refusal) as no:
        await doors.ask_code(HERE, "18600000003", "web")
    assert (no.value.code, no.value.status, no.value.facts["retry_after"]) == ("too.many", 429, 1800)
    assert await doors.ask_code(THERE, "18600000003", "web") == 300


async def test_one_address_tries_so_many_codes_a_minute(store: Store) -> None:
    with settings.changed(login_per_minute=2):
        doors = Doors(Gate(store))
    codes = []
    for phone in ("18600000001", "18600000002", "18600000003"):
        with pytest.raises(Refusal) as no:
            await doors.check_code(HERE, phone, "000000", "web")
        codes.append(no.value.code)
    assert codes == ["otp.wrong", "otp.wrong", "too.many"]


async def test_one_caller_tries_so_many_hand_over_codes_a_minute(counter: Counter) -> None:
    counter.hall.limits.hand_over = Limit(1, 60)
    for status in (404, 429):
        with pytest.raises(Refusal) as no:
            await counter.hall.take(counter.guest(), "000000")
        assert no.value.status == status


@pytest.mark.parametrize(("phone", "text"), [("18600010001", "充值"), ("18600010002", "Top-up"), ("13912345678", "Top-up")])
async def test_a_phone_is_written_to_in_its_customers_language(counter: Counter, phone: str, text: str) -> None:
    async with counter.store.edge(0) as tx:
        tx.later("sms.send", {"to": phone, "text": _("Top-up")})
    await counter.settle()
    assert [message.text for message in await counter.world.sms.messages(phone)] == [text]
