"""Five lines a person: exactly five, whoever asks and however many at once."""

import asyncio
from datetime import timedelta

import pytest

from onehall.domains import party
from onehall.domains.party.actions import LineSlots
from onehall.kernel import ids
from onehall.kernel.refusals import Refusal
from tests.party.people import ADULT, OTHER

SLOTS = LineSlots()


@pytest.fixture
def document(world) -> str:
    return party.queries.document_hash("resident_id", ADULT)


async def take(world, document, token):
    return await SLOTS.take(world.store, token, {"document": document})


async def keep(world, document, token, line):
    async with world.store.edge(ids.home_for(document)) as tx:
        await party.actions.keep_slot(tx, document, token, line)


@pytest.mark.parametrize("people", [6, 20, 50])
async def test_of_many_at_once_exactly_five_get_a_place(world, document, people):
    found = await asyncio.gather(*(take(world, document, f"t{number}") for number in range(people)), return_exceptions=True)
    held = [one for one in found if not isinstance(one, BaseException)]
    assert sorted(one.ref for one in held) == ["1/5", "2/5", "3/5", "4/5", "5/5"]
    assert {one.code for one in found if isinstance(one, Refusal)} == {"lines.five"}
    assert len(found) - len(held) == people - 5


async def test_one_token_at_once_is_one_place(world, document):
    held = await asyncio.gather(*(take(world, document, "t") for _ in range(10)))
    assert {one.ref for one in held} == {"1/5"}
    assert await world.one("SELECT count(*) FROM line_slot") == 1


async def test_another_persons_places_are_their_own(world, document):
    for number in range(5):
        await take(world, document, f"t{number}")
    assert (await take(world, party.queries.document_hash("resident_id", OTHER), "t9")).ref == "1/5"


async def test_a_lapsed_place_is_given_again_after_the_grace_and_a_kept_one_never(world, document):
    for number in range(5):
        await take(world, document, f"t{number}")
    await keep(world, document, "t0", "line0")
    world.store.clock.move(timedelta(minutes=39))
    with pytest.raises(Refusal):
        await take(world, document, "late")
    world.store.clock.move(timedelta(minutes=2))
    found = [await take(world, document, f"u{number}") for number in range(4)]
    assert [one.ref for one in found] == ["2/5", "3/5", "4/5", "5/5"]
    with pytest.raises(Refusal):
        await take(world, document, "u4")
    assert await world.one("SELECT line FROM line_slot WHERE slot = 1") == "line0"


async def test_keeping_is_safe_twice_and_a_lost_place_cannot_be_kept(world, document):
    await take(world, document, "t")
    await keep(world, document, "t", "line")
    await keep(world, document, "t", "line")
    assert (await take(world, document, "t")).ref == "1/5"
    assert await world.one("SELECT line FROM line_slot") == "line"
    with pytest.raises(Refusal) as refused:
        await keep(world, document, "t", "other line")
    assert refused.value.code == "slot.gone"


async def test_a_place_let_go_is_free_and_one_that_a_line_keeps_is_not_let_go(world, document):
    mine, kept = await take(world, document, "a"), await take(world, document, "b")
    await keep(world, document, "b", "line")
    async with world.store.edge(mine.home) as tx:
        await SLOTS.release(tx, mine)
        await SLOTS.release(tx, kept)
    assert await world.one("SELECT string_agg(token, ',') FROM line_slot") == "b"
    async with world.store.edge(mine.home) as tx:
        await party.actions.free_slot(tx, document, "line")
        await party.actions.free_slot(tx, document, "line")
    assert await world.one("SELECT count(*) FROM line_slot") == 0


async def test_a_longer_lease_is_given_to_its_holder_alone(world, document):
    held = await take(world, document, "a")
    longer = await SLOTS.extend(world.store, held, held.until + timedelta(hours=2))
    assert await world.one("SELECT until FROM line_slot") == longer.until == held.until + timedelta(hours=2)
    async with world.store.edge(held.home) as tx:
        await SLOTS.release(tx, held)
    with pytest.raises(Refusal) as refused:
        await SLOTS.extend(world.store, held, longer.until)
    assert refused.value.code == "slot.gone"
