"""The relay: every fact goes out, once and in order of its key, also one that was committed late; one process tells at a time."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from onehall.adapters.bus import SimulatedBus
from onehall.kernel import relay as relays
from onehall.kernel import telemetry
from onehall.kernel.clock import SystemClock
from onehall.kernel.events import Fact
from onehall.kernel.ids import home_of
from onehall.kernel.jobs import Later
from onehall.kernel.relay import Relay
from onehall.kernel.store import Store


class Toy(Fact, frozen=True, tag="toy.relayed"):
    """A fact that is relayed."""

    key_: str
    number: int


async def tell(store: Store, home: int, key: str, *numbers: int) -> list[str]:
    async with store.edge(home) as tx:
        return [tx.tell(Toy(key, number)) for number in numbers]


async def kept(store: Store) -> list[tuple[str, str, int]]:
    """Id, key and number of what went out, in the order in which it came."""
    async with store.edge(0) as tx:
        rows = await tx.read("SELECT id, key, body FROM sim_bus_message ORDER BY place")
    return [(row["id"], row["key"], json.loads(row["body"])["body"]["number"]) for row in rows]


async def begun(store: Store) -> Relay:
    """A relay that has looked once, so that it begins here."""
    relay = Relay(store, SimulatedBus(store))
    assert await relay.look() == 0
    return relay


async def test_what_was_told_before_the_first_look_is_not_relayed(store: Store) -> None:
    await tell(store, 3, "a", 1)
    relay = await begun(store)
    await tell(store, 3, "a", 2)
    assert [await relay.look(), await relay.look(), await relay.look(whole=False)] == [1, 0, 0]
    assert [one[1:] for one in await kept(store)] == [("a", 2)]


async def test_also_what_was_told_in_the_moment_of_the_first_look_is_not_relayed(store: Store) -> None:
    class Stopped(SystemClock):
        def now(self) -> datetime:
            return datetime(2031, 5, 1, 12, 0, tzinfo=UTC)

    store.clock = Stopped()
    await tell(store, 3, "a", 1)
    relay = await begun(store)
    await tell(store, 3, "a", 2)  # by its id it came in that moment too, by the picture of the database after it
    assert await relay.look() == 1
    assert [one[1:] for one in await kept(store)] == [("a", 2)]


@pytest.mark.parametrize("whole", [True, False])
async def test_every_fact_goes_out_once_and_in_order_of_its_key(store: Store, whole: bool) -> None:
    relay = await begun(store)
    expected: dict[str, list[int]] = {}
    for number in range(120):
        key = f"key-{number % 7} of {number % 5}"  # a key lives in one home
        await tell(store, number % 5, key, number)
        expected.setdefault(key, []).append(number)
        if number % 31 == 0:
            await relay.look(whole=whole)
    await relay.look(whole=whole)
    found = await kept(store)
    assert {key: [n for _id, of, n in found if of == key] for key in expected} == expected
    assert len(found) == 120
    assert await relay.look() == 0


async def test_a_home_with_many_facts_is_read_to_its_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relays, "ROWS", 40)
    relay = await begun(store)
    await tell(store, 9, "busy", *range(150))
    await tell(store, 10, "quiet", 1)
    assert await relay.look() == 151
    assert [n for _id, key, n in await kept(store) if key == "busy"] == list(range(150))


async def test_a_transaction_that_commits_late_is_not_left_out(store: Store) -> None:
    relay = await begun(store)
    async with store.edge(4) as late:
        late.tell(Toy("late", 1))
        await asyncio.sleep(0.01)
        await tell(store, 4, "soon", 2)
        assert await relay.look() == 1
        assert await relay.look() == 0
    assert await relay.look() == 1
    assert [one[1:] for one in await kept(store)] == [("soon", 2), ("late", 1)]


async def test_another_process_goes_on_where_the_first_was_killed(store: Store) -> None:
    first = await begun(store)
    ids = await tell(store, 3, "a", 1)
    await first.look()
    ids += await tell(store, 3, "a", 2)
    await first.look(whole=False)  # told, and not noted
    second = Relay(store, SimulatedBus(store))
    assert await second.look() == 0  # the first may live
    ids += await tell(store, 3, "a", 3)
    store.clock.move(relays.LEASE + timedelta(seconds=1))  # type: ignore[attr-defined]
    assert await second.look() == 2  # 2 again, which the bus drops, and 3
    assert [one[0] for one in await kept(store)] == ids
    assert await first.look() == 0


async def test_while_the_bus_is_away_facts_wait_and_are_counted(store: Store) -> None:
    relay = await begun(store)
    bus = SimulatedBus(store)
    await bus.switches.turn("down", True)
    ids = [(await tell(store, 3, "a", number))[0] for number in range(6)]
    for _look in range(2):
        with pytest.raises(Later):
            await relay.look()
    assert telemetry.BUS_WAITING._value.get() == 6
    assert telemetry.BUS_BEHIND._value.get() > 0
    await bus.switches.turn("down", None)
    await bus.switches.turn("fail", 1)
    with pytest.raises(Later):
        await relay.look()
    assert await kept(store) == []  # the first of its key was not taken, so no other
    assert await relay.look() == 6
    assert [one[0] for one in await kept(store)] == ids
    await relay.look()
    assert telemetry.BUS_WAITING._value.get() == 0


async def test_what_the_bus_took_before_it_went_away_is_never_told_again(store: Store) -> None:
    """It forgets after ten minutes what it has seen; the process that told it may be gone by then."""
    first, bus = await begun(store), SimulatedBus(store)
    await tell(store, 3, "a", 1, 2)
    assert await first.look(whole=False) == 2  # told, and the place is not noted yet
    await bus.switches.turn("down", True)
    with pytest.raises(Later):
        await first.look(whole=False)
    store.clock.move(timedelta(minutes=11))
    await bus.switches.turn("down", None)
    await tell(store, 3, "a", 3)
    second = Relay(store, bus)
    assert await second.look() == 1
    assert [one[1:] for one in await kept(store)] == [("a", 1), ("a", 2), ("a", 3)]
    assert await second.look() == 0


async def test_a_message_is_the_whole_row(store: Store) -> None:
    relay = await begun(store)
    [id_] = await tell(store, 77, "k", 5)
    await relay.look()
    async with store.edge(id_) as tx:
        row = await tx.read_one("SELECT subject, body FROM sim_bus_message WHERE home = $1", home_of(id_))
    assert row is not None and row["subject"] == "onehall.toy.relayed"
    body = json.loads(row["body"])
    assert {name: body[name] for name in ("home", "id", "type", "key")} == {"home": 77, "id": id_, "type": "toy.relayed", "key": "k"}
    assert body["body"]["number"] == 5
