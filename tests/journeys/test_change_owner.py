"""A line goes to another owner at a counter: both show their documents; five lines a person holds for who receives it."""

from onehall.domains import party
from onehall.hall import Caller, View
from onehall.kernel.functions import FUNCTIONS
from onehall.kernel.ids import home_for, home_of
from onehall.kernel.journeys import CHANNELS
from onehall.kernel.journeys.secrets import MASK
from tests.conformance.people import Person
from tests.ground.counter import Counter
from tests.ground.tables import written

LINES = "SELECT number || ' ' || status FROM product WHERE party = $1 AND kind = 'line' AND status <> 'terminated'"
PLACES = "SELECT count(*) FROM line_slot WHERE document_hash = $1 AND line IS NOT NULL"


async def at_the_counter(counter: Counter, old: Person, document: str) -> tuple[Caller, View]:
    """The old owner proves who they are; the clerk types the new owner's document."""
    clerk = old.served_by(counter)
    view = await counter.hall.start(clerk, "line.transfer")
    if view.question and view.question["kind"] == "prove":
        boxes = {field["name"] for field in view.question["fields"]}
        shown = old.shown | {"face_compared": "yes"}
        view = await counter.answer(clerk, view, {name: value for name, value in shown.items() if name in boxes})
        view = await counter.settle(clerk, view)
    assert view.question and view.question["key"] == "document", view
    return clerk, await counter.answer(clerk, view, document)


async def hashed(person: Person) -> str:
    """How a person's document is known."""
    return party.queries.document_hash("resident_id", person.document)


async def test_a_line_goes_over_with_everything(counter: Counter) -> None:
    old, new = await Person().settle(counter), await Person().settle(counter)
    await counter.settle()
    before = await written(counter.store)
    clerk, view = await at_the_counter(counter, old, new.document)
    assert view.question and view.question["key"] == "agree"
    assert [each["value"] for each in view.question["summary"]["lines"]] == [old.number, "Hall 59", "李*"]
    assert next(each["value"] for each in view.trail if each["key"] == "document") == MASK
    view = await counter.answer(clerk, view, True)
    view = await counter.settle(clerk, view)
    assert view.state == "done" and view.said and view.said["text"] == f"{old.number} belongs to 李* now."
    assert await counter.one(LINES, old.party) is None
    line = await counter.one("SELECT id FROM product WHERE number = $1 AND status <> 'terminated'", old.number)
    assert home_of(line) == home_of(new.party)
    assert await counter.one("SELECT party FROM billing_account WHERE number = $1 AND status = 'open'", old.number) == new.party
    assert await counter.one("SELECT line FROM number WHERE number = $1", old.number) == line
    assert await counter.one("SELECT count(*) FROM line_slot WHERE line = $1", line) == 1
    told = [one.text for one in await counter.world.sms.messages(new.number)]
    assert f"The line {old.number} is yours now, with its plan, packs and contract. Please top it up." in told
    await counter.settle()
    assert await counter.one("SELECT suspended_why FROM product WHERE id = $1", line) == ["empty"]  # until it is topped up
    clerk = new.served_by(counter)
    paid = await counter.hall.start(clerk, "topup", {"number": old.number, "amount": "100"})
    await counter.answer(clerk, paid, {"method": "cash"})
    await counter.settle()
    assert await counter.one("SELECT status FROM product WHERE id = $1", line) == "active"
    assert new.document not in before + await written(counter.store)


async def test_nobody_gets_a_sixth(counter: Counter) -> None:
    old, new = await Person().settle(counter), await Person().settle(counter)
    await counter.settle()
    document = await hashed(new)
    taken = await counter.one(PLACES, document)
    for place in range(5 - taken):
        async with counter.store.edge(home_for(document)) as tx:
            await party.actions.take_slot(tx, document, f"t{place}")
            await party.actions.keep_slot(tx, document, f"t{place}", f"line-{place}")
    clerk, view = await at_the_counter(counter, old, new.document)
    assert view.question and view.question["key"] == "document" and view.question["why"], view
    assert await counter.one(LINES, old.party) == f"{old.number} active" and await counter.one(PLACES, document) == 5


async def test_a_stranger_and_the_owner_themselves_are_refused(counter: Counter) -> None:
    old, never = await Person().settle(counter), Person()
    await counter.settle()
    clerk, view = await at_the_counter(counter, old, never.document)
    assert view.question and view.question["why"] == "We know no customer by this document. Check their identity first."
    refused = await counter.answer(clerk, view, old.document)
    assert refused.state == "refused" and refused.said and refused.said["text"] == "This line is theirs already."
    assert await counter.one(LINES, old.party) == f"{old.number} active"


def test_only_staff_are_offered_it() -> None:
    offered = {name for name, one in CHANNELS.items() if one.fits(FUNCTIONS["line.transfer"])}
    assert offered == {name for name, one in CHANNELS.items() if one.assisted} and "desk" in offered
