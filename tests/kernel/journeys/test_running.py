"""Running, keys, choices: how a function goes on from its answers."""

import asyncio
from typing import Any

import pytest

from onehall.kernel.i18n import Text, _
from onehall.kernel.journeys import BadAnswer, Journey, Option, Said, Summary, item
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx
from tests.kernel.journeys import fair
from tests.kernel.journeys.grounds import Grounds, kinds, payment_of, why

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


# -- keys


async def test_a_function_may_grow_questions_while_journeys_are_open(grounds: Grounds) -> None:
    """Journeys of the version before, recorded at each of its questions, go on with the version of today."""
    cat = fair.person("cat", grounds.store.clock.now())
    chosen = {"pack": "drop", "agree": "fudge", "money": "toffee"}
    recorded = {key: await grounds.reach(key, cat, sweet=sweet) for key, sweet in chosen.items()}

    async def buy_in_colour(journey: Journey) -> Said:
        colour = await journey.choose("colour", _("Which colour?"), colours)
        await fair.buy(journey)
        return Said(colour.text)

    fair.offer_function("fair.buy", buy_in_colour, version=2)
    row = await grounds.say(recorded["pack"], cat, "bare")
    assert row.question is not None and row.question["key"] == "colour" and row.version == 1
    assert kinds(row) == ["answer:sweet", "hold:kept"]  # the reply was to a question that is not open any more in the new order
    row = await grounds.say(row, cat, "red")
    assert row.question is not None and row.question["key"] == "pack"
    row = await grounds.say(recorded["agree"], cat, "yes")
    row = await grounds.say(row, cat, "red")
    assert row.question is not None and row.question["key"] == "agree"
    row = await grounds.hear(payment_of(recorded["money"]))
    assert row.question is not None and row.question["key"] == "colour"  # and the money is not lost meanwhile
    row = await grounds.say(row, cat, "red")
    assert row.question is not None and row.question["key"] == "sent"
    await grounds.work()
    assert ((await grounds.see(row)).state, await grounds.rows("SELECT state FROM fair_order")) == ("done", ["good"])


async def colours() -> list[Option]:
    return [Option("red", "red")]


async def test_an_entry_whose_key_is_not_met_again_is_left_alone(grounds: Grounds) -> None:
    cat = fair.person("cat", grounds.store.clock.now())
    row = await grounds.reach("agree", cat)

    async def shorter(journey: Journey) -> Said:
        await journey.confirm("agree", Summary([item(_("Sweet"), "fudge")]))
        return Said("done")

    fair.offer_function("fair.buy", shorter, version=2)
    row = await grounds.say(row, cat, "yes")
    row = await grounds.say(row, cat, "yes") if row.open else row  # the terms were others: they are read again
    assert row.state == "done"
    assert kinds(row) == ["answer:sweet", "hold:kept", "answer:pack", "proof:prove", "answer:agree"]


async def test_a_caller_cannot_bring_what_only_the_engine_knows(grounds: Grounds) -> None:
    given = {"": {"prove": {"pending": 2, "text": {"id": "x"}}, "pay:money": -9}, "prove": {"code": "ann"}, "agree": "yes"}
    row = await grounds.engine.start("fair.buy", ANN, given)
    row = await grounds.say(await grounds.say(row, ANN, "fudge"), ANN, "bare")
    assert row.question is not None and (row.question["key"], row.question["kind"]) == ("prove", "prove")
    assert "" not in row.given or row.given[""] == {}
    row = await grounds.say(row, ANN, {"code": "ann"})
    assert row.question is not None and row.question["key"] == "agree"  # a yes is never brought along


# -- choices


async def test_choices_are_evaluated_only_while_they_are_open_or_loose(grounds: Grounds) -> None:
    called: list[str] = []

    def counted(key: str) -> Any:
        async def options() -> list[Option]:
            called.append(key)
            return [Option("a", "a"), Option("b", "b")]

        return options

    async def three(journey: Journey) -> Said:
        await journey.choose("first", _("Which?"), counted("first"))
        await journey.choose("second", _("Which?"), counted("second"))
        await journey.do("act", one_order, name="act")
        await journey.choose("third", _("Which?"), counted("third"))
        return Said("done")

    fair.offer_function("fair.three", three)
    row = await grounds.engine.start("fair.three", ANN)
    assert called == ["first"]
    row = await grounds.say(row, ANN, "a")
    assert called == ["first", "first", "second"]
    called.clear()
    row = await grounds.say(row, ANN, "a")
    assert called == ["first", "second", "third"]
    called.clear()
    assert (await grounds.say(row, ANN, "b")).state == "done"
    assert called == ["third"]  # what came before the action is a fact


# -- answers die, and are sealed


