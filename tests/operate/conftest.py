"""Fixtures of the operator's tests."""

import itertools
import os
from collections.abc import Iterator

import pytest

from tests.ground import database as databases

_numbers = itertools.count()


@pytest.fixture
def bare_database() -> Iterator[str]:
    """The DSN of a database in which there is nothing at all."""
    name = f"t_bare_{os.getpid()}_{next(_numbers)}"
    yield databases.clone("template1", name)
    databases.drop(name)
