"""The clock of the house. Below the edge time is an argument; only the edge asks the clock."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What tells the edge the time: aware, UTC."""

    def now(self) -> datetime:
        """This will give the time, aware UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """This will give the machine's time in UTC."""
        return datetime.now(UTC)


class MovableClock:
    """A clock that runs with the machine's and can be moved: tests and the simulated world live by it."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        """This will give the machine's time, moved."""
        return datetime.now(UTC) + self.ahead

    def move(self, by: timedelta) -> None:
        """This will move the clock; time may only go forward."""
        if by < timedelta(0):
            raise ValueError("time goes forward")
        self.ahead += by
