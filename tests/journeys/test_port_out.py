"""Leaving with the number: the holder's document opens the way, and is written nowhere in plain."""

import pytest

from onehall.hall import Caller, View
from onehall.kernel.functions import FUNCTIONS
from onehall.kernel.journeys.secrets import MASK
from tests.conformance.people import Person
from tests.ground.counter import Counter, opened
from tests.ground.tables import written


async def told(counter: Counter, person: Person, caller: Caller, document: str) -> View:
    """Name and document, typed in one after the other."""
    view = await counter.hall.start(caller, "port_out.check", {"line": person.number})
    if view.question is not None and view.question["kind"] == "prove":  # the clerk holds the document in hand
        view = await counter.answer(caller, view, {"document_number": person.document})
    for value in (person.made.name, document):
        view = await counter.answer(caller, view, value)
    return view


@pytest.mark.parametrize("by", ["app", "clerk"])
async def test_the_document_is_compared_and_left_nowhere(demo_database: str, by: str) -> None:
    async with opened(demo_database) as counter:
        person = await Person().settle(counter)
        caller = person.logged_in(counter, "api") if by == "app" else person.served_by(counter)
        before = await written(counter.store)
        right = await told(counter, person, caller, person.document)
        wrong = await told(counter, person, caller, "110101199003070134")
        await counter.settle()
        found = await written(counter.store)
    assert right.said is not None and wrong.said is not None
    assert "holder" not in right.said["text"] and len(wrong.said["facts"]) == len(right.said["facts"]) + 1
    assert [line["value"] for line in right.trail][-2:] == [person.made.name, MASK]
    assert person.document not in before + found + str(right) and "110101199003070134" not in found + str(wrong)
    assert right.id in found


async def test_what_one_text_brings_along_is_sealed_too(demo_database: str) -> None:
    async with opened(demo_database) as counter:
        person = await Person().settle(counter)
        caller = person.logged_in(counter, "api")
        given = {"line": person.number, "name": person.made.name, "document": person.document}
        view = await counter.hall.start(caller, "port_out.code", given)
        found = await written(counter.store)
    assert view.id in found or view.state == "refused"
    assert person.document not in found + str(view)


def test_whoever_takes_a_document_keeps_it_secret() -> None:
    taking = {name: one for name, one in FUNCTIONS.items() if "document" in one.takes}
    assert {"port_out.check", "port_out.code"} <= set(taking)
    assert [name for name, one in taking.items() if "document" not in one.secret] == []
