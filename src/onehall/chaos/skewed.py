"""A process of the house whose clock is wrong: `python -m onehall.chaos.skewed SECONDS serve|work`."""

import runpy
import sys
from datetime import UTC, datetime, timedelta

from onehall.kernel import clock


def skew(seconds: int) -> None:
    """This will put the machine's clock of this process ahead (or, below zero, behind)."""
    by = timedelta(seconds=seconds)

    class Wrong(datetime):
        @classmethod
        def now(cls, tz=None):  # type: ignore[no-untyped-def]
            return datetime.now(tz or UTC) + by

    clock.datetime = Wrong  # type: ignore[misc]


if __name__ == "__main__":
    skew(int(sys.argv[1]))
    sys.argv[1:] = sys.argv[2:]
    runpy.run_module("onehall.cli", run_name="__main__")
