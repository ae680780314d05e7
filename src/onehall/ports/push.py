"""Telling something to a browser that asked for it, also while its page is closed."""

from typing import Protocol

import msgspec


class Device(msgspec.Struct, frozen=True):
    """A browser as its push service knows it: the address, its public `key` and shared `secret` (base64url)."""

    endpoint: str
    key: str
    secret: str


class Push(Protocol):
    """The push services of the browsers."""

    @property
    def public_key(self) -> str:
        """This will give the key (base64url) by which browsers know that it is we who push; "" in a simulated world."""

    async def send(self, device: Device, text: str, key: str) -> bool:
        """This will tell a browser something, sealed for it alone; the same `key` is told once. False: there is no such browser any more.

        :raises Later: the push service cannot be reached now.
        """
