"""How it was: asked after a journey has ended well, answered once, or not at all."""

from collections.abc import AsyncIterator

import pytest

from onehall import dialogues
from onehall.dialogues import Dialogue, Speech
from onehall.hall import View
from onehall.kernel.journeys import Caller
from onehall.kernel.refusals import Refusal
from tests.ground.counter import Counter, opened
from tests.hall.valued import customer

STARS = "SELECT body FROM event WHERE type = 'journey.rated' ORDER BY id"


@pytest.fixture
async def counter(demo_database: str) -> AsyncIterator[Counter]:
    """A house without HTTP."""
    async with opened(demo_database) as counter:
        yield counter


async def done(counter: Counter, caller: Caller) -> View:
    """This will bring a journey to its end that leaves a row."""
    view = await counter.hall.start(caller, "store.list")
    return await counter.answer(caller, view, view.question["options"][0]["value"])


async def stars(counter: Counter) -> list[tuple[str, str, int]]:
    """This will give the answers in the log."""
    await counter.settle()
    async with counter.store.edge(0) as tx:
        return [(row["body"]["rated"], row["body"]["of"], row["body"]["stars"]) for row in await tx.read(STARS)]


async def test_an_end_asks_and_the_answer_is_a_fact_once(counter: Counter) -> None:
    caller = counter.customer(await customer(counter, "18600771001"), "web")
    ended = await done(counter, caller)
    assert ended.rate == "PJ" and ended.said and ended.said["next"][-1]["function"] == "journey.rate"
    asked = await counter.hall.start(caller, "journey.rate", {"journey": ended.id})
    assert asked.question and [one["value"] for one in asked.question["options"]] == ["5", "4", "3", "2", "1"]
    assert asked.question["text"] == "How was it for you: Our stores?" and await stars(counter) == []
    thanks = await counter.answer(caller, asked, "4")
    assert (thanks.state, thanks.rate) == ("done", None)  # nobody is asked how it was to be asked
    assert await stars(counter) == [(ended.id, "store.list", 4)]
    with pytest.raises(Refusal) as refused:
        again = await counter.hall.start(caller, "journey.rate", {"journey": ended.id, "stars": "1"})
        raise Refusal("rating.none", again.said["text"], 409) if again.state == "refused" else AssertionError(again)
    assert refused.value.code == "rating.none"
    assert len(await stars(counter)) == 1


async def test_a_guest_rates_what_was_in_their_own_hands_and_nothing_else(counter: Counter) -> None:
    guest, other = counter.guest("a", "web"), counter.guest("b", "web")
    ended = await done(counter, guest)
    assert ended.rate == "PJ"
    stranger = await counter.hall.start(other, "journey.rate", {"journey": ended.id, "stars": "1"})
    assert stranger.state == "refused" and await stars(counter) == []
    assert (await counter.hall.start(guest, "journey.rate", {"journey": ended.id, "stars": "5"})).state == "done"
    assert await stars(counter) == [(ended.id, "store.list", 5)]


async def test_a_text_is_enough(counter: Counter) -> None:
    caller = counter.customer(await customer(counter, "18600771002"), "sms")
    words, stands = await dialogues.begin(counter.hall, Speech(caller, "m1", ""), "store.list", {})
    words, stands = await dialogues.converse(counter.hall, Speech(caller, "m2", "1"), stands)
    assert words.endswith("How was it? Reply PJ and 1 to 5.")
    words, _stands = await dialogues.converse(counter.hall, Speech(caller, "m3", "PJ 3"), Dialogue())
    assert words == "Thank you for telling us."
    assert [one[1:] for one in await stars(counter)] == [("store.list", 3)]


async def test_what_was_served_in_one_breath_and_what_staff_did_is_not_asked_for(counter: Counter) -> None:
    caller = counter.customer(await customer(counter, "18600771003"), "web")
    assert (await counter.hall.start(caller, "help")).rate is None
    assert (await counter.hall.start(caller, "journey.rate")).state == "refused"
    assert await stars(counter) == []
