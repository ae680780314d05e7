"""Journeys, one behaviour a test."""

from datetime import timedelta

import pytest

from onehall.kernel.functions import function
from onehall.kernel.i18n import _
from onehall.kernel.journeys import BadAnswer, Engine, Journey, Said
from onehall.kernel.journeys.hand_over import offer, take
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store
from onehall.kernel.worker import Worker
from tests.kernel.journeys import toy


@pytest.fixture
async def engine(store: Store):
    await toy.register(store)
    yield Engine(store)
    toy.forget()


async def drain(engine: Engine) -> None:
    class World:
        pass

    world = World()
    world.engine = engine
    await Worker(engine.store, world).drain()


async def scalar(engine: Engine, sql: str, *values):
    async with engine.store.edge(0) as tx:
        row = await tx.read_one(sql, *values)
    return row[0] if row else None


ANN, BOB = toy.guest("ann"), toy.guest("bob")


async def to_pay(engine: Engine, caller=ANN, sweet="fudge"):
    row = await engine.start("sweet.buy", caller)
    row = await engine.reply(row.id, caller, "sweet", row.turn, sweet)
    return await engine.reply(row.id, caller, "agree", row.turn, True)


async def test_a_function_that_asks_nothing_leaves_no_row_and_is_counted(engine):
    row = await engine.start("sweet.look", ANN)
    assert (row.state, row.said["text"]["values"]["count"]) == ("done", 3)
    assert await scalar(engine, "SELECT count(*) FROM journey") == 0
    await engine.visits.write()
    assert await scalar(engine, "SELECT count(*) FROM event WHERE type = 'function.visited' AND function = 'sweet.look'") == 1


async def test_a_journey_is_bought_to_the_end_with_its_payment_coming_twice(engine):
    row = await to_pay(engine)
    assert row.question["kind"] == "pay" and row.question["amount"]["minor"] == 250
    payment = row.question["url"].removeprefix("/pay/")
    for _notice in range(2):
        row = await engine.arrive(f"{row.id}/money", {"paid": True, "payment": payment})
    assert row.state == "done"
    assert await scalar(engine, "SELECT count(*) FROM toy_order") == 1
    assert await scalar(engine, "SELECT state FROM toy_payment") == "open"  # the toy provider keeps no state; nothing was given back


async def test_a_wrong_answer_is_refused_and_loses_nothing(engine):
    row = await engine.start("sweet.buy", ANN)
    with pytest.raises(BadAnswer):
        await engine.reply(row.id, ANN, "sweet", row.turn, "broccoli")
    again = await engine.see(row.id)
    assert (again.revision, again.question) == (row.revision, row.question)


async def test_a_reply_to_an_old_question_is_answered_with_the_current_one(engine):
    first = await engine.start("sweet.buy", ANN)
    second = await engine.reply(first.id, ANN, "sweet", first.turn, "fudge")
    again = await engine.reply(first.id, ANN, "sweet", first.turn, "drop")
    assert again.question["key"] == "agree" and again.revision == second.revision


async def test_a_price_that_changed_between_showing_and_yes_is_asked_again(engine):
    row = await engine.start("sweet.buy", ANN)
    row = await engine.reply(row.id, ANN, "sweet", row.turn, "fudge")
    async with engine.store.edge(0) as tx:
        await tx.write("UPDATE sweet SET price = 999 WHERE name = 'fudge'")
    row = await engine.reply(row.id, ANN, "agree", row.turn, True)
    assert row.question["key"] == "agree"
    assert row.question["why"]["values"]["price"]["minor"] == 999
    assert row.question["summary"]["total"]["minor"] == 999


async def test_what_one_holds_another_is_refused_and_asked_again(engine):
    row = await engine.start("sweet.buy", ANN)
    await engine.reply(row.id, ANN, "sweet", row.turn, "fudge")
    other = await engine.start("sweet.buy", BOB)
    other = await engine.reply(other.id, BOB, "sweet", other.turn, "fudge")
    assert other.question["key"] == "sweet" and other.question["why"]["id"] == "Somebody else has it."


