"""Keys, choices, answers that die and answers that are sealed, and what is said at the end."""

from typing import Any

from onehall.kernel.i18n import Text, _
from onehall.kernel.journeys import Journey, Option, Said, Summary, item
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
