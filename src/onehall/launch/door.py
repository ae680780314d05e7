"""The door of an app process that shares its listening socket with others: who has fewer connections takes the next.

Left to themselves, one process may take all of a crowd that comes at once and keep it for as long as those connections live, while its
neighbour idles. So each waits a moment before it takes one: not at all when it is idle, three thousandths of a second when it is full.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Final

WAIT_SECONDS_MAX: Final = 0.003
HALF_FULL: Final = 50  # connections at which half of that is waited
AT_ONCE: Final = 4
TROUBLE_SECONDS: Final = 0.5  # no more files may be opened: some will be closed


class Door:
    """Takes connections from a shared socket; `open_now` counts those that this process has."""

    def __init__(self, shared: socket.socket, protocol: Callable[[], asyncio.Protocol], open_now: Callable[[], int]) -> None:
        self.shared = shared
        self.protocol = protocol
        self.open_now = open_now
        self.loop = asyncio.get_running_loop()
        self._closed = False
        self._taking: set[asyncio.Task[None]] = set()
        shared.setblocking(False)
        self._listen()

    def close(self) -> None:
        """This will take no more connections."""
        if not self._closed:
            self._closed = True
            self.loop.remove_reader(self.shared)

    async def wait_closed(self) -> None:
        """This will wait until those who came through the door in the last moment are in."""
        await asyncio.gather(*self._taking)

    def _listen(self) -> None:
        if not self._closed:
            self.loop.add_reader(self.shared, self._knock)

    def _knock(self) -> None:
        self.loop.remove_reader(self.shared)
        count = self.open_now()
        self.loop.call_later(WAIT_SECONDS_MAX * count / (count + HALF_FULL), self._take)

    def _take(self) -> None:
        if self._closed:
            return
        wait = 0.0
        try:
            for _one in range(AT_ONCE if self.open_now() > HALF_FULL else 1):
                taken, _address = self.shared.accept()
                self._welcome(taken)
        except BlockingIOError:
            pass  # another process was quicker
        except OSError:
            wait = TROUBLE_SECONDS
        self.loop.call_later(wait, self._listen)

    def _welcome(self, taken: socket.socket) -> None:
        with suppress(OSError):
            taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        task = self.loop.create_task(self._connect(taken))
        self._taking.add(task)
        task.add_done_callback(self._taking.discard)

    async def _connect(self, taken: socket.socket) -> None:
        taken.setblocking(False)
        with suppress(OSError):
            await self.loop.connect_accepted_socket(self.protocol, taken)
