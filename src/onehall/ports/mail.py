"""Sending mail."""

from typing import Protocol

import msgspec


class Attached(msgspec.Struct, frozen=True):
    """A file that goes with a mail."""

    name: str
    kind: str
    content: bytes


class Mail(Protocol):
    """A mail service."""

    async def send(self, to: str, subject: str, text: str, key: str, files: tuple[Attached, ...] = ()) -> None:
        """This will send a mail; the same `key` is sent once, as far as the service can tell.

        :raises Later: the service cannot be reached. :raises Refusal: it will never take this mail.
        """
