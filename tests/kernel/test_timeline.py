"""Reading the one log: by journey (also from before it moved), by customer across channels, by part of the operator."""

from datetime import UTC, datetime, timedelta

import pytest

from onehall.kernel import ids, timeline
from onehall.kernel.events import Fact, Origin
from onehall.kernel.journeys.facts import Answered, Moved, Opened
from onehall.kernel.store import Store
from onehall.kernel.timeline import Sought, Told

GD, GZ, ZJ = "onehall.gd", "onehall.gd.gz.s1", "onehall.zj.hz.s1"


class Baked(Fact, frozen=True, tag="bakery.baked"):
    """A loaf was baked."""

    loaf: str
    by: str = ""


async def tell(store: Store, home: int, fact: Fact, **origin: str) -> None:
    """One fact, told in a transaction of its own, a second after the one before."""
    store.clock.move(timedelta(seconds=1))  # type: ignore[attr-defined]
    async with store.edge(home, Origin(**origin)) as tx:
        tx.tell(fact)


def types(told: list[Told]) -> list[str]:
    return [one.type for one in told]


async def test_a_journey_is_told_oldest_first_also_from_before_it_moved(store: Store) -> None:
    old, new = ids.new_id(7, store.clock.now()), ids.new_id(9, store.clock.now())
    await tell(store, 7, Opened(old), journey=old, channel="web")
    await tell(store, 7, Answered(old, "plan"), journey=old, channel="web")
    await tell(store, 9, Moved(new, why=old))
    await tell(store, 9, Answered(new, "agree"), journey=new, channel="desk", staff="s1")
    await tell(store, 9, Opened(ids.new_id(9, store.clock.now())), channel="web")
    async with store.edge(new) as tx:
        told = await timeline.of_journey(tx, new)
    assert types(told) == ["journey.opened", "journey.answered", "journey.moved", "journey.answered"]
    assert [(one.channel, one.staff) for one in told] == [("web", None), ("web", None), ("", None), ("desk", "s1")]


async def test_a_customers_story_has_what_was_told_of_them_and_of_what_is_theirs(store: Store) -> None:
    party = ids.new_id(5, store.clock.now())
    await tell(store, 5, Baked("loaf-1"), party=party, channel="sms")
    await tell(store, 5, Baked("loaf-2"))
    await tell(store, 5, Baked("loaf-3"))
    await tell(store, 5, Baked("loaf-4"), party=ids.new_id(5, store.clock.now()))
    async with store.edge(party) as tx:
        assert [one.key for one in await timeline.of_party(tx, party)] == ["loaf-1"]
        told = await timeline.of_party(tx, party, ("loaf-3",))
        assert [one.key for one in told] == ["loaf-3", "loaf-1"]
        assert [one.key for one in await timeline.of_party(tx, party, ("loaf-3",), before=told[0].id)] == ["loaf-1"]
        assert [one.key for one in await timeline.of_party(tx, party, ("loaf-3",), limit=1)] == ["loaf-3"]


@pytest.mark.parametrize(
    ("unit", "seen"), [("onehall", ["z", "y", "x"]), (GD, ["x"]), (GZ, ["x"]), ("onehall.gd.gz.s10", []), (ZJ, ["y"])]
)
async def test_the_log_of_a_part_of_the_operator(store: Store, unit: str, seen: list[str]) -> None:
    await tell(store, 1, Baked("x"), unit=GZ)
    await tell(store, 2, Baked("y"), unit=ZJ)
    await tell(store, 3, Baked("z"))
    async with store.edge(0) as tx:
        assert [one.key for one in await timeline.log(tx, unit, Sought())] == seen


async def test_the_log_is_narrowed_and_paged(store: Store) -> None:
    party = ids.new_id(4, store.clock.now())
    await tell(store, 4, Baked("a"), party=party, channel="desk", staff="s1")
    middle = store.clock.now() + timedelta(milliseconds=500)
    await tell(store, 4, Opened("b"), party=party, channel="web")
    async with store.edge(0) as tx:
        every = await timeline.log(tx, "onehall", Sought())
        assert [one.key for one in every] == ["b", "a"]
        for sought, keys in (
            (Sought(type="bakery"), ["a"]), (Sought(type="bakery.baked"), ["a"]), (Sought(type="baker"), []),
            (Sought(channel="web"), ["b"]),
            (Sought(staff="s1"), ["a"]), (Sought(party=party), ["b", "a"]), (Sought(journey="b"), ["b"]), (Sought(since=middle), ["b"]),
            (Sought(until=middle), ["a"]), (Sought(before=every[0].id), ["a"]),
        ):  # fmt: skip
            assert [one.key for one in await timeline.log(tx, "onehall", sought)] == keys, sought
        assert len(await timeline.log(tx, "onehall", Sought(), 1)) == 1


def test_a_fact_is_told_in_words_also_where_a_field_is_missing() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    told = Told("x", now, "journey.answered", "j", "web", {"question": "plan"})
    assert timeline.words(told).render() == "Answered: plan"
    assert timeline.words(told, question="Which plan? Hall 59").render() == "Answered: Which plan? Hall 59"
    assert timeline.words(Told("x", now, "journey.ended", "j", "web", {})).render() == "Ended: …"
    assert timeline.words(Told("x", now, "bakery.burnt", "j", "web", {})).render() == "bakery.burnt"
