"""What a process knows of functions, channels and the like: toys that a test module registers are gone after it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from onehall.kernel.functions import FUNCTIONS
from onehall.kernel.journeys import CHANNELS, PROVERS, TILLS
from onehall.kernel.journeys.scarce import SCARCE

NAMED: tuple[dict[Any, Any], ...] = (FUNCTIONS, CHANNELS, PROVERS, SCARCE)


@contextmanager
def as_before() -> Iterator[None]:
    """This will put every register back as it was, whatever was added, replaced or taken out meanwhile."""
    named, tills = [dict(register) for register in NAMED], list(TILLS)
    try:
        yield
    finally:
        for register, kept in zip(NAMED, named, strict=True):
            register.clear()
            register.update(kept)
        TILLS[:] = tills
