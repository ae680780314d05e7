"""The SMS hall over SMPP, from a phone to the house and back, by a message centre that is not ours."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from msgspec import structs

from onehall import app
from onehall.adapters.sms.smpp import SmppSms
from onehall.adapters.sms.smpp.letters import GSM, UCS2, decoded
from onehall.channels import sms
from onehall.kernel.settings import read
from tests.adapters.sms.centres import Foreign, foreign
from tests.ground.counter import Counter, served

ENGLISH, CHINESE = "18600010002", "18600010001"


@asynccontextmanager
async def hall_at(database: str, centre: Foreign) -> AsyncIterator[Counter]:
    """The house, bound to the centre."""
    async with served(database) as (counter, _client):
        rules = structs.replace(read(), smpp_host="127.0.0.1", smpp_port=centre.port, smpp_system_id="hall", smpp_password="secret")
        counter.world.sms = bound = SmppSms.of(counter.store, rules)
        bound.hears = partial(sms.heard, counter.hall, sent=True)
        await bound.start()
        try:
            yield counter
        finally:
            await bound.stop()


async def written(counter: Counter, centre: Foreign, phone: str, text: str) -> list[str]:
    """A phone writes; gives what comes back to it."""
    await centre.told(by=f"86{phone}", octets=text.encode("utf-16-be").hex(), coding=8)
    assert (await centre.said())["answered"] == "ESME_ROK"
    before = await counter.one("SELECT count(*) FROM sms_sent")
    await counter.settle()
    back = [await centre.said() for _message in range(await counter.one("SELECT count(*) FROM sms_sent") - before)]
    assert {message["to"] for message in back} <= {f"86{phone}"}
    return [decoded(bytes.fromhex(message["octets"]), UCS2 if message["coding"] == "UCS2" else GSM) for message in back]


async def test_a_phone_is_answered_in_its_language(demo_database: str) -> None:
    async with foreign() as centre, hall_at(demo_database, centre) as counter:
        await counter.settle()
        assert await written(counter, centre, ENGLISH, "CXYE") == ["Your balance is ¥158.00.\nBalance: ¥158.00"]
        assert await written(counter, centre, CHINESE, "查询") == ["未能识别您的指令，回复0000查看菜单。"]
        assert await written(counter, centre, CHINESE, "CXYE") == ["您的当前余额为¥86.50。\n余额：¥86.50"]


async def test_a_code_goes_out_and_comes_back(demo_database: str) -> None:
    async with foreign() as centre, hall_at(demo_database, centre) as counter:
        await counter.settle()
        await written(counter, centre, ENGLISH, "GS")
        said = await written(counter, centre, ENGLISH, "OK")
        [code] = re.findall(r"\b\d{6}\b", "\n".join(said))
        assert "Reply Y for yes or N for no." in "\n".join(await written(counter, centre, ENGLISH, code))
        await written(counter, centre, ENGLISH, "Y")
        assert await counter.one("SELECT status FROM product WHERE number = $1", ENGLISH) == "suspended"


async def test_what_was_set_is_what_the_house_binds_to() -> None:
    rules = structs.replace(read(), smpp_host="127.0.0.1", smpp_system_id="hall", secret="x" * 40)
    house = app.House(rules)
    assert isinstance(house.world.sms, SmppSms) and house.world.sms.hears is not None
    assert house.world.sms.link.terms.port == 2775
