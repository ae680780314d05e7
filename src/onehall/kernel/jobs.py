"""Work that is done after the transaction that wanted it, at least once, with a limit on tries.

A `@job` works inside one transaction. A `@call` asks the world through a port with no transaction open, then gives back
what is to be done with the answer, which runs in the transaction that ends the job.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import msgspec

TRIES_MAX = 8
BACKOFF_FIRST = timedelta(seconds=2)
BACKOFF_MAX = timedelta(minutes=10)


class Later(Exception):
    """The world cannot answer now; the job is to be tried again."""


class Kind(msgspec.Struct, frozen=True):
    """A kind of work: its name, its code, and what to do when it is given up."""

    name: str
    work: Callable[..., Awaitable[Any]]
    outside: bool
    tries_max: int = TRIES_MAX
    given_up: Callable[..., Awaitable[None]] | None = None
    alone: bool = False


class Job(msgspec.Struct, frozen=True):
    """A row of work. `lane` keeps its order; `works_in` is the home whose rows it changes."""

    home: int
    id: str
    kind: str
    body: dict[str, Any]
    lane: str | None = None
    works_in: int | None = None
    tries: int = 0


KINDS: dict[str, Kind] = {}


def job(
    name: str, *, tries_max: int = TRIES_MAX, given_up: Callable[..., Awaitable[None]] | None = None, alone: bool = False
) -> Callable[..., Any]:
    """This will register `async def work(tx, body)`, run in one transaction; it must be safe twice.

    `alone`: where it works in another home than its row's, at most one statement writes, and it tells nothing (`Store.edge`).
    """
    return _register(name, False, tries_max, given_up, alone)


def call(
    name: str, *, tries_max: int = TRIES_MAX, given_up: Callable[..., Awaitable[None]] | None = None
) -> Callable[..., Any]:
    """This will register `async def ask(world, body)`, run with no transaction open.

    It gives back None or `async def answer(tx)`. It raises `Later` for "not now"; a "no" is an answer.
    `given_up(tx, body, error)` runs when the tries are used up, in the transaction that writes the dead letter.
    """
    return _register(name, True, tries_max, given_up)


def backoff(tries: int) -> timedelta:
    """This will give the wait before the next try: 2, 4, 8 ... seconds, ten minutes at most."""
    return min(BACKOFF_FIRST * 2 ** min(max(0, tries - 1), 16), BACKOFF_MAX)


def _register(name: str, outside: bool, tries_max: int, given_up: Any, alone: bool = False) -> Callable[..., Any]:
    def register(work: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        if name in KINDS and KINDS[name].work.__qualname__ != work.__qualname__:
            raise ValueError(f"two kinds of work are called {name}")
        KINDS[name] = Kind(name, work, outside, tries_max, given_up, alone)
        return work

    return register
