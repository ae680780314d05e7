"""A call as it is kept: where the caller stands, what was said last, and who of the agents is with them. The only SQL here."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from onehall.kernel import ids
from onehall.kernel.i18n import _
from onehall.kernel.refusals import missing
from onehall.kernel.store import Store, Tx

TALK_MAX = 60
LISTED_MAX = 50
LIVES = timedelta(hours=2)


class Stands(msgspec.Struct):
    """Where a caller stands. `where`: menu, family, question, said, say, agent, over; `shown`: what the keys 1 to 8 mean.

    `silences` in a row; `turn` counts what was heard; `talk`: who said what, oldest first. `may`: "" not asked, answer, talk.
    """

    language: str
    where: str = "menu"
    journey: str = ""
    family: str = ""
    page: int = 0
    words: str = ""
    shown: list[str] = []
    says: list[str] = []
    silences: int = 0
    turn: int = 0
    many: bool = False
    may: str = ""
    told: str = ""
    before: str = ""
    talk: list[tuple[str, str]] = []


class Call(msgspec.Struct):
    """A call of `phone`; `agent` is the member of staff who joined it."""

    id: str
    phone: str
    stands: Stands
    wants_agent: bool = False
    agent: str | None = None
    over: bool = False
    at: datetime | None = None

    @property
    def home(self) -> int:
        """This will give the home in which the call is kept: that of its id."""
        return home_of_call(self.id)


def home_of_call(call: str) -> int:
    """This will give the home of a call."""
    return ids.home_for(f"hotline/{call}")


async def begin(tx: Tx, call: Call) -> bool:
    """This will keep a new call; False when there is one of this id."""
    made = await tx.write_one(
        "INSERT INTO hotline_call (home, id, phone, stands, begun, at) VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT DO NOTHING RETURNING id",
        tx.home, call.id, call.phone, msgspec.to_builtins(call.stands), tx.now,
    )  # fmt: skip
    return made is not None


async def load(tx: Tx, call: str, lock: bool = False) -> Call:
    """This will read a call.

    :raises Refusal: 404.
    """
    row = await tx.read_one(f"SELECT * FROM hotline_call WHERE home = $1 AND id = $2{' FOR UPDATE' if lock else ''}", tx.home, call)
    if row is None:
        raise missing(_("call"))
    return _call(row)


async def save(store: Store, call: Call, turn: int) -> bool:
    """This will keep where a call stands, if nobody was faster: `turn` is where it stood before."""
    async with store.edge(call.home) as tx:
        row = await tx.write_one(
            "UPDATE hotline_call SET stands = $3, wants_agent = $4, agent = $5, over = $6, at = $7 "
            "WHERE home = $1 AND id = $2 AND (stands->>'turn')::int = $8 RETURNING id",
            tx.home, call.id, msgspec.to_builtins(call.stands), call.wants_agent, call.agent, call.over, tx.now, turn,
        )  # fmt: skip
    return row is not None


async def waiting(store: Store) -> list[Call]:
    """This will list the calls that want an agent or have one, the longest waiting first."""
    async with store.edge(0) as tx:
        rows = await tx.read(
            "SELECT * FROM hotline_call WHERE wants_agent AND NOT over AND at > $1 ORDER BY at LIMIT $2 -- fan-out: the agents' list",
            tx.now - LIVES, LISTED_MAX,
        )  # fmt: skip
    return [_call(row) for row in rows]


def _call(row: Any) -> Call:
    stands = msgspec.convert(row["stands"], Stands)
    return Call(row["id"], row["phone"], stands, row["wants_agent"], row["agent"], row["over"], row["at"])
