"""Every function in every channel that claims it, from its first question to its end, made out of the two catalogues."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from onehall.hall import View
from onehall.kernel.functions import FUNCTIONS, Ask, Proof
from onehall.kernel.i18n import Text, catalogue
from onehall.kernel.identity.who import GUEST
from onehall.kernel.journeys import CHANNELS
from tests.conformance import answers
from tests.conformance.driving import drive, go_on
from tests.conformance.machines import Hotline
from tests.conformance.people import Person, code_on
from tests.conformance.place import Place, opened
from tests.conformance.programs import admits, beyond, its_program
from tests.conformance.street import Field
from tests.conformance.ways import Api, Hall, Sms, Wechat
from tests.ground import database as databases
from tests.ground.counter import Counter

pytestmark = pytest.mark.asyncio(loop_scope="module")
CELLS = [(name, one.name) for name in sorted(FUNCTIONS) for one in CHANNELS.values() if one.fits(FUNCTIONS[name])]
AT_HOME = ("api", "sms", "web", "desk", "wechat", "agent", "kiosk", "hotline", "field")
WRITTEN = ("sms", "wechat", "hotline")
"""Channels that these tests can drive; a channel that joins the catalogue fails here until it has a way in."""


@pytest.fixture(scope="module")
def matrix_database(demo_template: str) -> Iterator[str]:
    """One demo database for the whole matrix."""
    name = f"t_matrix_{databases.os.getpid()}"
    yield databases.clone(demo_template, name)
    databases.drop(name)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(matrix_database: str) -> AsyncIterator[Place]:
    """The house over it, worked by hand, with a client and a clerk's browser."""
    async with opened(matrix_database) as made:
        yield made


def test_every_channel_has_a_way_in() -> None:
    assert set(CHANNELS) == set(AT_HOME)
    assert len(FUNCTIONS) >= 30 and len(CELLS) >= 3 * len(FUNCTIONS)


@pytest.mark.parametrize(("function", "channel"), CELLS, ids=[f"{function}-{channel}" for function, channel in CELLS])
async def test_a_function_goes_to_its_end(place: Place, function: str, channel: str) -> None:
    person = await Person().settle(place.counter)
    if function in answers.BEFORE:
        await answers.BEFORE[function](place.counter, person)
    programs = CHANNELS[channel].programs
    if programs and await admits(place, function) == "no":
        pytest.skip("the policy admits no program to it; tests/channels/agent holds that")
    way = await way_in(place, person, function, channel)
    assert channel in (way.caller.channel, "agent"), "driven through another channel's way"

    async def look(view: View) -> None:
        await check_words(place.counter, view)

    view, asked, handed = await drive(way, function, look, lambda: place.web(person))
    await place.counter.settle()
    declared = FUNCTIONS[function].asks | ({Ask.PROVE, Ask.WAIT} if FUNCTIONS[function].proof else set())
    declared |= {Ask.CONFIRM} if programs else set()  # what a program prepared is the person's to agree to
    declared |= {Ask.SIGN} if CHANNELS[channel].signs else set()
    assert asked <= declared, f"asks {sorted(asked - declared)} without saying so"
    assert view.state == "done", view.said or view.question
    expected = await admits(place, function) == "person" or beyond(asked) if programs else not finishes(function, channel)
    assert handed == expected, "hands over where it could go on, or the other way round"
    assert view.said and view.said["text"]
    await check_words(place.counter, view)


@pytest.mark.parametrize("channel", ["web", "desk"])
async def test_a_code_is_typed_into_the_page(place: Place, channel: str) -> None:
    """Somebody begins in an app, known to nobody, and goes on at a page that sends a code to the phone, and another on demand."""
    person = await Person().settle(place.counter)
    place.client.cookies.clear()
    app = Api(place.counter, person, place.client)
    begun = await app.start("balance.check")
    assert begun.question and begun.question["kind"] == "prove"
    way = place.desk(person) if channel == "desk" else place.web(person)
    view = await way.answer(await way.take(await app.code(begun)), {"phone": person.number})
    assert view.question and [box["name"] for box in view.question["fields"]] == ["code"]
    first = await code_on(place.counter, person.number)
    await way.is_refused({"again": "yes"}, "A code was just sent. You can ask for another in 60 seconds.")
    place.counter.store.clock.move(timedelta(seconds=60))
    view = await way.answer(view, {"again": "yes"})
    second = await code_on(place.counter, person.number)
    assert second != first
    view = await way.answer(view, {"code": second})
    assert view.state == "done" and view.party == person.party


