"""Fixtures of the tests of identity: a house with a secret of its own."""

from collections.abc import Iterator

import pytest

from onehall.kernel import settings

SECRET = "a secret for tests, of forty characters."


@pytest.fixture(autouse=True)
def rules() -> Iterator[settings.Settings]:
    """The settings under which a test runs."""
    with settings.changed(secret=SECRET) as changed:
        yield changed
