"""Half-open periods of time: the start is in, the end is out; no end means for ever."""

from datetime import datetime

import msgspec


class Period(msgspec.Struct, frozen=True):
    """[start, end): aware UTC; `end` None is open."""

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or (self.end is not None and self.end.tzinfo is None):
            raise ValueError("a period needs times with a zone")
        if self.end is not None and self.end < self.start:
            raise ValueError("a period cannot end before it starts")

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at and (self.end is None or at < self.end)

    def overlaps(self, other: "Period") -> bool:
        """This will tell whether some moment lies in both."""
        return (self.end is None or other.start < self.end) and (other.end is None or self.start < other.end)
