"""Who may deliver a message: it vouches for its number."""

from datetime import timedelta

import httpx
import pytest

from onehall.kernel import settings
from onehall.kernel.identity.limits import Limit
from tests.ground.counter import Counter

MESSAGE = {"id": "m1", "from": "18600010001", "to": "10016", "text": "CXYE"}


async def deliver(client: httpx.AsyncClient, address: str, secret: str | None = None) -> int:
    transport = httpx.ASGITransport(client._transport.app, client=(address, 4000))  # the same house, another caller's address
    async with httpx.AsyncClient(transport=transport, base_url="http://hall") as centre:
        headers = {"X-Centre-Secret": secret} if secret else {}
        return (await centre.post("/sms/inbound", json=MESSAGE, headers=headers)).status_code


@pytest.mark.parametrize(
    ("kept", "address", "shown", "status"),
    [
        ("", "127.0.0.1", None, 200),
        ("", "10.1.2.3", None, 403),
        ("", "10.1.2.3", "anything", 403),
        ("a long secret", "10.1.2.3", "a long secret", 200),
        ("a long secret", "10.1.2.3", "another", 403),
        ("a long secret", "127.0.0.1", None, 403),
    ],
)
async def test_only_the_centre_delivers(
    place: tuple[Counter, httpx.AsyncClient], kept: str, address: str, shown: str | None, status: int
):
    counter, client = place
    with settings.changed(sms_secret=kept):
        assert await deliver(client, address, shown) == status
    effects = await counter.one("SELECT count(*) FROM dialogue_message")
    assert effects == (1 if status == 200 else 0)


async def test_a_phone_that_writes_too_often_is_heard_later(place: tuple[Counter, httpx.AsyncClient]):
    counter, client = place
    counter.hall.limits.sms = Limit(1, 60)
    for id_, wait, status in (("m1", 0, 200), ("m2", 0, 429), ("m2", 60, 200)):
        counter.store.clock.move(timedelta(seconds=wait))
        assert (await client.post("/sms/inbound", json=MESSAGE | {"id": id_})).status_code == status
    assert await counter.one("SELECT count(*) FROM dialogue_message WHERE replies IS NOT NULL") == 2
