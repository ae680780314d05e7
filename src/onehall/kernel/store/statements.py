"""What is sent to the database, for those who count it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from onehall.kernel.telemetry import STATEMENTS

_sent: ContextVar[list[str] | None] = ContextVar("sent", default=None)


@contextmanager
def counting() -> Iterator[list[str]]:
    """This will collect every statement sent in this context, but BEGIN and COMMIT."""
    statements: list[str] = []
    token = _sent.set(statements)
    try:
        yield statements
    finally:
        _sent.reset(token)


def note(sql: str) -> None:
    """This will note a statement for whoever is counting, and for the house's own counters."""
    STATEMENTS.inc()
    statements = _sent.get()
    if statements is not None:
        statements.append(sql)
