"""NATS JetStream: one stream for all subjects; the server drops a message whose id it has seen within ten minutes."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby
from typing import Any, Final

import nats
from nats.errors import Error as NatsError
from nats.js.api import RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from onehall.kernel.jobs import Later
from onehall.ports.bus import Message

STREAM: Final = "ONEHALL"
SUBJECTS: Final = "onehall.>"
ID: Final = "Nats-Msg-Id"
KEY: Final = "Onehall-Key"
AGE_SECONDS_MAX: Final = 7 * 86_400.0
SAME_SECONDS: Final = 600.0
CONNECT_SECONDS: Final = 3.0
ANSWER_SECONDS: Final = 5.0
SIDE_BY_SIDE: Final = 64  # keys that are under way at once
_AWAY: Final = (NatsError, OSError, TimeoutError)


class NatsBus:
    """A JetStream stream named ONEHALL; a message has its key in the header Onehall-Key."""

    def __init__(self, url: str) -> None:
        self.servers = [one.strip() for one in url.split(",") if one.strip()]
        self._client: Any = None
        self._stream: Any = None

    async def open(self) -> None:
        """This will connect, if it is not connected, and make the stream if there is none.

        :raises Later: no server answers.
        """
        if self._client is not None and self._client.is_connected:
            return
        await self.close()
        try:
            # a connection that breaks is given up: what waits in it must not overtake what is sent again
            async with asyncio.timeout(CONNECT_SECONDS):
                self._client = await nats.connect(
                    self.servers, allow_reconnect=False, max_reconnect_attempts=1, error_cb=_hushed, name="onehall"
                )
            self._stream = self._client.jetstream(timeout=ANSWER_SECONDS)
            await self._see_to_stream()
        except _AWAY as error:
            await self.close()
            raise Later(f"the bus cannot be reached: {type(error).__name__}") from error

    async def publish(self, messages: Sequence[Message]) -> set[str]:
        """This will publish messages, many keys side by side, each key in order; gives the ids that the server has written down."""
        trip = _Trip()
        by_key = sorted(messages, key=lambda one: one.key)  # stable: within a key they stay in order
        await asyncio.gather(*(self._key(list(some), trip) for _key, some in groupby(by_key, key=lambda one: one.key)))
        return trip.taken

    async def close(self) -> None:
        """This will disconnect."""
        client, self._client, self._stream = self._client, None, None
        if client is not None:
            with suppress(*_AWAY):
                await client.close()

    async def _key(self, messages: list[Message], trip: "_Trip") -> None:
        async with trip.gate:
            for one in messages:
                if trip.broken:
                    return
                try:
                    await self._stream.publish(one.subject, one.body, headers={ID: one.id, KEY: one.key}, timeout=ANSWER_SECONDS)
                except _AWAY:
                    trip.broken = True  # those behind it wait, too
                    return
                trip.taken.add(one.id)

    async def _see_to_stream(self) -> None:
        try:
            await self._stream.stream_info(STREAM)
        except NotFoundError:
            config = StreamConfig(
                name=STREAM, subjects=[SUBJECTS], storage=StorageType.FILE, retention=RetentionPolicy.LIMITS,
                max_age=AGE_SECONDS_MAX, duplicate_window=SAME_SECONDS,
            )  # fmt: skip
            await self._stream.add_stream(config)


class _Trip:
    """One publishing of many messages."""

    def __init__(self) -> None:
        self.gate = asyncio.Semaphore(SIDE_BY_SIDE)
        self.taken: set[str] = set()
        self.broken = False


async def _hushed(_error: Exception) -> None:
    """What breaks is seen by whoever publishes."""
