"""A small house for the web hall."""

from collections.abc import Iterator

import pytest

from tests.channels.web.small_house import SmallHouse


@pytest.fixture
def small_house(database: str) -> Iterator[SmallHouse]:
    """The web hall over a fresh database, with the toy domain and the parlour behind it."""
    house = SmallHouse(database)
    yield house
    house.close()
