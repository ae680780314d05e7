"""The fit of functions, channels and customers, as each process keeps it in memory: one edition of the matrix and of the costs.

A process asks for the edition at most twice a second, and at once after its own writes; who comes first in a half second asks.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final
from weakref import WeakKeyDictionary

import msgspec

from onehall.hall import bands, rules
from onehall.kernel.editions import turn
from onehall.kernel.functions import FAMILIES, FUNCTIONS, Function
from onehall.kernel.journeys import CHANNELS, Caller
from onehall.kernel.money import Money
from onehall.kernel.store import Store, Tx

CHECK_SECONDS: Final = 0.5
Cell = tuple[str, str, str]
_COST: Final = ("human", "told", "example", "staff", "at")


class Cost(msgspec.Struct, frozen=True):
    """What one contact in a channel costs; whether a person serves it; whether customers may be told to go there.

    An `example` was shipped and says nothing of this operator; else `staff` said it `at` a time.
    """

    amount: Money
    human: bool
    told: bool
    example: bool = False
    staff: str | None = None
    at: datetime | None = None


class Sheet(msgspec.Struct, frozen=True):
    """One edition. `closed` are cells: function, channel, band ("" for all). `held_out` is a share in per cent."""

    version: int = 0
    closed: frozenset[Cell] = frozenset()
    costs: dict[str, Cost] = {}
    routing: bool = False
    held_out: int = 0
    least_minor: int = 0

    @property
    def banded(self) -> bool:
        """This will tell whether any cell is closed for some customers only; as long as none is, nobody's band matters."""
        return any(band for _function, _channel, band in self.closed)


class _Place:
    """What a process keeps for one store."""

    def __init__(self) -> None:
        self.sheet = Sheet()
        self.asked = float("-inf")
        self.lists: dict[tuple[str, str], tuple[int, list[Function]]] = {}
        self.company = False


_places: "WeakKeyDictionary[Store, _Place]" = WeakKeyDictionary()


async def sheet(at: Store | Tx) -> Sheet:
    """This will give the edition that is in force, at most half a second old; inside a transaction it is read on its connection.

    :raises Refusal: `unavailable`, 503.
    """
    place = _place(_store(at))
    now = time.monotonic()
    if not place.sheet.version or now - place.asked >= CHECK_SECONDS:
        place.asked = now
        async with _reading(at) as tx:
            await _follow(tx, place)
    return place.sheet


async def learn(store: Store) -> Sheet:
    """This will read the edition now: after one's own write."""
    _place(store).asked = float("-inf")
    return await sheet(store)


def keep_company(store: Store, *, alone: bool) -> None:
    """This will note whether other processes serve the same house."""
    _place(store).company = not alone


def has_company(store: Store) -> bool:
    """This will tell whether other processes serve the same house."""
    return _place(store).company


async def offers(at: Store | Tx, caller: Caller, function: Function) -> bool:
    """This will tell whether a function may be begun by a caller, in the channel in which they are."""
    if not CHANNELS[caller.channel].fits(function):
        return False
    now = await sheet(at)
    return not rules.is_closed(now.closed, function.name, caller.channel, await _band(at, now, caller))


async def offered(at: Store | Tx, caller: Caller) -> list[Function]:
    """This will list the functions that a caller may begin where they are, by family and name."""
    now = await sheet(at)
    band = await _band(at, now, caller)
    lists = _place(_store(at)).lists
    version, found = lists.get((caller.channel, band), (-1, []))
    stamp = now.version * 10_000 + len(FUNCTIONS)
    if version != stamp:
        found = _listed(now, caller.channel, band)
        lists[caller.channel, band] = (stamp, found)
    return found


def _listed(now: Sheet, channel: str, band: str) -> list[Function]:
    fits = [one for one in FUNCTIONS.values() if CHANNELS[channel].fits(one) and not rules.is_closed(now.closed, one.name, channel, band)]
    return sorted(fits, key=lambda one: (FAMILIES.index(one.family), one.name))


async def _band(at: Store | Tx, now: Sheet, caller: Caller) -> str:
    """Staff without a customer are of no band: what is closed for some is open to them until they serve one of those."""
    if not now.banded or (caller.customer is None and caller.who.staff):
        return ""
    return await bands.of(at, caller.customer)


async def _follow(tx: Tx, place: _Place) -> None:
    row = await tx.read_one("SELECT version, routing, held_out, least_minor FROM fit_edition WHERE id = 1")
    if row is None or row["version"] == place.sheet.version:
        return
    cells = await tx.read("SELECT function, channel, band FROM fit_closed")
    costs = await tx.read("SELECT channel, minor, currency, human, told, example, staff, at FROM contact_cost")
    if row["version"] > place.sheet.version:
        place.sheet = Sheet(
            row["version"], frozenset((one["function"], one["channel"], one["band"]) for one in cells),
            {one["channel"]: Cost(Money(one["minor"], one["currency"]), *(one[name] for name in _COST)) for one in costs},
            row["routing"], row["held_out"], row["least_minor"],
        )  # fmt: skip
        turn(tx.store)


@asynccontextmanager
async def _reading(at: Store | Tx) -> AsyncIterator[Tx]:
    if isinstance(at, Tx):
        yield at
        return
    async with at.edge(0) as tx:
        yield tx


def _store(at: Store | Tx) -> Store:
    return at.store if isinstance(at, Tx) else at


def _place(store: Store) -> _Place:
    return _places.get(store) or _places.setdefault(store, _Place())
