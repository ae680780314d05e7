"""The port's contract: a text is sent once for each key, and out of reach is told from never; for simulated phones and for SMPP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from onehall.adapters.sms.simulated import SimulatedSms
from onehall.adapters.sms.smpp import SmppSms
from onehall.adapters.sms.smpp import pdu as wire
from onehall.adapters.sms.smpp.letters import Long, encoded
from onehall.adapters.sms.smpp.link import Terms
from onehall.adapters.sms.smpp.pdu import Pdu
from onehall.kernel.jobs import Later
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store
from onehall.ports.sms import Sms
from tests.adapters.sms.centres import foreign, odd

PHONE = "18600010001"


def terms(port: int, **more: Any) -> Terms:
    quick = {"wait_first": 0.05, "answer_seconds": 2.0, "bound_seconds": 2.0, "link_seconds": 30.0}
    return Terms("127.0.0.1", port, "hall", "secret", **(quick | more))


@asynccontextmanager
async def bound(store: Store, port: int, how: Long = "udh", hears: Any = None, **more: Any) -> AsyncIterator[SmppSms]:
    sms = SmppSms(store, terms(port, **more), "10016", how, hears)
    await sms.start()
    try:
        yield sms
    finally:
        await sms.stop()


@pytest.mark.parametrize("kind", ["simulated", "smpp"])
async def test_a_key_is_sent_once_and_out_of_reach_is_later(store: Store, kind: str) -> None:
    async with odd() as centre, bound(store, centre.port) as smpp:
        sms: Sms = smpp if kind == "smpp" else SimulatedSms(store)
        if isinstance(sms, SimulatedSms):
            await sms.switches.turn("later", 1)
        else:
            centre.status["submit_sm"] = wire.SYSTEM_ERROR
        with pytest.raises(Later):
            await sms.send(PHONE, "您的余额为¥86.50。", "k1")
        centre.status.clear()
        for _time in range(2):
            await sms.send(PHONE, "您的余额为¥86.50。", "k1")
        await sms.send(PHONE, "Second", "k2")
        if isinstance(sms, SimulatedSms):
            assert [one.text for one in await sms.messages(PHONE)] == ["您的余额为¥86.50。", "Second"]
        else:
            submitted = [pdu.fields["short_message"] for pdu in centre.heard if pdu.name == "submit_sm"][1:]  # the first was refused
            assert submitted == [encoded("您的余额为¥86.50。")[1], b"Second"]


async def test_nobody_there_is_later(store: Store) -> None:
    async with odd() as centre:
        port = centre.port
    async with bound(store, port, bound_seconds=0.2) as sms:
        with pytest.raises(Later, match="not bound"):
            await sms.send(PHONE, "x", "k")


@pytest.mark.parametrize(("status", "no"), [(0x0B, True), (0x01, True), (wire.THROTTLED, False), (wire.QUEUE_FULL, False), (0x45, False)])
async def test_later_is_told_from_never(store: Store, status: int, no: bool) -> None:
    async with odd() as centre, bound(store, centre.port) as sms:
        centre.status["submit_sm"] = status
        with pytest.raises(Refusal if no else Later):
            await sms.send(PHONE, "x", "k")


async def test_a_centre_that_throttles_is_left_alone(store: Store) -> None:
    async with odd() as centre, bound(store, centre.port) as sms:
        centre.status["submit_sm"] = wire.THROTTLED
        with pytest.raises(Later, match="0x58"):
            await sms.send(PHONE, "x", "k")
        centre.status.clear()
        with pytest.raises(Later, match="wait"):
            await sms.send(PHONE, "x", "k")
        assert len(await centre.until("submit_sm")) == 1
        await asyncio.sleep(1.1)
        await sms.send(PHONE, "x", "k")


async def test_no_more_wait_than_the_window_allows(store: Store) -> None:
    async with odd() as centre, bound(store, centre.port, window=3, answer_seconds=5.0) as sms:
        centre.gate.clear()
        sending = [asyncio.create_task(sms.send(PHONE, "x", f"k{place}")) for place in range(8)]
        await centre.until("submit_sm", 3)
        await asyncio.sleep(0.1)
        assert centre.waiting == 3
        centre.gate.set()
        await asyncio.gather(*sending)
        assert centre.waiting_max == 3 and len(await centre.until("submit_sm", 8)) == 8


async def test_a_part_that_was_taken_is_not_sent_again(store: Store) -> None:
    async with odd() as centre, bound(store, centre.port) as sms:
        await sms.send(PHONE, "a" * 160, "one")
        real, taken = sms.link.submit, 0

        async def breaks(fields: dict[str, Any], more: dict[int, bytes]) -> Pdu:
            nonlocal taken
            taken += 1
            if taken == 2:
                raise Later("the link broke")
            return await real(fields, more)

        sms.link.submit = breaks  # type: ignore[method-assign]
        with pytest.raises(Later):
            await sms.send(PHONE, "b" * 400, "long")
        sms.link.submit = real  # type: ignore[method-assign]
        await sms.send(PHONE, "b" * 400, "long")
        places = [pdu.fields["short_message"][5] for pdu in centre.heard if pdu.name == "submit_sm"][1:]
        assert places == [1, 2, 3]


async def test_a_silent_centre_is_left_and_bound_again(store: Store) -> None:
    async with odd() as centre, bound(store, centre.port, link_seconds=0.1, answer_seconds=0.3) as sms:
        await centre.until("enquire_link", 2)
        centre.silent.add("enquire_link")
        await centre.until("bind_transceiver", 2)
        centre.silent.clear()
        await sms.send(PHONE, "x", "k")
        assert [pdu.fields["short_message"] for pdu in centre.heard if pdu.name == "submit_sm"] == [b"x"]


async def test_a_bind_that_is_refused_is_tried_with_growing_waits(store: Store) -> None:
    async with odd() as centre:
        centre.status["bind_transceiver"] = 0x0E
        async with bound(store, centre.port) as sms:
            await centre.until("bind_transceiver", 3)
            assert not sms.link.bound.is_set()
            centre.status.clear()
            await asyncio.wait_for(sms.link.bound.wait(), 3)


async def test_rubbish_is_refused_and_the_link_holds(store: Store) -> None:
    async with odd() as centre, bound(store, centre.port) as sms:
        await asyncio.wait_for(sms.link.bound.wait(), 3)
        centre.write(bytes.fromhex("00000010f0000009000000000000000a"))
        [nack] = await centre.until("generic_nack")
        assert (nack.status, nack.sequence) == (wire.BAD_COMMAND, 10)
        centre.write(bytes.fromhex("00000010000000030000000000000063"))
        assert (await centre.until("generic_nack", 2))[1].sequence == 0x63
        await sms.send(PHONE, "x", "k")
        centre.write(b"\xff\xff\xff\xff")  # no such length: there is no telling where the next one begins
        await centre.until("bind_transceiver", 2)


def brought(text: str, sequence: int, **more: Any) -> Pdu:
    fields = {"source_ton": 1, "source_addr": f"86{PHONE}", "destination_addr": "10016", "short_message": text.encode()} | more
    return Pdu("deliver_sm", 0, sequence, fields)


async def test_what_cannot_be_taken_is_brought_again(store: Store) -> None:
    heard: list[tuple[str, str, str]] = []
    fails: list[Exception] = [RuntimeError("down"), Refusal("unavailable", "later", 503), Refusal("too.many", "slow", 429)]

    async def hears(phone: str, id_: str, text: str) -> None:
        if fails:
            raise fails.pop()
        heard.append((phone, id_, text))

    async with odd() as centre, bound(store, centre.port, hears=hears) as sms:
        await asyncio.wait_for(sms.link.bound.wait(), 3)
        for sequence in range(1, 6):
            centre.write(wire.encode(brought("CXYE", sequence)))
            answers = await centre.until("deliver_sm_resp", sequence)
        assert [answer.status for answer in answers] == [wire.TRY_LATER] * 3 + [0, 0]
        assert [(phone, text) for phone, _id, text in heard] == [(PHONE, "CXYE")] * 2
        assert heard[0][1] != heard[1][1]  # the same words, written twice
        centre.write(wire.encode(brought("CXYE", 6, source_addr="letters", source_ton=5)))
        assert (await centre.until("deliver_sm_resp", 6))[5].status == wire.REFUSED


async def test_what_was_taken_but_not_answered_keeps_its_name(store: Store) -> None:
    heard: list[str] = []

    async def hears(_phone: str, id_: str, _text: str) -> None:
        heard.append(id_)
        if len(heard) == 1:
            centre.writers[-1].transport.abort()
            await asyncio.sleep(0.2)

    async with odd() as centre, bound(store, centre.port, hears=hears) as sms:
        await asyncio.wait_for(sms.link.bound.wait(), 3)
        centre.write(wire.encode(brought("CZ 50", 1)))
        await centre.until("bind_transceiver", 2)
        await asyncio.sleep(0.3)
        centre.write(wire.encode(brought("CZ 50", 1)))
        await centre.until("deliver_sm_resp")
    assert len(heard) == 2 and heard[0] == heard[1]


async def row_of(store: Store, key: str) -> tuple[str, str]:
    async with store.edge(0) as tx:
        row = await tx.read_one("SELECT state, error FROM sms_sent WHERE key = $1", key)
    assert row
    return row["state"], row["error"]


@pytest.mark.parametrize("how", ["udh", "sar", "payload"])
async def test_with_a_centre_that_is_not_ours(store: Store, how: Long) -> None:
    """Sent and brought, long and short, receipts, throttling, goodbye and bind again; by another's protocol and codec."""
    heard: list[tuple[str, str]] = []

    async def hears(phone: str, _id: str, text: str) -> None:
        heard.append((phone, text))

    async with foreign() as centre, bound(store, centre.port, how, hears, link_seconds=0.2) as sms:
        await sms.send(PHONE, "Balance: [¥86.50]", "short")
        said = await centre.said()
        assert (said["to"], said["source"], said["octets"]) == (f"86{PHONE}", "10016", encoded("Balance: [¥86.50]")[1].hex())
        await sms.send(PHONE, "余" * 150, "long")
        parts = [await centre.said() for _part in range(1 if how == "payload" else 3)]
        texts = [bytes.fromhex(part["octets"])[6 if how == "udh" else 0 :].decode("utf-16-be") for part in parts]
        assert "".join(texts) == "余" * 150 and {part["coding"] for part in parts} == {"UCS2"}
        if how == "sar":
            assert [part["sar"][1:] for part in parts] == [[3, 1], [3, 2], [3, 3]]
        await centre.told(by=f"86{PHONE}", octets=b"CXYE".hex())
        assert (await centre.said())["answered"] == "ESME_ROK"
        for octets in (b"\5\0\3\x11\2\2" + b"50", b"\5\0\3\x11\2\1" + b"CZ "):  # the second part first
            await centre.told(by=f"86{PHONE}", octets=octets.hex(), udh=1)
            assert (await centre.said())["answered"] == "ESME_ROK"
        assert heard == [(PHONE, "CXYE"), (PHONE, "CZ 50")]
        receipt = f"id:{said['id']} sub:001 dlvrd:001 submit date:2603010800 done date:2603010801 stat:DELIVRD err:000 text:Balance"
        await centre.told(by=f"86{PHONE}", octets=receipt.encode().hex(), receipt=1)
        assert (await centre.said())["answered"] == "ESME_ROK"
        assert await row_of(store, "short") == ("DELIVRD", "") and len(heard) == 2
        await centre.told(throttle=1)
        await asyncio.sleep(0.1)
        with pytest.raises(Later, match="0x58"):
            await sms.send(PHONE, "x", "slow")
        await centre.told(unbind=1)
        await asyncio.sleep(1.2)  # also the pause is over
        await sms.send(PHONE, "x", "slow")
        assert (await centre.said())["octets"] == b"x".hex()


async def test_a_wrong_password_is_never_bound(store: Store) -> None:
    async with foreign() as centre:
        sms = SmppSms(store, Terms("127.0.0.1", centre.port, "hall", "wrong", wait_first=0.05, bound_seconds=0.5), "10016")
        await sms.start()
        with pytest.raises(Later, match="not bound"):
            await sms.send(PHONE, "x", "k")
        await sms.stop()
