"""A process of a test's own that may be killed: forked from one that has loaded the house, which takes seconds."""

import asyncio
import multiprocessing
from collections.abc import Callable, Coroutine
from typing import Any

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["onehall.app", "tests.channels.kiosk.power", "tests.scenarios.kiosk_at_work"])


def run(main: Callable[..., Coroutine[Any, Any, None]], *words: str, seconds: float = 60) -> int:
    """This will run `main(*words)` in a process of its own to its end; gives its exit code, or minus the signal that ended it."""
    process = _FORKS.Process(target=_begin, args=(main, words))
    process.start()
    process.join(seconds)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise TimeoutError(f"{main.__module__} did not end within {seconds} s")
    return process.exitcode


def _begin(main: Callable[..., Coroutine[Any, Any, None]], words: tuple[str, ...]) -> None:
    asyncio.run(main(*words))
