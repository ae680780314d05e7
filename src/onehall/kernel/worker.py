"""The worker: does what transactions left to be done, at least once, in order per lane, with a limit on tries.

It is handed what the transactions of its own process leave (`InHand`), and takes other due rows in batches, under a short lease that
it renews while it works, so that the work of a process that was
killed is taken up by another after LEASE at most. A `@job` and its row's end are one transaction; a `@call` is made
with none open, and its answer ends the row. Work for another home is done there first, its row ended after: at least
once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import msgspec

from onehall.kernel import jobs, telemetry
from onehall.kernel.bell import Ear
from onehall.kernel.events import NOBODY, REACTIONS, Origin, Reaction
from onehall.kernel.in_hand import Held, InHand
from onehall.kernel.jobs import Job, Kind, Later
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Lost, Store, Tx, work
from onehall.kernel.store.work import dead_letters, discard, revive

__all__ = ["Worker", "dead_letters", "discard", "revive"]

RENEW_SECONDS = 3
POLL_SECONDS = 0.5
STOP_SECONDS = 10
CALL_SECONDS = 20


class Worker:
    """Does the work of a store. `world` is what a `@call` is given to reach the ports."""

    def __init__(
        self, store: Store, world: Any = None, *, at_once: int = 8, call_seconds: float = CALL_SECONDS
    ) -> None:
        self.store = store
        self.world = world
        self.at_once = at_once
        self.call_seconds = call_seconds
        self._in_hand = InHand(store.clock, at_once * 2)
        self._tasks: list[asyncio.Task[None]] = []
        self._wake = asyncio.Event()
        self._ear = Ear(store.dsn, self._wake.set)
        self._stopping = False

    async def start(self) -> "Worker":
        """This will begin to work, in the background."""
        self._stopping = False
        self.store.wakers.append(self._woken)
        self.store.hand = self._in_hand
        self._ear.start()
        slots = [self._work() for _ in range(self.at_once)]
        self._tasks = [asyncio.create_task(loop) for loop in (self._fetch(), self._look_after(), *slots)]
        return self

    async def stop(self) -> None:
        """This will end what is begun (ten seconds at most), give back what is not, and stop."""
        self._stopping, self.store.hand = True, None
        with suppress(ValueError):
            self.store.wakers.remove(self._woken)
        await self._ear.stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                while len(self._in_hand.held) > self._in_hand.queue.qsize():
                    await asyncio.sleep(0.02)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await self._give_back()

    async def drain(self) -> int:
        """This will work until nothing is due now; gives how many rows were taken. For tests and the command line."""
        taken = 0
        while True:
            batch = await self._claim(self.at_once * 4)
            if not batch and not self._in_hand.held:
                return taken
            await asyncio.gather(*(self._do(job, lease) for job, lease in batch))
            taken += len(batch)
            if not batch:
                await asyncio.sleep(0.02)

    def _woken(self, due: datetime) -> None:
        if due <= self.store.clock.now() + timedelta(seconds=POLL_SECONDS):
            self._wake.set()

    async def _fetch(self) -> None:
        """Many at once, as a claim is dear; until it was looked for, work may stand in the table."""
        while not self._stopping:
            self._wake.clear()
            room = self._in_hand.free if self._in_hand.queue.empty() else 0
            batch = await self._safely(self._claim(room), "claim") if room else None
            for held in batch or ():
                self._in_hand.queue.put_nowait(held)
            self._in_hand.behind = len(batch or ()) == room
            if not batch or not self._in_hand.behind:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)

    async def _claim(self, limit: int) -> list[Held]:
        lease = self._in_hand.lease()
        async with self.store.edge(0) as tx:
            taken = await work.claim(tx, lease.token, lease.until, limit)
        return self._in_hand.claimed(taken, lease.token)

    async def _work(self) -> None:
        while not self._stopping:
            job, lease = await self._in_hand.queue.get()
            await self._safely(self._do(job, lease), "worker")

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            await self._safely(self._renew(), "renew")

    async def _renew(self) -> None:
        async with self.store.edge(0) as tx:
            if held := list(self._in_hand.held.values()):
                await work.renew(tx, held, self._in_hand.lease().until)
            oldest, dead = await work.backlog(tx)
        telemetry.JOBS_OLDEST.set((tx.now - oldest).total_seconds() if oldest else 0)
        telemetry.JOBS_DEAD.set(dead)

    async def _give_back(self) -> None:
        if held := self._in_hand.emptied():
            with suppress(Refusal):
                async with self.store.edge(0) as tx:
                    await work.release(tx, held)

    async def _safely(self, doing: Awaitable[Any], where: str) -> Any:
        """Nothing that goes wrong here may stop the worker; a database that is away comes back."""
        try:
            return await doing
        except Refusal as away:
            telemetry.log.warning("the database is away", where=where, reason=str(away))
        except Exception:
            telemetry.INCIDENTS.labels(where).inc()
            telemetry.log.exception("the worker stumbled", where=where)
        await asyncio.sleep(POLL_SECONDS)
        return None

    async def _do(self, job: Job, lease: str) -> None:
        """One row from its claim to its end, whatever the end is."""
        try:
            await self._try(job, lease)
            telemetry.JOBS.labels(job.kind, "done").inc()
        except Lost:
            telemetry.JOBS.labels(job.kind, "lost").inc()
        except Exception as error:
            await self._failed(job, lease, error)
        finally:
            if self._in_hand.ended(job) or (self._in_hand.behind and self._in_hand.queue.empty()):
                self._wake.set()

    async def _try(self, job: Job, lease: str) -> None:
        kind = _kind(job.kind)
        if kind.outside:
            async with asyncio.timeout(self.call_seconds):
                answer = await kind.work(self.world, {**job.body, "job": job.id})
            await self._end(job, lease, answer)
        else:
            await self._end(job, lease, lambda tx: kind.work(tx, job.body), kind.alone)

    async def _end(self, job: Job, lease: str, act: Callable[[Tx], Awaitable[Any]] | None, alone: bool = False) -> None:
        if act is not None and not _at_home(job):
            await self.store.run(job.works_in, act, _origin(job), alone=alone)
            act = None

        async def ending(tx: Tx) -> None:
            tx.ends(job, lease)
            if act is not None:
                await act(tx)

        await self.store.run(job.home, ending, _origin(job))

    async def _failed(self, job: Job, lease: str, error: Exception) -> None:
        kind = jobs.KINDS.get(job.kind)
        said = _words(error)
        spent = job.tries >= (kind.tries_max if kind else jobs.TRIES_MAX)
        final = _is_no(error) or (spent and not _is_away(error))
        _report(job, error, said, final)
        if not final:
            due = self.store.clock.now() + jobs.backoff(job.tries)
            await self.store.run(job.home, lambda tx: work.put_off(tx, job, lease, due, said))
        else:
            await self._bury(job, lease, kind, said)

    async def _bury(self, job: Job, lease: str, kind: Kind | None, said: str) -> None:
        give_up = kind.given_up if kind else None
        try:
            await self._lay(job, lease, said, give_up)
        except Exception as worse:
            telemetry.INCIDENTS.labels("given_up").inc()
            telemetry.log.exception("giving up failed", kind=job.kind, job=job.id)
            await self._lay(job, lease, f"{said}; giving up failed: {_words(worse)}", None)

    async def _lay(self, job: Job, lease: str, said: str, give_up: Callable[..., Awaitable[None]] | None) -> None:
        if give_up is not None and not _at_home(job):
            undo = give_up
            await self.store.run(job.works_in, lambda tx: undo(tx, job.body, said), _origin(job))
            give_up = None

        async def burying(tx: Tx) -> None:
            if await work.bury(tx, job, lease, said) and give_up is not None:
                await give_up(tx, job.body, said)

        await self.store.run(job.home, burying, _origin(job))


def _kind(name: str) -> Kind:
    """The code of a kind of work; a reaction is work too, done on the fact that it heard."""
    if name in jobs.KINDS:
        return jobs.KINDS[name]
    reaction = _reaction(name.removeprefix("on:")) if name.startswith("on:") else None
    if reaction is None:
        raise LookupError(f"nobody here does {name}")
    return Kind(name, lambda tx, body: reaction.react(tx, msgspec.convert(body["fact"], reaction.fact)), False)


def _reaction(name: str) -> Reaction | None:
    return next((heard for listeners in REACTIONS.values() for heard in listeners if heard.name == name), None)


def _origin(job: Job) -> Origin:
    origin = job.body.get("origin")
    return msgspec.convert(origin, Origin) if isinstance(origin, dict) else NOBODY


def _at_home(job: Job) -> bool:
    return job.works_in is None or job.works_in == job.home


def _is_no(error: Exception) -> bool:
    return isinstance(error, Refusal) and not _is_away(error)


def _is_away(error: Exception) -> bool:
    """Work is never given up because the database was away or full, however long that lasts."""
    return isinstance(error, Refusal) and error.status == 503


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _report(job: Job, error: Exception, said: str, final: bool) -> None:
    telemetry.JOBS.labels(job.kind, "dead" if final else "again").inc()
    expected = isinstance(error, (Later, Refusal, TimeoutError))
    line = telemetry.log.bind(kind=job.kind, job=job.id, tries=job.tries, error=said)
    if final:
        line.error("work given up", exc_info=None if expected else error)
    elif not expected:
        telemetry.INCIDENTS.labels("job").inc()
        line.warning("work failed, will be tried again", exc_info=error)
