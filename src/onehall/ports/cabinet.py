"""A self-service cabinet: readers, note acceptor, dispensers and printer, spoken to in messages shaped after XFS4IoT.

A command goes to one service with a request id; it is acknowledged, may tell events, and ends in exactly one completion with
the same id. What happens by itself (a note was taken, a card was put down) comes as an unsolicited event, with no id.
"""

from collections.abc import AsyncIterator
from typing import Any, Final, Literal, Protocol

import msgspec

SERVICES: Final = ("id_reader", "camera", "scanner", "card_reader", "cash", "sim_dispenser", "printer")
Kind = Literal["command", "acknowledge", "event", "completion", "unsolicited"]
Code = Literal["success", "timeOut", "canceled", "hardwareError", "sequenceError", "unsupportedCommand", "invalidData", "commandErrorCode"]


class Header(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """The head of a message; `timeout` in milliseconds. `completion_code` stands on completions only."""

    type: Kind
    name: str
    request_id: int = 0
    version: str = "1.0"
    timeout: int = 0
    completion_code: Code | None = None
    error_description: str = ""


class Message(msgspec.Struct, frozen=True):
    """A message to or from a service."""

    header: Header
    payload: dict[str, Any] = {}

    @property
    def ended_well(self) -> bool:
        """This will tell whether this completes a command with success."""
        return self.header.type == "completion" and self.header.completion_code == "success"


class Cabinet(Protocol):
    """A cabinet with its services. What lies in it outlives the program that drives it."""

    name: str

    def ask(self, service: str, command: Message) -> AsyncIterator[Message]:
        """This will send a command: first its acknowledgement comes back, then events, last the completion."""

    async def heard(self) -> list[Message]:
        """This will give the unsolicited events since the last call, oldest first."""


def command(name: str, request_id: int, payload: dict[str, Any] | None = None, timeout: int = 0) -> Message:
    """This will make a command; `timeout` in milliseconds, 0 is none."""
    return Message(Header("command", name, request_id, timeout=timeout), payload or {})


def answer(
    to: Message, kind: Kind, name: str = "", payload: dict[str, Any] | None = None, code: Code | None = None, why: str = ""
) -> Message:  # fmt: skip
    """This will make what comes back for a command: its acknowledgement, an event, or its completion."""
    head = Header(kind, name or to.header.name, to.header.request_id, completion_code=code, error_description=why)
    return Message(head, payload or {})


def unsolicited(name: str, payload: dict[str, Any] | None = None) -> Message:
    """This will make an event that nobody asked for."""
    return Message(Header("unsolicited", name), payload or {})