async def test_pages_hand_over_to_each_other(place: Place) -> None:
    """The online hall gives a code, the counter takes it, gives another, and the hall goes on to pay at the bank."""
    person = await Person().settle(place.counter)
    hall, counter = place.web(person), place.desk(person)
    begun = await hall.start("line.open")
    begun = await hall.answer(begun, answers.chosen("line.open", begun.question or {}))
    at_counter = await counter.take(await hall.hands_over())
    assert at_counter.question and at_counter.question["key"] == "number"
    await hall.browser.go(f"/j/{begun.id}")
    assert hall.page.says("Continued at: Counter") and not [form for form in hall.page.posting if form.path == hall.page.path]
    at_counter = await counter.answer(at_counter, answers.chosen("line.open", at_counter.question))
    back = await hall.take(await counter.hands_over())
    view, asked, _handed = await go_on(hall, "line.open", back, nothing_to_check, lambda: hall)
    assert view.state == "done" and Ask.PAY in asked
    assert [entry["channel"] for entry in view.trail if entry["key"] in ("offer", "number")] == ["web", "desk"]


async def nothing_to_check(view: View) -> None:
    """The words were checked before."""


def finishes(function: str, channel: str) -> bool:
    """This will tell whether a channel can put all that the function asks of a person."""
    return CHANNELS[channel].finishes(FUNCTIONS[function]) or channel not in WRITTEN


async def way_in(place: Place, person: Person, function: str, channel: str) -> Hall:
    """This will give a person's way into a channel: over the API, a browser in the hall, a clerk's at the desk, a phone.

    An app is a guest's as far as a code will do; who shows a document besides has logged in, as another login is another customer.
    """
    counter, client = place.counter, place.client
    client.cookies.clear()
    if channel == "agent":
        return await its_program(place, person)
    if channel == "api":
        known = FUNCTIONS[function].proof is Proof.REAL_NAME
        return Api(counter, person, client, (await counter.house.front.gate.log_in(GUEST, person.party, app=True)).token if known else "")
    if channel == "field":
        return Field(counter, person, client, place.clerk)
    if channel == "kiosk":
        return place.kiosk(person)
    if channel == "hotline":
        return Hotline(counter, person, client)
    if channel in WRITTEN:
        return (Sms if channel == "sms" else Wechat)(counter, person, client)
    return place.desk(person) if channel == "desk" else place.web(person)


async def check_words(counter: Counter, view: View) -> None:
    """Everything that is shown reads well in both languages: each text has its line, and no value's place is left empty."""
    if not view.id:
        return
    try:
        row = await counter.hall.engine.see(view.id)
    except Exception:
        return  # it never became a row
    for language in ("en", "zh-CN"):
        wrong = [text for text in texts([row.question, row.said, [entry.text for entry in row.entries]]) if not reads_well(text, language)]
        assert not wrong, (language, wrong)


def texts(kept: Any) -> Iterator[dict[str, Any]]:
    """This will find every text inside a kept structure."""
    if isinstance(kept, list):
        for part in kept:
            yield from texts(part)
    elif isinstance(kept, dict):
        if kept.keys() == {"id", "values"}:
            yield kept
        for part in kept.values():
            yield from texts(part)


def reads_well(text: dict[str, Any], language: str) -> bool:
    """This will tell whether a text has a line in a language, and its values a place in it."""
    return (language == "en" or text["id"] in catalogue(language)) and "{" not in Text(text["id"], text["values"]).render(language)
