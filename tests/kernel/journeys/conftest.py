"""`grounds`: the fair, open over a fresh database, with everything on its shelves."""

from collections.abc import AsyncIterator

import pytest

from tests.kernel.journeys import fair
from tests.kernel.journeys.grounds import Grounds
from tests.kernel.journeys.weather import FrailStore


@pytest.fixture
async def grounds(database: str) -> AsyncIterator[Grounds]:
    """The fair, the engine that runs it, and what the tests ask of both."""
    store = await FrailStore(database, pool_size=10).open()
    close = await fair.open_fair(store)
    await fair.stock(store)
    yield Grounds(store)
    close()
    await store.close()