async def test_an_option_that_is_gone_takes_the_loose_answers_after_it_along(grounds: Grounds) -> None:
    async def two(journey: Journey) -> Said:
        sweet = await journey.choose("sweet", _("Which sweet?"), lambda: fair.things(journey.tx, "sweet"), gone=_("no longer on sale"))
        await journey.choose("pack", _("In a box?"), lambda: fair.packs(journey.tx))
        await journey.confirm("agree", Summary([item(_("Sweet"), sweet.value)]))
        return Said("done")

    fair.offer_function("fair.two", two)
    row = await grounds.engine.start("fair.two", ANN)
    for value in ("fudge", "bare"):
        row = await grounds.say(row, ANN, value)
    await grounds.withdraw("fudge")
    row = await grounds.say(row, ANN, "yes")
    assert row.question is not None and (row.question["key"], why(row), kinds(row)) == ("sweet", "no longer on sale", [])
    assert [step[:2] for step in await grounds.story(row)][-1] == ("reasked", "sweet")


async def test_a_yes_is_recorded_word_for_word_and_terms_are_the_same_after_a_while_in_the_row(grounds: Grounds) -> None:
    cat = fair.person("cat", grounds.store.clock.now())
    row = await grounds.reach("money", cat)
    agreed = next(entry for entry in row.entries if entry.key == "agree")
    assert agreed.value == {
        "lines": [{"label": {"id": "Sweet", "values": {}}, "value": "fudge"}], "total": {"minor": 250, "currency": "CNY"},
        "terms": [{"id": "No change.", "values": {}}],
    }  # fmt: skip
    assert [step for step, key, _seconds in await grounds.story(row) if key == "agree"] == ["asked", "answered"]


async def test_a_no_is_a_no_even_when_the_price_has_changed(grounds: Grounds) -> None:
    cat = fair.person("cat", grounds.store.clock.now())
    row = await grounds.reach("agree", cat)
    await grounds.change("UPDATE fair_thing SET price = 999 WHERE name = 'fudge'")
    assert (await grounds.say(row, cat, "no")).state == "cancelled"


async def test_what_was_entered_is_asked_again_when_the_rule_changed_unless_an_action_stands_on_it(grounds: Grounds) -> None:
    most = [100]

    def few(words: str) -> Money:
        if int(words) > most[0]:
            raise Refusal("fair.many", _("That is too many."), 422)
        return Money(int(words))

    async def entering(journey: Journey) -> Said:
        amount = await journey.enter("amount", _("How much?"), few)
        await journey.choose("colour", _("Which colour?"), colours)
        await journey.do("act", one_order, name="act")
        await journey.choose("again", _("Which colour?"), colours)
        return Said(_("{amount}", amount=amount))

    fair.offer_function("fair.enter", entering)
    loose = await grounds.say(await grounds.engine.start("fair.enter", ANN), ANN, "50")
    sealed = await grounds.say(await grounds.say(await grounds.engine.start("fair.enter", BOB), BOB, "50"), BOB, "red")
    most[0] = 10
    loose = await grounds.say(loose, ANN, "red")
    assert loose.question is not None and (loose.question["key"], why(loose)) == ("amount", "That is too many.")
    sealed = await grounds.say(sealed, BOB, "red")
    assert sealed.said is not None and sealed.said["text"]["values"]["amount"] == {"minor": 50, "currency": "CNY"}


async def test_a_sweet_withdrawn_after_its_order_sends_nobody_back_to_choose(grounds: Grounds) -> None:
    row = await grounds.reach("money", fair.person("cat", grounds.store.clock.now()))
    row = await grounds.hear(payment_of(row))
    assert row.question is not None and row.question["key"] == "sent"
    await grounds.withdraw("fudge")
    await grounds.change("UPDATE fair_thing SET price = 999 WHERE name = 'fudge'")
    await grounds.work()
    row = await grounds.see(row)
    assert row.state == "done" and row.said is not None and row.said["text"]["values"] == {"sweet": "fudge"}
    assert next(entry for entry in row.entries if entry.key == "sweet").value["price"] == {"minor": 250, "currency": "CNY"}


async def test_what_is_said_at_the_end_is_kept_whole(grounds: Grounds) -> None:
    async def telling(journey: Journey) -> Said:
        await journey.choose("colour", _("Which colour?"), colours)
        text: Text = _("Enjoy your {sweet}.", sweet="fudge")
        return Said(text, [item(_("Order"), Money(5))], ("fair.buy",), [item("May", 3, "number")])

    fair.offer_function("fair.tell", telling)
    row = await grounds.say(await grounds.engine.start("fair.tell", ANN), ANN, "red")
    assert (await grounds.see(row)).said == {
        "text": {"id": "Enjoy your {sweet}.", "values": {"sweet": "fudge"}},
        "facts": [{"label": {"id": "Order", "values": {}}, "value": {"minor": 5, "currency": "CNY"}, "kind": "money"}],
        "next": ["fair.buy"], "series": [{"label": "May", "value": 3, "kind": "number"}],
    }  # fmt: skip
