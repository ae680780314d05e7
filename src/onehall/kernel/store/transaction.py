"""One transaction of one home. It begins at its first write, so that what only reads costs one round trip."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg
from msgspec import structs

from onehall.kernel import ids
from onehall.kernel.events import NOBODY, REACTIONS, Fact, Origin, tag_of
from onehall.kernel.jobs import Job
from onehall.kernel.store import flush
from onehall.kernel.store.leaving import EPOCH, Last, Lease, Leaving, Work
from onehall.kernel.store.statements import note

if TYPE_CHECKING:
    from onehall.kernel.store.pool import Store

Row: TypeAlias = asyncpg.Record


class Tx:
    """What a use case works with: the time, the home, who stands behind it, and the database.

    `read` may run outside a transaction (each statement sees what is committed); `write` begins one. `held`: nouns (table and id) as
    this transaction has left them, whose rows are locked or written by their revision: nobody reads them again.
    """

    def __init__(self, store: "Store", home: int, now: datetime, origin: Origin = NOBODY, *, alone: bool = False) -> None:
        self.store = store
        self.home = home
        self.now = now
        self.origin = origin
        self.told: list[Fact] = []
        self.held: dict[tuple[str, str], Any] = {}
        self._leaving = Leaving()
        self._last = ""
        self._alone, self._wrote = alone, False
        self._connection: Any = None
        self._transaction: Any = None

    async def read(self, sql: str, *values: Any) -> list[Row]:
        """This will give the rows of a SELECT."""
        note(sql, values)
        return await (await self._connected()).fetch(sql, *values)

    async def read_one(self, sql: str, *values: Any) -> Row | None:
        """This will give the first row of a SELECT, or None."""
        note(sql, values)
        return await (await self._connected()).fetchrow(sql, *values)

    async def read_now(self, sql: str, *values: Any) -> list[Row]:
        """This will give the rows of a SELECT as they are at the primary, also where a look may lag."""
        return await self.read(sql, *values)

    async def write(self, sql: str, *values: Any) -> list[Row]:
        """This will send a statement that changes or locks rows, and give what it RETURNs."""
        note(sql, values)
        return await (await self._begun()).fetch(sql, *values)

    async def write_one(self, sql: str, *values: Any) -> Row | None:
        """This will send a statement that changes or locks at most one row, and give that row or None."""
        note(sql, values)
        return await (await self._begun()).fetchrow(sql, *values)

    async def write_alone(self, sql: str, *values: Any) -> list[Row]:
        """This will send a statement that is a transaction by itself: committed when it is answered, whatever comes after it.

        For work that is one statement and needs no more: it spares two round trips.
        """
        note(sql, values)
        if self._transaction is not None:
            raise RuntimeError("a statement cannot stand alone in a transaction that has begun")
        return await (await self._connected()).fetch(sql, *values)

    def write_last(self, sql: str, *values: Any) -> None:
        """This will send a statement with the facts and work at the end, as one: an INSERT, UPDATE or DELETE without RETURNING.

        It must touch exactly one row, named by its first two values: where it finds none, since somebody was quicker, all is undone
        (`Again`). Nothing of this transaction reads or writes that row after it.
        """
        self._leaving.last.append(Last(sql, values, must=True))

    def write_later(self, sql: str, *values: Any) -> None:
        """This will send such a statement at the end that may find no row; the first two values name the row."""
        self._leaving.last.append(Last(sql, values))

    def keep(self, table: str, id_: str, noun: Any, sql: str, *values: Any, must: bool = True) -> None:
        """This will hold a noun as it now is, and write it once, at the end, as it is by then; `must` it find its row?"""
        before = self._leaving.kept.get((table, id_))
        if before and before.sql != sql:
            raise RuntimeError(f"{table} {id_} is written in two ways in one transaction")
        self.held[table, id_] = noun
        self._leaving.kept[table, id_] = Last(sql, values, must)

    async def write_out(self) -> None:
        """This will send now what was left for the end of nouns and rows, for who reads them back here."""
        last, kept = self._leaving.last, self._leaving.kept
        self._leaving.last, self._leaving.kept, self.held = [], {}, {}
        if last or kept:
            await self._begun()
            await flush.flush(self, Leaving(last=last, kept=kept))

    async def copy(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """This will put many new rows into a table, by COPY: the quickest way for rows that are known not to be there."""
        note(f"COPY {table} ({', '.join(columns)})", (rows,))
        await (await self._begun()).copy_records_to_table(table, records=rows, columns=columns)

    def new_id(self) -> str:
        """This will make an id in this transaction's home; ids sort as they were made, also after waiting for a lock."""
        fresh = ids.new_id(self.home, self.store.clock.now())
        self._last = fresh if fresh > self._last else ids.id_after(self._last)
        return self._last

    def no_earlier(self, at: datetime) -> None:
        """This will put this transaction's time forward to `at`, where it began before: what it found under its lock came first."""
        self.now = max(self.now, at)

    def tell(self, fact: Fact, origin: Origin | None = None) -> str:
        """This will write a fact into the log, and into the work of all who react to it; gives the fact's id."""
        if self._alone:
            raise RuntimeError("what is told goes with what was done, so that is not done alone")
        id_ = self.new_id()
        self.told.append(fact)
        self._leaving.facts.append((id_, fact, origin or self.origin))
        for reaction in REACTIONS.get(tag_of(fact), ()):
            if reaction.when and not reaction.when(fact):
                continue
            body = {"event": id_, "at": self.now, "fact": fact, "origin": origin or self.origin}
            works_in = reaction.home(fact) if reaction.home else None
            self.later(f"on:{reaction.name}", body, lane=f"{reaction.name}|{fact.key}", works_in=works_in)
        return id_

    def later(
        self, kind: str, body: dict[str, Any], *, due: datetime | None = None, lane: str | None = None,
        works_in: int | None = None, once: str | None = None,
    ) -> str:
        """This will leave work to be done at `due` (now, if not said); with `once`, the same words leave it once.

        What is told in that work has the origin of this transaction; what only time brings about is no deed of the staff.
        """
        id_ = ids.keyed_id(self.home, EPOCH, kind, once) if once else self.new_id()
        if "origin" not in body and self.origin != NOBODY:
            body = {**body, "origin": self.origin if due is None else structs.replace(self.origin, staff=None)}
        self._leaving.work.append(Work(Job(self.home, id_, kind, body, lane, works_in), due or self.now, named=once is not None))
        return id_

    def no_more(self, kind: str, once: str) -> None:
        """This will take away work that was left in this home under a name and is not needed any more; gone already, it is no matter."""
        self._leaving.unneeded.append(ids.keyed_id(self.home, EPOCH, kind, once))

    @property
    def begun(self) -> bool:
        """This will tell whether something was written or locked in this transaction."""
        return self._transaction is not None

    def ends(self, job: Job, lease: str) -> None:
        """This will end a job with this transaction: both are done, or neither (`Lost`, when another worker has the job)."""
        self._leaving.ended = (job, lease)

    async def commit(self) -> None:
        """This will write what was told and left to do, and commit. The edge calls it."""
        taken = self._leaving.hand_over(self.store.hand, self.now) if self.store.hand and self._leaving.work else None
        try:
            busy = await flush.flush(self, self._leaving) if self._leaving else set()
            if self._transaction is not None:
                await self._transaction.commit()
                self._transaction = None
        except BaseException:
            if taken:
                taken.drop()
            raise
        if taken and (behind := taken.begin(busy)):
            await self._give_up(behind, taken.lease)
        if due := [one.due for one in self._leaving.work if one.lease is None]:
            self.store.wake(min(due))

    async def _give_up(self, jobs: list[Job], lease: Lease) -> None:
        """What was taken and stands behind other work is left to whoever comes to it."""
        sql = "UPDATE job SET lease = NULL, lease_until = $4, tries = 0 WHERE home = $1 AND id = ANY($2) AND lease = $3"
        await self.write_alone(sql, self.home, [job.id for job in jobs], lease.token, EPOCH)

    async def undo(self) -> None:
        """This will undo all that was written, told and left to do so far; the edge has nothing left to commit."""
        self.told, self.held, self._leaving = [], {}, Leaving()
        if self._transaction is not None:
            await self._transaction.rollback()
            self._transaction = None

    async def close(self) -> None:
        """This will undo what was not committed and give the connection back. The edge calls it."""
        try:
            if self._transaction is not None:
                await self._transaction.rollback()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            with suppress(asyncpg.InterfaceError):  # the pool may have taken a broken connection back already
                self._connection.terminate()
        finally:
            self._transaction = None
            if self._connection is not None:
                await self.store.pool.release(self._connection)
                self._connection = None

    async def _connected(self) -> Any:
        if self._connection is None:
            try:
                self._connection = await self.store.pool.acquire(timeout=self.store.wait_seconds)
            except OSError as error:  # also that its socket is not there, as while it starts
                raise ConnectionError(str(error)) from error
        return self._connection

    async def _begun(self) -> Any:
        connection = await self._connected()
        if self._alone:
            if self._wrote:
                raise RuntimeError("what is done alone is one statement")
            self._wrote = True
        elif self._transaction is None:
            self._transaction = connection.transaction()
            await self._transaction.start()
        return connection
