"""Running: how a function begins and goes on from its answers."""

import asyncio
from typing import Any

import pytest

from onehall.kernel.i18n import _
from onehall.kernel.journeys import BadAnswer, Journey, Said
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx
from tests.kernel.journeys import fair
from tests.kernel.journeys.grounds import Grounds, kinds

ANN, BOB = fair.guest("ann"), fair.guest("bob")
JOURNEYS = "SELECT state FROM journey"


async def one_order(tx: Tx, name: str) -> str:
    await tx.write("INSERT INTO fair_order VALUES ($1, $2, $2, $3, NULL, $2, '', 'good')", tx.home, tx.new_id(), name)
    return name


def whole_number(words: str) -> int:
    if not words.isdigit():
        raise Refusal("number.none", _("Please answer with a short text."), 422)
    return int(words)


async def test_two_at_once_the_first_wins_and_the_other_is_shown_where_things_stand(grounds: Grounds) -> None:
    row = await grounds.engine.start("fair.buy", ANN)
    one, other = await asyncio.gather(*(grounds.engine.reply(row.id, ANN, "sweet", row.turn, name) for name in ("fudge", "drop")))
    assert (one.turn, one.question) == (other.turn, other.question)
    assert kinds(one) == ["answer:sweet", "hold:kept"]
    assert await grounds.rows("SELECT count(*) FROM event WHERE type = 'journey.answered'") == [1]
    await grounds.work()
    assert await grounds.held() == [one.entries[0].value["value"]]  # what the other had taken for a moment was let go


async def test_what_the_second_took_is_let_go_also_when_the_first_needs_nothing_of_the_kind(grounds: Grounds) -> None:
    """Played slowly: the second's box was taken before the first said that no box is wanted."""
    row = await grounds.reach("pack", ANN)
    shelf, waited = fair.SHELVES["box"], asyncio.Event()
    taken, take = asyncio.Event(), shelf.take

    async def slowly(*args: Any) -> Any:
        held = await take(*args)
        taken.set()
        await waited.wait()
        return held

    shelf.take = slowly  # type: ignore[method-assign]
    try:
        second = asyncio.create_task(grounds.say(row, ANN, "blue"))
        await taken.wait()
        first = await grounds.say(row, ANN, "bare")
        waited.set()
        assert (await second).question == first.question
    finally:
        del shelf.take  # type: ignore[method-assign]
    await grounds.work()
    assert await grounds.held() == ["fudge"]


async def test_the_same_reply_at_the_same_moment_is_one_reply(grounds: Grounds) -> None:
    row = await grounds.engine.start("fair.buy", ANN)
    rows = await asyncio.gather(*(grounds.engine.reply(row.id, ANN, "sweet", row.turn, "fudge") for _time in range(3)))
    assert {one.revision for one in rows} == {1}
    assert rows[0].question == rows[1].question == rows[2].question


async def test_an_action_without_a_question_leaves_a_row_that_is_done(grounds: Grounds) -> None:
    async def act(journey: Journey) -> Said:
        return Said(_("{name}", name=await journey.do("act", one_order, name="act")))

    fair.offer_function("fair.act", act)
    row = await grounds.engine.start("fair.act", ANN)
    assert (row.state, kinds(row)) == ("done", ["effect:act"])
    assert [step for step, _key, _seconds in await grounds.story(row)] == ["opened", "done_step", "ended"]
    assert await grounds.rows(JOURNEYS) == ["done"]


async def test_one_key_at_the_same_moment_begins_one_journey_and_acts_once(grounds: Grounds) -> None:
    async def act(journey: Journey) -> Said:
        return Said(_("{name}", name=await journey.do("act", one_order, name="act")))

    fair.offer_function("fair.act", act)
    rows = await asyncio.gather(*(grounds.engine.start("fair.act", ANN, key="k") for _time in range(4)))
    assert len({row.id for row in rows}) == 1
    assert await grounds.rows("SELECT sweet FROM fair_order") == ["act"]
    assert await grounds.rows(JOURNEYS) == ["done"]


