"""Secret answers: the function reads them, and nobody else does, in whatever table or view one looks."""

from typing import Any

from msgspec import structs

from onehall.hall.view import view
from onehall.kernel.i18n import _
from onehall.kernel.identity import Who
from onehall.kernel.journeys import BadAnswer, Caller, Journey, Row, Said
from onehall.kernel.journeys.secrets import MASK
from onehall.kernel.refusals import Refusal
from onehall.kernel.settings import changed
from onehall.kernel.store import Tx
from tests.ground.tables import written
from tests.kernel.journeys import fair
from tests.kernel.journeys.grounds import Grounds, kinds, why

ANN, BOB = fair.guest("ann"), fair.guest("bob")
SECRET = "11010519491231002X"
heard: list[Any] = []


def document(words: str) -> str:
    if len(words) != 18:
        raise Refusal("document.short", _("That is no document."), 422)
    return words


async def one_order(tx: Tx, name: str) -> str:
    await tx.write("INSERT INTO fair_order VALUES ($1, $2, $2, $3, NULL, $2, '', 'good')", tx.home, tx.new_id(), name)
    return name


async def telling(journey: Journey) -> Said:
    """A question before the secret, so that what is brought along waits in the row, and two after it, so that it is read again."""
    await journey.enter("first", _("What first?"), str)
    heard.append(await journey.enter("document", _("Which document?"), document))
    await journey.enter("then", _("What then?"), str)
    await journey.do("done", one_order, name="done")
    await journey.enter("last", _("What last?"), str)
    return Said("told")


def offered() -> None:
    heard.clear()
    fair.offer_function("fair.tell", telling, secret=("document",))


async def test_no_table_shows_it_at_any_step_and_the_function_reads_it_at_each(grounds: Grounds) -> None:
    offered()
    row = await grounds.engine.start("fair.tell", ANN)
    for value in ("one", SECRET, "two", "three"):
        row = await grounds.say(row, ANN, value)
        assert SECRET not in await written(grounds.store)
    await grounds.work()
    assert row.state == "done" and SECRET not in await written(grounds.store)
    assert kinds(row) == ["answer:first", "answer:document", "answer:then", "effect:done", "answer:last"]
    assert heard == [SECRET] * 3
    assert "one" in await written(grounds.store)  # what is not secret can be found in this way


async def test_what_is_brought_along_lies_sealed_until_it_is_asked_for(grounds: Grounds) -> None:
    offered()
    row = await grounds.engine.start("fair.tell", ANN, {"document": SECRET, "prove": {"document_number": SECRET}})
    assert row.question is not None and row.question["key"] == "first"
    assert SECRET not in await written(grounds.store)
    row = await grounds.say(row, ANN, "one")
    assert row.question is not None and row.question["key"] == "then"
    assert heard == [SECRET] and SECRET not in await written(grounds.store)


async def test_a_caller_cannot_forge_a_seal(grounds: Grounds) -> None:
    offered()
    row = await grounds.engine.start("fair.tell", ANN, {"first": "one", "document": {"sealed": "AAAA"}})
    assert row.question is not None and (row.question["key"], why(row)) == ("document", "Please answer with a short text.")


async def test_every_view_shows_a_mask(grounds: Grounds) -> None:
    offered()
    row = await grounds.say(await grounds.engine.start("fair.tell", ANN, {"first": "one"}), ANN, SECRET)
    shown = view(row, ANN)
    assert [line["value"] for line in shown.trail] == ["one", MASK]
    assert SECRET not in str(shown) and SECRET not in str(structs.asdict(row))


async def test_a_wrong_answer_is_not_kept_either(grounds: Grounds) -> None:
    offered()
    row = await grounds.engine.start("fair.tell", ANN, {"first": "one", "document": "1234567"})
    assert row.question is not None and why(row) == "That is no document."
    assert "1234567" not in await written(grounds.store) and row.given == {}
    before = await grounds.rows("SELECT t::text FROM journey t")
    try:
        await grounds.say(row, ANN, "7654321")
    except BadAnswer as refusal:
        assert refusal.status == 422
    assert await grounds.rows("SELECT t::text FROM journey t") == before


async def test_it_goes_along_with_a_hand_over_and_a_move(grounds: Grounds) -> None:
    offered()
    row = await grounds.say(await grounds.engine.start("fair.tell", ANN, {"first": "one"}), ANN, SECRET)
    row = await grounds.pass_on(row, ANN, fair.clerk("c1"))
    row = await grounds.pass_on(row, fair.clerk("c1"), Caller("f.web", Who(party=fair.PEOPLE["cat"])))
    assert row.party == fair.PEOPLE["cat"] and row.home == 33
    row = await grounds.say(row, fair.person("cat", grounds.store.clock.now()), "two")
    assert row.question is not None and row.question["key"] == "last"
    assert set(heard) == {SECRET} and SECRET not in await written(grounds.store)


async def test_a_rule_that_changed_asks_again_unless_something_was_done_on_it(grounds: Grounds) -> None:
    offered()
    early = await grounds.say(await grounds.engine.start("fair.tell", ANN, {"first": "one"}), ANN, SECRET)
    late = await grounds.engine.start("fair.tell", BOB, {"first": "one", "document": SECRET, "then": "two"})

    async def stricter(journey: Journey) -> Said:
        await journey.enter("first", _("What first?"), str)
        heard.append(await journey.enter("document", _("Which document?"), nothing))
        await journey.do("done", one_order, name="done")
        return Said("told")

    fair.offer_function("fair.tell", stricter, secret=("document",))
    heard.clear()
    row = await grounds.say(early, ANN, "two")
    assert row.question is not None and (row.question["key"], why(row)) == ("document", "Nothing is good enough.")
    row = await grounds.say(late, BOB, "three")
    assert (row.state, heard) == ("done", [SECRET])
    assert SECRET not in await written(grounds.store)


def nothing(words: str) -> str:
    raise Refusal("document.none", _("Nothing is good enough."), 422)


async def test_what_cannot_be_opened_any_more_is_asked_again(grounds: Grounds) -> None:
    """The house was given another secret meanwhile."""
    offered()
    row = await grounds.say(await grounds.engine.start("fair.tell", ANN, {"first": "one"}), ANN, SECRET)
    with changed(secret="another secret that is long enough for the house"):
        row = await grounds.say(row, ANN, "two")
    assert row.question is not None
    assert (row.question["key"], why(row)) == ("document", "We cannot read this any more. Please enter it again.")


async def test_an_entry_kept_in_plain_before_it_was_secret_is_still_read(grounds: Grounds) -> None:
    heard.clear()
    fair.offer_function("fair.tell", telling)
    row: Row = await grounds.say(await grounds.engine.start("fair.tell", ANN, {"first": "one"}), ANN, SECRET)
    offered()
    row = await grounds.say(row, ANN, "two")
    assert row.question is not None and (row.question["key"], heard) == ("last", [SECRET])
