"""What a transaction leaves at its end: last statements, facts, work, and the job that it ends."""

from datetime import UTC, datetime
from typing import Any, Protocol

import msgspec

from onehall.kernel.events import Fact, Origin
from onehall.kernel.jobs import Job

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


class Lost(Exception):
    """The lease lapsed and another worker has the row; what was done here is undone."""


class Again(Exception):
    """Another transaction was there first; done again from its beginning, this one sees what that one wrote."""


class Lease(msgspec.Struct, frozen=True):
    """A worker's word that it does a job until a time; who else looks for work leaves it alone."""

    token: str
    until: datetime


class Work(msgspec.Struct):
    """A job to be written: when it is due, whether it has a name of its own by which it is written once, and who has it already."""

    job: Job
    due: datetime
    named: bool = False
    lease: Lease | None = None


class Hand(Protocol):
    """A worker of this process, which takes work from the transaction that leaves it: nobody has to look for it then."""

    def take(self, jobs: list[Job]) -> tuple[list[Job], Lease]:
        """This will take on those jobs for which there is room and of whose lane none is at work here."""

    def begin(self, jobs: list[Job], lease: Lease) -> None:
        """This will begin with jobs that were taken on; they are committed."""

    def drop(self, jobs: list[Job]) -> None:
        """This will forget jobs that were taken on."""


class Last(msgspec.Struct, frozen=True):
    """A statement that is sent at the end, whose first two values name its row; `must` it find it?"""

    sql: str
    values: tuple[Any, ...]
    must: bool = False


class Leaving(msgspec.Struct):
    """Last statements, and those by noun; facts with their ids, work, the ids of work that is not needed any more, and the job
    that ends here with its lease."""

    last: list[Last] = []
    kept: dict[tuple[str, str], Last] = {}
    facts: list[tuple[str, Fact, Origin]] = []
    work: list[Work] = []
    unneeded: list[str] = []
    ended: tuple[Job, str] | None = None

    def __bool__(self) -> bool:
        return bool(self.last or self.kept or self.facts or self.work or self.unneeded or self.ended)

    def hand_over(self, hand: Hand, now: datetime) -> "Taken":
        """This will offer to a hand what is due now; what has a name may be there already, and is not offered."""
        fit = [one for one in self.work if one.due <= now and not one.named]
        jobs, lease = hand.take([one.job for one in fit]) if fit else ([], Lease("", EPOCH))
        mine = {job.id for job in jobs}
        for one in fit:
            one.lease = lease if one.job.id in mine else None
        return Taken(hand, jobs, lease)


class Taken(msgspec.Struct):
    """What a hand has taken on of a transaction."""

    hand: Hand
    jobs: list[Job]
    lease: Lease

    def begin(self, busy: set[str]) -> list[Job]:
        """This will have it begun, but for what stands behind other work of its lane; gives that."""
        behind = [job for job in self.jobs if job.lane in busy]
        self.hand.drop(behind)
        self.hand.begin([job for job in self.jobs if job.lane not in busy], self.lease)
        return behind

    def drop(self) -> None:
        """This will have it forgotten: it was not committed."""
        self.hand.drop(self.jobs)
