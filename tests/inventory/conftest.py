"""Fixtures of inventory's tests."""

import pytest

from onehall.kernel.store import Store
from tests.inventory.ground import Shop


@pytest.fixture
def shop(store: Store) -> Shop:
    """A fresh database with the house's numbers, SIMs and lines over it."""
    return Shop(store)
