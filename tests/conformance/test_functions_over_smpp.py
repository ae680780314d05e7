"""Every function that the SMS hall serves, over SMPP from a phone and back, by a message centre that is not ours."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from onehall.hall import View
from onehall.kernel.functions import FUNCTIONS
from onehall.kernel.journeys import CHANNELS
from tests.conformance import answers
from tests.conformance.air import Air, OverSmpp, on_air
from tests.conformance.driving import drive
from tests.conformance.people import Person
from tests.conformance.place import Place, opened
from tests.ground import database as databases

pytestmark = pytest.mark.asyncio(loop_scope="module")
SERVED = [name for name in sorted(FUNCTIONS) if CHANNELS["sms"].fits(FUNCTIONS[name])]


@pytest.fixture(scope="module")
def air_database(demo_template: str) -> Iterator[str]:
    """One demo database for all of them."""
    name = f"t_air_{databases.os.getpid()}"
    yield databases.clone(demo_template, name)
    databases.drop(name)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bound(air_database: str) -> AsyncIterator[tuple[Place, Air]]:
    """The house over it, bound to the centre."""
    async with opened(air_database) as place, on_air(place) as air:
        yield place, air


@pytest.mark.parametrize("function", SERVED)
async def test_a_function_goes_to_its_end(bound: tuple[Place, Air], function: str) -> None:
    place, air = bound
    person = await Person().settle(place.counter)
    if function in answers.BEFORE:
        await answers.BEFORE[function](place.counter, person)
    way = OverSmpp(place.counter, person, place.client)
    view, _asked, handed = await drive(way, function, nothing_to_check, lambda: place.web(person))
    await place.counter.settle()
    assert view.state == "done", view.said or view.question
    assert handed != CHANNELS["sms"].finishes(FUNCTIONS[function])
    assert len(await air.messages(person.number)) >= way.sent, "a text of the phone brought nothing back"


async def nothing_to_check(view: View) -> None:
    """The words were checked in the matrix."""
