"""Sending short messages."""

from typing import Protocol


class Sms(Protocol):
    """A short-message centre."""

    async def send(self, to: str, text: str, key: str) -> None:
        """This will send a text to a phone; the same `key` is sent once.

        :raises Later: the centre cannot be reached.
        """
