"""A look that may lag: it reads at the replica, if there is one that is fit, and else at the primary."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from onehall.kernel.events import NOBODY, Origin
from onehall.kernel.store.statements import note
from onehall.kernel.store.transaction import Row, Tx

if TYPE_CHECKING:
    from onehall.kernel.store.pool import Store


class Away(Exception):
    """The replica did not answer; the primary does."""


class Far(Protocol):
    """A copy of the database that follows it."""

    @property
    def fit(self) -> bool:
        """This will tell whether it is there and lags no more than it may."""

    async def fetch(self, sql: str, values: tuple[Any, ...]) -> list[Row]:
        """This will read there.

        :raises Away: it does not answer.
        """


class Glance(Tx):
    """A transaction whose reads may be some seconds behind, until it writes; what a customer has just changed is not read so."""

    def __init__(self, store: "Store", home: int, now: datetime, origin: Origin = NOBODY) -> None:
        super().__init__(store, home, now, origin)
        self._far: Far | None = store.replica

    async def read(self, sql: str, *values: Any) -> list[Row]:
        """This will give the rows of a SELECT, from the replica if it is fit."""
        if self._far is not None and self._transaction is None and self._far.fit:
            try:
                found = await self._far.fetch(sql, values)
                note(sql, values)
                return found
            except Away:
                self._far = None
        return await super().read(sql, *values)

    async def read_one(self, sql: str, *values: Any) -> Row | None:
        """This will give the first row of a SELECT, or None, from the replica if it is fit."""
        if self._far is None:
            return await super().read_one(sql, *values)
        found = await self.read(sql, *values)
        return found[0] if found else None

    async def read_now(self, sql: str, *values: Any) -> list[Row]:
        """This will give the rows of a SELECT as they are at the primary now."""
        return await super().read(sql, *values)
