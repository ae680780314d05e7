"""The wish to stop, wherever it comes from: Ctrl-C, a signal, or the death of who started us."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PARENT_SECONDS = 0.5
MADE_BY = "ONEHALL_PARENT"  # set by the Makefile
CHILD = "ONEHALL_CHILD"  # set by a house of several processes: the numbers of the life line and of the listening socket
READY = b"r"


class Stop:
    """The wish to stop: cancels the start while it goes on, ends the serving after it; a second one does not wait."""

    def __init__(self, loop: asyncio.AbstractEventLoop, task: "asyncio.Task[Any] | None") -> None:
        self.loop = loop
        self.task = task
        self.asked = False
        self.end: Callable[[bool], None] | None = None

    def ask(self) -> None:
        """This will stop what is going on."""
        again, self.asked = self.asked, True
        if self.end:
            self.end(again)
        elif self.task and not again:
            self.task.cancel()


@dataclass
class Line:
    """The life line to the process that started this one: it breaks when that one dies, however it dies."""

    end: socket.socket
    listening: int | None

    def ready(self) -> None:
        """This will tell that this process serves."""
        with contextlib.suppress(OSError):
            self.end.send(READY)

    def watch(self, stop: Stop) -> None:
        """This will stop this process when the other end is gone."""
        self.end.setblocking(False)
        stop.loop.add_reader(self.end, self._broken, stop)

    def _broken(self, stop: Stop) -> None:
        with contextlib.suppress(BlockingIOError):
            if not self.end.recv(16):
                stop.loop.remove_reader(self.end)
                stop.ask()


def line() -> Line | None:
    """This will give the life line, when this process is one of a house of several; asked once."""
    said = os.environ.pop(CHILD, "")
    if not said:
        return None
    life, _, listening = said.partition(":")
    return Line(socket.socket(fileno=int(life)), int(listening) if listening else None)


@contextlib.contextmanager
def stopping(life: Line | None = None) -> Iterator[Stop]:
    """This will give the wish to stop, which signals and the death of who started us make come true."""
    stop = Stop(asyncio.get_running_loop(), asyncio.current_task())
    for number in SIGNALS:
        stop.loop.add_signal_handler(number, stop.ask)
    watch = stop.loop.create_task(_watch_parent(stop)) if os.environ.get(MADE_BY) and life is None else None
    if life:
        life.watch(stop)
    try:
        yield stop
    except asyncio.CancelledError:
        if not stop.asked:
            raise
    finally:
        if watch:
            watch.cancel()
        if life:
            stop.loop.remove_reader(life.end)
        for number in SIGNALS:
            stop.loop.remove_signal_handler(number)


async def _watch_parent(stop: Stop) -> None:
    """When `make` itself is killed nobody holds our Ctrl-C any more: close, so the next one finds the port free."""
    parent = os.getppid()
    while os.getppid() == parent:
        await asyncio.sleep(PARENT_SECONDS)
    stop.ask()
