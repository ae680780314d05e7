"""What is sent to the database, for those who count it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from onehall.kernel.telemetry import STATEMENTS

_sent: ContextVar[list[str] | None] = ContextVar("sent", default=None)
Watch = Callable[[str, tuple[Any, ...]], None]
_watches: list[Watch] = []


@contextmanager
def watching(watch: Watch) -> Iterator[None]:
    """This will show every statement of this process with its values, whoever sends it, to `watch`; for tests."""
    _watches.append(watch)
    try:
        yield
    finally:
        _watches.remove(watch)


@contextmanager
def counting() -> Iterator[list[str]]:
    """This will collect every statement sent in this context, but BEGIN and COMMIT."""
    statements: list[str] = []
    token = _sent.set(statements)
    try:
        yield statements
    finally:
        _sent.reset(token)


def note(sql: str, values: tuple[Any, ...] = ()) -> None:
    """This will note a statement for whoever is counting, and for the house's own counters."""
    STATEMENTS.inc()
    statements = _sent.get()
    if statements is not None:
        statements.append(sql)
    for watch in _watches:
        watch(sql, values)