async def test_what_is_refused_at_once_is_a_refused_journey_that_leaves_no_row_and_no_hold(grounds: Grounds) -> None:
    async def refusing(journey: Journey) -> Said:
        await journey.hold("kept", "fair_sweet", of="", name="fudge")
        raise Refusal("fair.shut", _("The fair is shut."), 409)

    fair.offer_function("fair.refuse", refusing)
    row = await grounds.engine.start("fair.refuse", ANN)
    assert row.state == "refused" and row.said is not None and row.said["text"]["id"] == "The fair is shut."
    assert (await grounds.held(), await grounds.rows(JOURNEYS)) == ([], [])
    await grounds.engine.visits.write()
    assert await grounds.rows("SELECT body->>'outcome' FROM event") == ["refused"]


@pytest.mark.parametrize("status", [401, 403, 404, 429, 503])
async def test_what_is_no_word_of_the_trade_is_raised_at_the_beginning(grounds: Grounds, status: int) -> None:
    async def refusing(journey: Journey) -> Said:
        raise Refusal("fair.shut", _("The fair is shut."), status)

    fair.offer_function("fair.refuse", refusing)
    with pytest.raises(Refusal, match=r"fair\.shut"):
        await grounds.engine.start("fair.refuse", ANN)


async def test_a_refusal_on_the_way_ends_the_journey_and_lets_go_what_that_run_took(grounds: Grounds) -> None:
    async def refusing(journey: Journey) -> Said:
        chosen = await journey.choose("sweet", _("Which sweet?"), lambda: fair.things(journey.tx, "sweet"))
        await journey.hold("kept", "fair_sweet", of="sweet", name=chosen.value)
        raise Refusal("fair.shut", _("The fair is shut."), 409)

    fair.offer_function("fair.refuse", refusing)
    row = await grounds.say(await grounds.engine.start("fair.refuse", ANN), ANN, "fudge")
    assert row.state == "refused" and row.said is not None and row.said["text"]["id"] == "The fair is shut."
    await grounds.work()
    assert await grounds.held() == []


@pytest.mark.parametrize("value", [None, True, "", [], {}, {"other": 1}, "a\x00b", {"value": "\x00"}, "\ud800", "x" * 501, 1.5])
async def test_nonsense_is_refused_and_changes_nothing(grounds: Grounds, value: Any) -> None:
    async def asking(journey: Journey) -> Said:
        return Said(str(await journey.enter("number", _("How many?"), whole_number)))

    fair.offer_function("fair.ask", asking)
    for name in ("fair.ask", "fair.buy"):
        row = await grounds.engine.start(name, ANN)
        with pytest.raises(BadAnswer):
            await grounds.say(row, ANN, value)
        assert await grounds.see(row) == row


async def test_a_wrong_answer_loses_no_hold(grounds: Grounds) -> None:
    row = await grounds.reach("agree", fair.person("ann", grounds.store.clock.now()), pack="blue")
    with pytest.raises(BadAnswer):
        await grounds.say(row, fair.person("ann", grounds.store.clock.now()), "perhaps")
    await grounds.work()
    assert await grounds.held() == ["blue", "fudge"]


async def test_a_searching_look_takes_no_hold_and_changes_nothing(grounds: Grounds) -> None:
    row = await grounds.engine.start("fair.buy", ANN, {"pack": "blue"})
    reached = fair.SHELVES["sweet"].takes

    async def search(finder: Any) -> list[str]:
        return [option.value for option in await finder("f")]

    assert await grounds.engine.look(row.id, ANN, search) == ["fudge", "toffee"]
    assert (await grounds.see(row), fair.SHELVES["sweet"].takes, await grounds.held()) == (row, reached, [])


async def test_a_look_that_would_take_a_hold_finds_nothing(grounds: Grounds) -> None:
    row = await grounds.reach("agree", fair.person("ann", grounds.store.clock.now()))
    grounds.store.clock.move(fair.LEASE)
    await grounds.change("UPDATE journey SET entries = jsonb_path_query_array(entries, '$[*] ? (@.kind != \"hold\")')")
    reached = fair.SHELVES["sweet"].takes

    async def search(finder: Any) -> bool:
        return finder is None

    assert await grounds.engine.look(row.id, ANN, search)
    assert fair.SHELVES["sweet"].takes == reached
