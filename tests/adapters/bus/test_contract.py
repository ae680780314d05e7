"""What every bus keeps to, the real one and the simulated one."""

import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from onehall.adapters.bus import SimulatedBus, bus
from onehall.adapters.bus.nats import NatsBus
from onehall.kernel.ids import new_id
from onehall.kernel.jobs import Later
from onehall.kernel.store import Store
from onehall.ports.bus import Bus, Message
from tests.adapters.bus.servers import Server


class Case(NamedTuple):
    """A bus under test: how it is read, sent away and brought back."""

    bus: Bus
    kept: Callable[[], Awaitable[list[tuple[str, str, str, bytes]]]]
    away: Callable[[], Awaitable[None]]
    back: Callable[[], Awaitable[None]]


@pytest.fixture(params=["simulated", "nats"])
async def case(request: pytest.FixtureRequest, store: Store, tmp_path: Path) -> AsyncIterator[Case]:
    opened = _simulated(store) if request.param == "simulated" else _nats(tmp_path)
    await opened.bus.open()
    yield opened
    await opened.bus.close()
    if request.param == "nats":
        await opened.away()


def _simulated(store: Store) -> Case:
    simulated = SimulatedBus(store)

    async def kept() -> list[tuple[str, str, str, bytes]]:
        async with store.edge(0) as tx:
            rows = await tx.read("SELECT id, subject, key, body FROM sim_bus_message ORDER BY place")
        return [(row["id"], row["subject"], row["key"], row["body"].encode()) for row in rows]

    async def turn(value: Any) -> None:
        await simulated.switches.turn("down", value)

    return Case(simulated, kept, lambda: turn(True), lambda: turn(None))


def _nats(folder: Path) -> Case:
    server = Server(folder).start()

    async def away() -> None:
        server.kill()

    async def back() -> None:
        server.start()

    return Case(NatsBus(server.url), server.kept, away, back)


def messages(store: Store, keys: str) -> list[Message]:
    return [Message(new_id(7, store.clock.now()), "onehall.toy.told", key, f'{{"n":{number}}}'.encode()) for number, key in enumerate(keys)]


async def test_what_is_published_is_kept_in_order_of_its_key(case: Case, store: Store) -> None:
    some = messages(store, "abababcc")
    assert await case.bus.publish(some) == {one.id for one in some}
    kept = await case.kept()
    assert {key: [body for _id, _subject, of, body in kept if of == key] for key in "abc"} == {
        "a": [b'{"n":0}', b'{"n":2}', b'{"n":4}'], "b": [b'{"n":1}', b'{"n":3}', b'{"n":5}'], "c": [b'{"n":6}', b'{"n":7}'],
    }  # fmt: skip
    assert {subject for _id, subject, _key, _body in kept} == {"onehall.toy.told"}


async def test_what_is_published_twice_is_kept_once(case: Case, store: Store) -> None:
    some = messages(store, "aab")
    for _time in range(2):
        assert await case.bus.publish(some) == {one.id for one in some}
    assert sorted(one[0] for one in await case.kept()) == sorted(one.id for one in some)


async def test_a_bus_that_is_away_says_so_and_has_what_it_had_when_it_is_back(case: Case, store: Store) -> None:
    before, after = messages(store, "ab"), messages(store, "ab")
    await case.bus.publish(before)
    await case.away()
    if isinstance(case.bus, NatsBus):
        assert await case.bus.publish(after) == set()
    with pytest.raises(Later):
        await case.bus.open()
    await case.back()
    await case.bus.open()
    assert await case.bus.publish(after) == {one.id for one in after}
    kept = [one[0] for one in await case.kept()]
    assert sorted(kept) == sorted(one.id for one in before + after) and set(kept[:2]) == {one.id for one in before}


async def test_of_a_key_whose_message_was_not_taken_no_later_one_is(store: Store) -> None:
    simulated, some = SimulatedBus(store), messages(store, "aab")
    await simulated.switches.turn("fail", 1)
    assert await simulated.publish(some) == {some[2].id}


async def test_a_server_that_hangs_holds_up_nobody_for_long(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onehall.adapters.bus.nats.ANSWER_SECONDS", 0.5)
    server = Server(tmp_path).start()
    real = NatsBus(server.url)
    await real.open()
    assert server.process is not None
    server.process.send_signal(signal.SIGSTOP)
    assert await real.publish(messages(store, "abcdefgh" * 200)) == set()
    server.process.send_signal(signal.SIGCONT)
    await real.close()
    server.kill()


def test_a_setting_names_the_bus(store: Store) -> None:
    assert bus("", store) is None
    assert isinstance(bus("simulated", store), SimulatedBus)
    named = bus("nats://a:4222, nats://b:4222", store)
    assert isinstance(named, NatsBus) and named.servers == ["nats://a:4222", "nats://b:4222"]
