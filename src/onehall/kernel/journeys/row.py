"""A journey as it is kept: one row, no frames."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from onehall.kernel.functions import FUNCTIONS, Function
from onehall.kernel.identity.proof import Proof
from onehall.kernel.ids import home_of, stem
from onehall.kernel.journeys.signals import Interlude
from onehall.kernel.journeys.words import Entry
from onehall.kernel.refusals import missing
from onehall.kernel.settings import current
from onehall.kernel.store import Tx

OPEN = frozenset({"asking", "waiting"})
NOTES = ""  # among what was brought along; no caller can bring this name
COLUMNS = (
    "home, id, function, version, state, party, unit, staff, channel, channels, holders, source, proof, given, entries, "
    "question, said, revision, turn, expires, moved_to, created, updated"
)


_NAMES = [name.strip() for name in COLUMNS.split(",")]
_INSERT = f"INSERT INTO journey ({COLUMNS}) VALUES ({', '.join(f'${place}' for place in range(1, 24))}) ON CONFLICT (home, id) DO NOTHING"
_UPDATE = (
    f"UPDATE journey SET {', '.join(f'{name} = ${place}' for place, name in enumerate(_NAMES[2:], 3))} "
    "WHERE home = $1 AND id = $2 AND revision = $24"
)


class Row(msgspec.Struct):
    """The whole state of a journey; `entries` in the order they came, `turn` the number of the last question.

    A `fresh` one is in no table, and nothing was told of it yet.
    """

    home: int
    id: str
    function: str
    version: int
    state: str
    channel: str
    expires: datetime
    created: datetime
    updated: datetime
    party: str | None = None
    unit: str | None = None
    staff: str | None = None
    channels: list[str] = []
    holders: list[str] = []
    source: str | None = None
    proof: dict[str, Any] = {}
    given: dict[str, Any] = {}
    entries: list[Entry] = []
    question: dict[str, Any] | None = None
    said: dict[str, Any] | None = None
    revision: int = 0
    turn: int = 0
    moved_to: str | None = None
    fresh: bool = False

    @property
    def notes(self) -> dict[str, Any]:
        """This will give what the engine itself remembers beside the entries: tries, generations of holds, half a proof."""
        return self.given.setdefault(NOTES, {})

    def token(self, key: str) -> str:
        """This will give the token of the hold under a key: the same after a crash or a move, another after the hold has died."""
        return f"{stem(self.id)}:{key}:{self.notes.get(f'hold:{key}', 0)}"

    @property
    def works(self) -> Function:
        """This will give the function that this journey passes through.

        :raises Refusal: 404, it is no longer offered.
        """
        if self.function not in FUNCTIONS:
            raise missing("function")
        return FUNCTIONS[self.function]

    @property
    def open(self) -> bool:
        """This will tell whether the journey still goes on."""
        return self.state in OPEN

    def proven(self, at: datetime) -> Proof:
        """This will give the level of proof that counts at a time."""
        until = self.proof.get("until")
        return Proof(self.proof["level"]) if until and datetime.fromisoformat(until) > at else Proof.NONE

    def has(self, kind: str, key: str) -> Entry | None:
        """This will find the entry of a kind under a key."""
        return next((entry for entry in self.entries if entry.key == key and entry.kind == kind), None)


def life() -> timedelta:
    """This will give how long a journey stays open with nobody answering."""
    return timedelta(days=current().journey_days)


async def load(tx: Tx, journey: str) -> Row | None:
    """This will read a journey. One statement."""
    return await _read(tx, tx.home, journey)


async def seen(tx: Tx, journey: str) -> Row | None:
    """This will look at a journey that may live in another home; it is not to be changed here. One statement."""
    return await _read(tx, home_of(journey), journey)


async def _read(tx: Tx, home: int, journey: str) -> Row | None:
    found = await tx.read_one(f"SELECT {COLUMNS} FROM journey WHERE home = $1 AND id = $2", home, journey)
    return msgspec.convert(dict(found), Row) if found else None


async def kept_over_interludes(row: Row, seen: list[Row], run: Callable[[Row], Awaitable[None]]) -> None:
    """This will run on a journey that was just seen; after an interlude it is seen again as it was read.

    Whether somebody was quicker meanwhile shows when it is saved.
    """
    as_read = msgspec.json.encode(row)
    try:
        await run(row)
    except Interlude:
        seen.append(msgspec.json.decode(as_read, type=Row))
        raise


def insert(tx: Tx, row: Row) -> None:
    """This will write a new journey at the end of the transaction; when the id is there by then (the caller's key), all is done again."""
    tx.write_last(_INSERT, *_values(row))


def update(tx: Tx, row: Row) -> None:
    """This will write a journey as it was read, at the end of the transaction; when somebody has changed it meanwhile, all is done again.

    Nobody waits for a lock: of two answers to one question the quicker counts, and the other sees that it was given.
    """
    row.revision += 1
    tx.write_last(_UPDATE, *_values(row), row.revision - 1)


def _values(row: Row) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in _NAMES)
