"""A journey as it is kept: one row, no frames."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from onehall.kernel.functions import FUNCTIONS, Function
from onehall.kernel.identity.proof import Proof
from onehall.kernel.ids import stem
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


async def load(tx: Tx, journey: str, *, lock: bool = False) -> Row | None:
    """This will read a journey, and keep others from answering it meanwhile if `lock`ed. One statement."""
    sql = f"SELECT {COLUMNS} FROM journey WHERE home = $1 AND id = $2"
    found = await (tx.write_one(sql + " FOR UPDATE", tx.home, journey) if lock else tx.read_one(sql, tx.home, journey))
    return msgspec.convert(dict(found), Row) if found else None


async def insert(tx: Tx, row: Row) -> bool:
    """This will write a new journey; False when the id is there already (the caller's key was used before)."""
    places = ", ".join(f"${place}" for place in range(1, 24))
    sql = f"INSERT INTO journey ({COLUMNS}) VALUES ({places}) ON CONFLICT (home, id) DO NOTHING RETURNING id"
    return await tx.write_one(sql, *_values(row)) is not None


async def update(tx: Tx, row: Row) -> None:
    """This will write a journey that was read under lock; its revision goes up by one."""
    row.revision += 1
    names = [name.strip() for name in COLUMNS.split(",")][2:]
    sets = ", ".join(f"{name} = ${place}" for place, name in enumerate(names, 3))
    await tx.write(f"UPDATE journey SET {sets} WHERE home = $1 AND id = $2", *_values(row))


def _values(row: Row) -> tuple[Any, ...]:
    return tuple(getattr(row, name.strip()) for name in COLUMNS.split(","))
