"""The shelf: all terms of all offerings, kept in each process by version, so that reading an offering costs no statement.

A process asks for the version at most once a second, and at once after its own writes. A
transaction that is itself writing the catalogue reads a shelf of its own, which nobody else sees.
"""

import asyncio
import contextvars
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from weakref import WeakKeyDictionary

import msgspec

from onehall.domains.catalogue import rules
from onehall.domains.catalogue.model import Offering, Terms
from onehall.domains.catalogue.store import rows
from onehall.kernel.editions import turn
from onehall.kernel.i18n import Text
from onehall.kernel.store import Store, Tx

CHECK_SECONDS: Final = 1.0
Kinds = tuple[str, ...]


class Shelf:
    """The catalogue at one version; it is never changed, but followed by another."""

    def __init__(self, version: int = 0, terms: dict[str, Terms] | None = None) -> None:
        self.version = version
        self.terms = terms or {}
        self.by_offering: dict[str, list[Terms]] = {}
        for one in sorted(self.terms.values(), key=lambda one: (one.since, one.id)):
            if one.until is None or one.since < one.until:
                self.by_offering.setdefault(one.offering, []).append(one)
        self.edges = sorted({edge for one in self.terms.values() for edge in (one.since, one.until, one.face.start, one.face.end) if edge})
        self._lists: dict[tuple[Kinds, str | None], tuple[datetime | None, datetime | None, list[Offering]]] = {}

    def follow(self, version: int, changed: Sequence[Terms]) -> "Shelf":
        """This will give the shelf of a later version."""
        return Shelf(version, {**self.terms, **{one.id: one for one in changed}})

    def stands(self, offering: str, at: datetime) -> Offering | None:
        """This will give an offering as it stood at a time, or None."""
        found = next((one for one in reversed(self.by_offering.get(offering, ())) if one.stands(at)), None)
        return self._whole(found.face, at) if found else None

    def on_sale(self, kinds: Kinds, at: datetime, channel: str | None) -> list[Offering]:
        """This will list what is on sale at a time, by family and fee; the list is made once until the next change."""
        begin, end, found = self._lists.get((kinds, channel), (at, at, []))
        if (begin is None or begin <= at) and (end is None or at < end):
            return found
        standing = [face for offering in self.by_offering if (face := self.stands(offering, at)) and face.kind in kinds]
        found = sorted((face for face in standing if rules.is_on_sale(face, at, channel)), key=_order)
        begin = max((edge for edge in self.edges if edge <= at), default=None)
        end = min((edge for edge in self.edges if edge > at), default=None)
        self._lists[kinds, channel] = (begin, end, found)
        return found

    def _whole(self, face: Offering, at: datetime) -> Offering:
        if not face.is_bundle or face.gaps:
            return face
        named = [self.alone(id_, at) for id_ in (*face.alternatives, *face.parts) if id_ != face.id]
        gaps = rules.bundle_gaps(face, [one for one in named if one and rules.is_on_sale(one, at)])
        return _with_gaps(face, gaps) if gaps else face

    def alone(self, offering: str, at: datetime) -> Offering | None:
        """This will give an offering without asking what its own bundle rests on: bundles do not rest on each other."""
        found = next((one for one in reversed(self.by_offering.get(offering, ())) if one.stands(at)), None)
        return found.face if found else None


class _Place:
    """What a process keeps for one store: the shelf and when it was last asked for."""

    def __init__(self) -> None:
        self.shelf = Shelf()
        self.asked = float("-inf")

    def put(self, shelf: Shelf) -> None:
        """This will keep a shelf, unless a newer one was put here meanwhile."""
        if shelf.version >= self.shelf.version:
            self.shelf = shelf


_places: "WeakKeyDictionary[Store, _Place]" = WeakKeyDictionary()


async def shelf(tx: Tx) -> Shelf:
    """This will give the catalogue as this transaction sees it.

    Whoever comes first in a second asks, on the connection that they have: nobody waits for another connection.
    :raises Refusal: `unavailable`, 503, when the database cannot be reached.
    """
    place = _places.get(tx.store) or _places.setdefault(tx.store, _Place())
    if tx in rows.writing:
        return place.shelf.follow(*await rows.changed_since(tx, place.shelf.version))
    now, known = time.monotonic(), place.shelf.version
    if not known or rows.awaited(tx.store) > known or now - place.asked >= CHECK_SECONDS:
        place.asked = now
        await _follow(tx, place)
    return place.shelf


async def _follow(tx: Tx, place: _Place) -> None:
    """It is read in a context of its own, as it is no statement of the use case that happens to be first."""
    reading = rows.changed_since(tx, place.shelf.version)
    version, changed = await asyncio.get_running_loop().create_task(reading, context=contextvars.Context())
    if version != place.shelf.version or changed:
        place.put(place.shelf.follow(version, changed))
        turn(tx.store)


def _order(face: Offering) -> tuple[int, str, int, int, str]:
    return face.rank or 10**6, face.family, face.fee.minor, face.once.minor, face.id


def _with_gaps(face: Offering, gaps: tuple[Text, ...]) -> Offering:
    return msgspec.structs.replace(face, gaps=gaps)
