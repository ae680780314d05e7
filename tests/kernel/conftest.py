"""Fixtures of the kernel's tests."""

from collections.abc import Iterator

import pytest

from onehall.kernel import jobs
from onehall.kernel.events import REACTIONS


@pytest.fixture
def kinds() -> Iterator[None]:
    """Kinds and reactions that a test registers are gone after it."""
    kept, heard = dict(jobs.KINDS), {tag: list(reactions) for tag, reactions in REACTIONS.items()}
    yield
    jobs.KINDS.clear()
    jobs.KINDS.update(kept)
    REACTIONS.clear()
    REACTIONS.update(heard)
