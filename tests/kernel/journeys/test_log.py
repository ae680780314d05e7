"""What the log tells of a journey: each step, of whom, in which channel, and how long after the step before."""

from datetime import timedelta

import pytest

from onehall.kernel.identity import Who
from onehall.kernel.journeys import Caller, Engine
from onehall.kernel.store import counting
from tests.kernel.journeys import fair
from tests.kernel.journeys.grounds import Grounds, payment_of


@pytest.fixture
def minute(grounds: Grounds) -> timedelta:
    return timedelta(minutes=1)


async def test_each_step_has_the_seconds_since_the_step_before(grounds: Grounds, minute: timedelta) -> None:
    cat, clock = fair.person("cat", grounds.store.clock.now()), grounds.store.clock
    row = await grounds.engine.start("fair.buy", cat)
    for value in ("fudge", "bare", "yes"):
        clock.move(minute)
        row = await grounds.say(row, cat, value)
    clock.move(2 * minute)
    row = await grounds.pass_on(row, cat, fair.clerk("c1"))
    clock.move(3 * minute)
    row = await grounds.hear(payment_of(row))
    await grounds.work()
    assert await grounds.story(row) == [
        ("opened", "", 0), ("asked", "sweet", 0),
        ("answered", "sweet", 60), ("held", "kept", 0), ("asked", "pack", 0),
        ("answered", "pack", 60), ("asked", "agree", 0),
        ("answered", "agree", 60), ("asked", "money", 0),
        ("handed_over", "money", 120),
        ("paid", "money", 180), ("done_step", "order", 0), ("asked", "sent", 0),
        ("answered", "sent", 0), ("ended", "sent", 0),
    ]  # fmt: skip


async def test_a_step_names_function_channel_source_party_and_staff(grounds: Grounds) -> None:
    came = Caller("f.web", Who(visitor="ann"), source="poster-7")
    row = await grounds.engine.start("fair.buy", came)
    row = await grounds.pass_on(row, came, fair.clerk("c1"))
    for value in ("fudge", "bare", {"code": "ann"}):
        row = await grounds.say(row, fair.clerk("c1"), value)
    sql = "SELECT type, function, channel, source, party, staff, unit FROM event WHERE type LIKE 'journey.%' ORDER BY id"
    told = await grounds.rows(sql)
    by_type = {row[0].removeprefix("journey."): row[1:] for row in told}
    ann, unit = fair.PEOPLE["ann"], "onehall.gd.gz.s1"
    assert by_type["opened"] == ("fair.buy", "f.web", "poster-7", None, None, None)
    assert by_type["handed_over"] == ("fair.buy", "f.desk", "poster-7", None, "c1", unit)
    assert by_type["proven"] == ("fair.buy", "f.desk", "poster-7", ann, "c1", unit)


async def test_reasons_and_ends_are_told(grounds: Grounds) -> None:
    ann = fair.guest("ann")
    row = await grounds.reach("pack", ann)
    grounds.store.clock.move(timedelta(minutes=31))
    row = await grounds.say(row, ann, "bare")
    await grounds.work(timedelta(days=8))
    sql = "SELECT type, body->>'question', body->>'why' FROM event WHERE type = ANY($1) ORDER BY id"
    told = await grounds.rows(sql, ["journey.lapsed", "journey.reasked", "journey.ended"])
    assert [type_ for type_, _key, _why in told] == ["journey.lapsed", "journey.reasked", "journey.ended"]
    assert {key for _type, key, _why in told} == {"sweet"}
    assert told[0][2].startswith("We could keep it for you only until ") and told[0][2] == told[1][2]
    assert told[2][2] == "expired"
    ends = await grounds.rows("SELECT function, channel, journey FROM event WHERE type = 'journey.ended'")
    assert ends == [("fair.buy", "f.web", row.id)]


async def test_a_function_that_asks_nothing_writes_nothing_but_its_visit(grounds: Grounds) -> None:
    async def told(journey: object) -> fair.Said:
        return fair.Said("told")

    fair.offer_function("fair.tell", told)
    engine = Engine(grounds.store)
    with counting() as sent:
        row = await engine.start("fair.tell", fair.guest("ann"))
    assert (row.state, sent) == ("done", [])
    assert await grounds.rows("SELECT id FROM event") == []
    await engine.visits.write()
    assert await grounds.rows("SELECT type, function FROM event") == [("function.visited", "fair.tell")]
