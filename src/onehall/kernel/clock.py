"""The clock of the house. Below the edge time is an argument; only the edge asks the clock.

Several machines have several clocks, and ids and leases must agree on one: that of the database. A machine whose clock is more than a
second off goes by its own clock and the difference.
"""

from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

APART_MAX: Final = timedelta(seconds=1)


class Clock(Protocol):
    """What tells the edge the time: aware, UTC."""

    def now(self) -> datetime:
        """This will give the time, aware UTC."""


def machine_time() -> datetime:
    """This will give the machine's time, right or wrong."""
    return datetime.now(UTC)


class SystemClock:
    """The machine's clock, put right by the database's."""

    def __init__(self) -> None:
        self.apart = timedelta(0)

    def now(self) -> datetime:
        """This will give the time in UTC."""
        return machine_time() + self.apart

    def meet(self, theirs: datetime, asked: datetime, answered: datetime) -> None:
        """This will go by the database's time, said to a question of the machine's times; what took too long tells nothing."""
        if answered - asked < APART_MAX:
            apart = theirs - (asked + (answered - asked) / 2)
            if abs(apart - self.apart) > APART_MAX:
                self.apart = apart if abs(apart) > APART_MAX else timedelta(0)


class MovableClock(SystemClock):
    """A clock that can be moved: tests and the simulated world live by it."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        """This will give the time, moved."""
        return super().now() + self.ahead

    def move(self, by: timedelta) -> None:
        """This will move the clock; time may only go forward."""
        if by < timedelta(0):
            raise ValueError("time goes forward")
        self.ahead += by