async def test_a_lapsed_hold_brings_its_question_back_with_the_reason(engine):
    row = await engine.start("sweet.buy", ANN)
    row = await engine.reply(row.id, ANN, "sweet", row.turn, "fudge")
    engine.store.clock.move(timedelta(minutes=31))
    row = await engine.reply(row.id, ANN, "agree", row.turn, True)
    assert row.question["key"] == "sweet" and "only until" in row.question["why"]["id"]
    row = await engine.reply(row.id, ANN, "sweet", row.turn, "fudge")
    assert row.question["key"] == "agree"
    await drain(engine)
    assert await scalar(engine, "SELECT token FROM sweet WHERE name = 'fudge'") is not None


async def test_saying_no_cancels_and_lets_go(engine):
    row = await engine.start("sweet.buy", ANN)
    row = await engine.reply(row.id, ANN, "sweet", row.turn, "fudge")
    row = await engine.reply(row.id, ANN, "agree", row.turn, "no")
    assert row.state == "cancelled"
    await drain(engine)
    assert await scalar(engine, "SELECT token FROM sweet WHERE name = 'fudge'") is None


async def test_expiry_lets_go_and_voids_the_payment(engine):
    row = await to_pay(engine)
    engine.store.clock.move(timedelta(days=8))
    await drain(engine)
    await drain(engine)
    assert (await engine.see(row.id)).state == "expired"
    assert await scalar(engine, "SELECT token FROM sweet WHERE name = 'fudge'") is None
    assert await scalar(engine, "SELECT state FROM toy_payment") == "void"


async def test_a_failed_payment_can_be_tried_again_three_times(engine):
    row = await to_pay(engine)
    for tries in range(3):
        payment = row.question["url"].removeprefix("/pay/")
        row = await engine.arrive(f"{row.id}/money", {"paid": False, "payment": payment})
        assert row.state == ("asking" if tries < 2 else "refused")


async def test_a_hand_over_works_once_and_the_old_channel_cannot_answer_for_a_clerk(engine):
    row = await engine.start("sweet.buy", ANN)
    given = await offer(engine, row, ANN)
    taken = await take(engine, given.code, toy.clerk("c1"))
    assert taken.channel == "desk" and taken.holders == ["visitor:ann", "staff:c1"]
    with pytest.raises(Refusal) as refused:
        await take(engine, given.code, toy.clerk("c2"))
    assert refused.value.code == "handover.used"


async def test_a_clerk_takes_cash_and_nobody_else_can_say_paid(engine):
    row = await to_pay(engine)
    same = await engine.reply(row.id, ANN, "money", row.turn, {"paid": True})
    assert same.state == "asking"
    given = await offer(engine, row, ANN)
    taken = await take(engine, given.code, toy.clerk("c1"))
    done = await engine.reply(taken.id, toy.clerk("c1"), "money", taken.turn, {"method": "cash"})
    assert done.state == "done"
    assert [entry.staff for entry in done.entries if entry.kind == "effect"] == ["c1"]


async def test_who_says_that_it_only_looks_can_do_nothing(engine):
    @function("sweet.glance", title=_("A glance"), family="query")
    async def glance(journey: Journey) -> Said:
        await journey.do("eat", toy.buy, sweet="fudge", held={})
        return Said(_("Eaten."))

    with pytest.raises(RuntimeError, match="sweet.glance only looks"):
        await engine.start("sweet.glance", ANN)
    assert await scalar(engine, "SELECT count(*) FROM journey") == 0


async def test_the_same_key_begins_one_journey(engine):
    first = await engine.start("sweet.buy", ANN, key="k1")
    again = await engine.start("sweet.buy", ANN, key="k1")
    assert first.id == again.id and await scalar(engine, "SELECT count(*) FROM journey") == 1
