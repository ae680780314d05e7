"""The router: the simple is told of a cheaper channel, the valuable of a person; who is held out is told of nothing, and counted."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

import onehall
from onehall import dialogues
from onehall.channels.hotline import calls, dialogue
from onehall.channels.hotline.calls import Call, Stands
from onehall.dialogues import Speech
from onehall.hall import Caller, fit, fitting
from onehall.kernel.events import Origin
from onehall.kernel.identity import Who
from onehall.kernel.journeys import CHANNELS
from tests.ground.counter import Counter, opened
from tests.hall.valued import customer

NOBODY = Origin()


@pytest.fixture
async def counter(demo_database: str) -> AsyncIterator[Counter]:
    """A house without HTTP in which nobody is held out."""
    async with opened(demo_database) as counter:
        await held_out(counter, 0)
        yield counter


async def held_out(counter: Counter, share: int) -> None:
    """This will say from which share suggestions are withheld."""
    await fitting.set_routing(counter.store, active=True, held_out=share, least_minor=100, origin=NOBODY)


async def told(counter: Counter) -> list[tuple[str, ...]]:
    """This will give the suggestions that stand in the log."""
    await counter.hall.visits.write()
    async with counter.store.edge(0) as tx:
        rows = await tx.read("SELECT type, channel, function, body FROM event WHERE type LIKE 'channel.%' ORDER BY at, id")
    return [(row["type"], row["channel"], row["function"], row["body"]["way"], row["body"]["to"], row["body"]["band"]) for row in rows]


async def test_the_simple_on_the_hotline_is_told_of_a_cheaper_channel_once(counter: Counter) -> None:
    party = await customer(counter, "+8618600770001", 3_000)
    caller = counter.customer(party, "hotline")
    view = await counter.hall.start(caller, "store.list")
    assert view.suggestion == {
        "way": "cheaper", "channel": "web", "title": "Online hall",
        "head": "Better this way: Online hall",
        "text": "Next time without a wait, at any hour: you can do this yourself here: Online hall.",
    }, view.suggestion  # fmt: skip
    again = await counter.hall.see(caller, view.id)
    assert again.suggestion == view.suggestion
    assert (await counter.hall.answer(caller, view.id, "city", 1, view.question["options"][0]["value"])).suggestion is None
    assert await told(counter) == [("channel.suggested", "hotline", "store.list", "cheaper", "web", "basic")]


async def test_a_cell_that_is_closed_is_never_suggested(counter: Counter) -> None:
    caller = counter.customer(await customer(counter, "+8618600770002", 3_000), "hotline")
    for channel in ("web", "wechat"):
        await fitting.set_cell(counter.store, ("store.list", channel, "basic"), offered=False, origin=NOBODY)
    view = await counter.hall.start(caller, "store.list")
    assert view.suggestion and view.suggestion["text"] == "Next time without a wait, at any hour: send YYT to 10016."


async def test_the_valuable_is_told_of_a_person_and_never_sent_away_from_one(counter: Counter) -> None:
    party = await customer(counter, "+8618600770003", 20_000)
    view = await counter.hall.start(counter.customer(party, "web"), "line.open")
    assert view.suggestion and (view.suggestion["way"], view.suggestion["channel"]) == ("human", "hotline")
    assert "Call 10016, you come first." in view.suggestion["text"]
    assert (await counter.hall.start(counter.customer(party, "hotline"), "store.list")).suggestion is None
    assert (await counter.hall.start(counter.customer(party, "web"), "store.list")).suggestion is None
    basic = await customer(counter, "+8618600770004", 3_000)
    assert (await counter.hall.start(counter.customer(basic, "web"), "line.open")).suggestion is None
    assert (await counter.hall.start(counter.guest("g", "web"), "line.open")).suggestion is None
    assert await told(counter) == [("channel.suggested", "web", "line.open", "human", "hotline", "high")]


async def test_who_is_held_out_is_told_of_nothing_and_stands_in_the_log(counter: Counter) -> None:
    await held_out(counter, 100)
    caller = counter.customer(await customer(counter, "+8618600770005", 3_000), "hotline")
    assert (await counter.hall.start(caller, "store.list")).suggestion is None
    assert await told(counter) == [("channel.held_out", "hotline", "store.list", "cheaper", "web", "basic")]


async def test_nothing_is_suggested_or_counted_while_it_is_turned_off(counter: Counter) -> None:
    await fitting.set_routing(counter.store, active=False, held_out=0, least_minor=100, origin=NOBODY)
    caller = counter.customer(await customer(counter, "+8618600770006", 3_000), "hotline")
    assert (await counter.hall.start(caller, "store.list")).suggestion is None
    assert await told(counter) == []


async def test_each_channel_has_a_cost_and_what_was_shipped_is_an_example(counter: Counter) -> None:
    costs = (await fit.learn(counter.store)).costs
    assert set(CHANNELS) <= set(costs), "a channel without a cost is never weighed: give it one in a migration of the hall"
    assert all(cost.example and cost.staff is None for cost in costs.values())


async def test_a_new_cost_holds_for_the_next_customer(counter: Counter) -> None:
    caller = counter.customer(await customer(counter, "+8618600770009", 3_000), "hotline")
    await fitting.set_cost(counter.store, "hotline", 104, human=True, told=True, origin=Origin(staff="s1"))
    assert (await counter.hall.start(caller, "store.list")).suggestion is None  # 99 saved, 100 asked for
    await fitting.set_cost(counter.store, "hotline", 105, human=True, told=True, origin=Origin(staff="s1"))
    assert (await counter.hall.start(caller, "store.list")).suggestion
    cost = (await fit.sheet(counter.store)).costs["hotline"]
    assert (cost.amount.minor, cost.example, cost.staff) == (105, False, "s1") and cost.at


async def test_a_clerk_serves_and_passes_on_what_is_cheaper_next_time(counter: Counter) -> None:
    party = await customer(counter, "+8618600770010", 3_000)
    clerk = Caller("desk", Who(staff="c1", unit="onehall.gd.gz.s1", roles=frozenset({"clerk"})), party=party)
    view = await counter.hall.start(clerk, "store.list")
    assert view.question and view.suggestion and (view.suggestion["way"], view.suggestion["channel"]) == ("cheaper", "web")
    assert view.suggestion["head"] == "For the customer's next time: Online hall"
    assert view.suggestion["text"].startswith("Do it now, and tell them:")
    assert (await counter.answer(clerk, view, view.question["options"][0]["value"])).state == "done"  # nobody is sent away


async def test_a_clerk_sees_why_a_valued_customer_was_sent_to_a_person(counter: Counter) -> None:
    party = await customer(counter, "+8618600770011", 20_000)
    clerk = Caller("desk", Who(staff="c1", unit="onehall.gd.gz.s1", roles=frozenset({"clerk"})), party=party)
    assert (await counter.hall.start(clerk, "line.open")).suggestion is None  # nobody told them anything
    mine = counter.customer(party, "web")
    view = await counter.hall.start(mine, "line.open")
    assert view.suggestion and view.suggestion["way"] == "human"
    await counter.hall.visits.write()
    code = (await counter.hall.hand_over(mine, view.id)).code
    taken = await counter.hall.take(Caller("desk", clerk.who), code)
    seen = await counter.hall.see(clerk, taken.id)
    assert seen.suggestion and (seen.suggestion["way"], seen.suggestion["head"]) == ("here", "Sent to a person: high value")
    assert "(Online hall): this is not simple" in seen.suggestion["text"]
    again = await counter.hall.start(clerk, "line.open")
    assert again.suggestion and again.suggestion["way"] == "here"
    basic = await customer(counter, "+8618600770012", 3_000)
    assert (await counter.hall.start(msgspec.structs.replace(clerk, party=basic), "line.open")).suggestion is None


def _shows_journeys() -> list[Path]:
    found = Path(onehall.__file__).parent.glob("**/templates/*.html")
    return [one for one in found if "{{ question.text|phones }}" in (text := one.read_text("utf-8")) and "view.moved_to" in text]


@pytest.mark.parametrize("page", _shows_journeys(), ids=lambda one: f"{one.parts[-3]}")
def test_each_page_that_shows_a_journey_shows_the_suggestion(page: Path) -> None:
    assert '{% include "suggested.html" %}' in page.read_text("utf-8")


def test_a_kiosk_a_counter_and_the_hall_are_such_pages() -> None:
    assert {one.parts[-3] for one in _shows_journeys()} == {"web", "kiosk", "desk"}


async def test_a_text_and_a_voice_say_it(counter: Counter) -> None:
    party = await customer(counter, "+8618600770007", 20_000)
    speech = Speech(counter.customer(party, "sms"), "m1", "0000")
    words, _stands = await dialogues.begin(counter.hall, speech, "line.open", {})
    assert "a person gladly does this with you. Call 10016, you come first." in words
    await customer(counter, "+8618600770008", 3_000)
    call = Call("c-fit", "18600770008", Stands("en"))
    async with counter.store.edge(call.home) as tx:
        await calls.begin(tx, call)
    for keys in "#1":
        await dialogue.turn(counter.hall, call, keys=keys)
    for _page in range(4):
        if "store.list" not in call.stands.shown:
            await dialogue.turn(counter.hall, call, keys="9")
    key = call.stands.shown.index("store.list") + 1
    await dialogue.turn(counter.hall, call, keys=str(key))
    assert call.stands.says[-1] == "Next time without a wait, at any hour: you can do this yourself here: Online hall."
    assert [one[:3] for one in await told(counter)] == [
        ("channel.suggested", "sms", "line.open"), ("channel.suggested", "hotline", "store.list")]  # fmt: skip
