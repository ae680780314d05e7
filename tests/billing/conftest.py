"""The fixture of billing's tests."""

from collections.abc import AsyncIterator

import pytest

from onehall.kernel.store import Store
from tests.billing.bank import Books, opened


@pytest.fixture
async def books(store: Store) -> AsyncIterator[Books]:
    """Billing over a fresh database, with the simulated bank behind real HTTP."""
    async with opened(store) as made:
        yield made
