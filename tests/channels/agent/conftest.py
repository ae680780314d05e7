"""One house for the programs of a module, with a port of its own."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.conformance.place import Place, opened
from tests.ground import database as databases


@pytest.fixture(scope="module")
def programs_database(demo_template: str) -> Iterator[str]:
    """A demo database for one module."""
    name = f"t_programs_{databases.os.getpid()}"
    yield databases.clone(demo_template, name)
    databases.drop(name)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(programs_database: str) -> AsyncIterator[Place]:
    """The house over it, worked by hand, heard over real HTTP."""
    async with opened(programs_database) as made:
        yield made
