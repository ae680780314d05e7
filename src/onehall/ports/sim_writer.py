"""Writing SIM cards, at a counter's writer or as an eSIM profile."""

from typing import Protocol

import msgspec


class Written(msgspec.Struct, frozen=True):
    """What came of a writing. `spoilt`: the card cannot be used again; `activation`: an eSIM's code for the phone."""

    done: bool
    why: str = ""
    spoilt: bool = False
    activation: str = ""


class SimWriter(Protocol):
    """A writer of SIM cards and eSIM profiles."""

    async def write(self, iccid: str, number: str, kind: str, key: str) -> Written:
        """This will write a card for a number; safe twice by `key`.

        :raises Later: the writer cannot be reached.
        """
