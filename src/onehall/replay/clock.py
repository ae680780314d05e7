"""The clock of a simulated day: it stands until the day moves it, and goes on a little with everything that is done."""

from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Final

from onehall.kernel.clock import MovableClock

TICK: Final = timedelta(milliseconds=1)
OURS: Final[ContextVar[bool]] = ContextVar("ours", default=False)


class DayClock(MovableClock):
    """A clock without luck. Each look by the day's own people costs a millisecond, so that what comes later has the later time; those
    who only watch (`OURS` is not set for them) see the time and do not move it."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        """This will give the time, and let a millisecond pass."""
        if OURS.get():
            self.at += TICK
        return self.at

    def move(self, by: timedelta) -> None:
        """This will move the clock; time may only go forward."""
        if by < timedelta(0):
            raise ValueError("time goes forward")
        self.at += by

    def reach(self, at: datetime) -> None:
        """This will let the time come; a time that has gone already stays gone."""
        self.at = max(self.at, at)
