"""The nouns of fulfilment."""

from datetime import datetime
from typing import Any

import msgspec


class Step(msgspec.Struct, frozen=True):
    """One step of a plan. `result` is what it found or made, for the steps after it."""

    home: int
    order_id: str
    name: str
    state: str
    needs: tuple[str, ...]
    place: int
    result: dict[str, Any] = {}
    error: str | None = None
    tries: int = 0
    started: datetime | None = None
    ended: datetime | None = None


class Confirmed(msgspec.Struct, frozen=True):
    """What a courier confirmed at the door: when the document was shown and the face compared; whether something was paid."""

    document: datetime | None = None
    face: datetime | None = None
    paid: bool = False


class Plan(msgspec.Struct, frozen=True):
    """The steps of an order. `state`: running, undoing, done, undone."""

    order: str
    state: str
    steps: tuple[Step, ...]
    why: Any = None

    def step(self, name: str) -> Step | None:
        """This will find a step by its name."""
        return next((step for step in self.steps if step.name == name), None)

    @property
    def results(self) -> dict[str, Any]:
        """This will give what all done steps found or made, in one."""
        return {key: value for step in self.steps for key, value in step.result.items()}
