"""What the worker of this process has in hand: work that it claimed, and work that it was handed by the transaction that left it."""

import asyncio
import secrets
from datetime import timedelta
from typing import Final

import msgspec

from onehall.kernel.clock import Clock
from onehall.kernel.jobs import Job
from onehall.kernel.store.leaving import Lease

LEASE: Final = timedelta(seconds=12)
Held = tuple[Job, str]


class InHand:
    """The jobs that this process has leases of, and the lanes in which they stand. `room`: so many may be in hand.

    Work is taken from who leaves it only while nothing waits longer in the table (`behind`), and never beside other work of its lane.
    """

    def __init__(self, clock: Clock, room: int) -> None:
        self.clock = clock
        self.room = room
        self.behind = False
        self.held: dict[str, Held] = {}
        self.queue: asyncio.Queue[Held] = asyncio.Queue()
        self._lanes: set[str] = set()
        self._followed: set[str] = set()
        self._claimed: set[str] = set()
        self._promised = 0

    @property
    def free(self) -> int:
        """This will give for how many more there is room."""
        return max(0, self.room - len(self.held) - self._promised)

    def lease(self) -> Lease:
        """This will give a new lease."""
        return Lease(secrets.token_hex(8), self.clock.now() + LEASE)

    def claimed(self, jobs: list[Job], lease: str) -> list[Held]:
        """This will note what was claimed of the table."""
        self._claimed |= {job.id for job in jobs}
        return self._hold(jobs, lease)

    def take(self, jobs: list[Job]) -> tuple[list[Job], Lease]:
        """This will take on those jobs for which there is room and of whose lane none is in hand."""
        taken: list[Job] = []
        for job in jobs if not self.behind else ():
            if len(taken) >= self.free:
                break
            if job.lane in self._lanes:
                self._followed.add(job.lane)
                continue
            taken.append(job)
            self._enter(job)
        self._promised += len(taken)
        return taken, self.lease()

    def begin(self, jobs: list[Job], lease: Lease) -> None:
        """This will put jobs that were taken on and are committed to those that wait to be done."""
        self._promised -= len(jobs)
        for held in self._hold([_as_read(job) for job in jobs], lease.token):
            self.queue.put_nowait(held)

    def drop(self, jobs: list[Job]) -> None:
        """This will forget jobs that were taken on."""
        self._promised -= len(jobs)
        for job in jobs:
            self._leave(job)

    def ended(self, job: Job) -> bool:
        """This will let go of a job; tells whether work behind it may stand in the table."""
        self.held.pop(job.id, None)
        follows = self._leave(job) or job.id in self._claimed
        self._claimed.discard(job.id)
        return follows

    def emptied(self) -> list[Held]:
        """This will let go of all; gives what it was."""
        held = list(self.held.values())
        for one in (self.held, self._lanes, self._followed, self._claimed):
            one.clear()
        while not self.queue.empty():
            self.queue.get_nowait()
        return held

    def _hold(self, jobs: list[Job], lease: str) -> list[Held]:
        fresh = [(job, lease) for job in jobs]
        self.held |= {job.id: (job, lease) for job in jobs}
        for job in jobs:
            self._enter(job)
        return fresh

    def _enter(self, job: Job) -> None:
        if job.lane:
            self._lanes.add(job.lane)

    def _leave(self, job: Job) -> bool:
        if not job.lane:
            return False
        self._lanes.discard(job.lane)
        followed = job.lane in self._followed
        self._followed.discard(job.lane)
        return followed


def _as_read(job: Job) -> Job:
    """A job as it would be read: its first try, its body of nothing but JSON."""
    return msgspec.structs.replace(job, tries=1, body=msgspec.json.decode(msgspec.json.encode(job.body)))
