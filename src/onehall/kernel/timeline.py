"""Reading the one log: what happened to a customer, in a journey, or in a part of the operator, in words for people.

`WORDS` has a sentence for each type of fact, with names of the fact's own fields in it; rooms that tell facts of their
own, or that show them, add theirs.
"""

import re
from datetime import datetime
from typing import Any

import msgspec

from onehall.kernel import ids
from onehall.kernel.i18n import Text, _
from onehall.kernel.store import Tx

PAGE_MAX = 200
JOURNEYS_MAX = 50
MOVES_MAX = 5
_NAME = re.compile(r"\{(\w+)\}")
_COLUMNS = "id, at, type, key, party, staff, journey, function, channel, source, unit, body"


class Told(msgspec.Struct, frozen=True):
    """A fact as it stands in the log."""

    id: str
    at: datetime
    type: str
    key: str
    channel: str
    body: dict[str, Any]
    party: str | None = None
    staff: str | None = None
    journey: str | None = None
    function: str | None = None
    source: str | None = None
    unit: str | None = None


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for in the log; `before` is the id of the last fact of the page before."""

    type: str = ""
    party: str = ""
    journey: str = ""
    channel: str = ""
    staff: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: str = ""


WORDS: dict[str, Text] = {
    "function.visited": _("Was served in one breath"),
    "journey.opened": _("Began"),
    "journey.asked": _("Was asked: {question}"),
    "journey.answered": _("Answered: {question}"),
    "journey.reasked": _("Was asked again, because: {why}"),
    "journey.held": _("Held for the customer: {question}"),
    "journey.lapsed": _("A hold lapsed: {question}"),
    "journey.done_step": _("Done: {question}"),
    "journey.paid": _("The money for it arrived"),
    "journey.proven": _("Showed who they are: {why}"),
    "journey.handed_over": _("Handed over: {why}"),
    "journey.moved": _("Came along to the customer's own records"),
    "journey.ended": _("Ended: {why}"),
    "resource.changed": _("Record changed: {what}"),
}


def words(told: Told, **better: Any) -> Text:
    """This will say a fact in a sentence; `better` are words for its fields where the reader has them."""
    sentence = WORDS.get(told.type)
    if sentence is None:
        return _("{type}", type=told.type)
    values = told.body | better
    return Text(sentence.id, {name: values.get(name) or "…" for name in _NAME.findall(sentence.id)})


async def of_journey(tx: Tx, journey: str, limit: int = PAGE_MAX) -> list[Told]:
    """This will give what happened in a journey, oldest first, also where it was before it moved to its customer's home."""
    found: list[Told] = []
    for _hop in range(MOVES_MAX):
        part = await _by_keys(tx, ids.home_of(journey), None, [journey], "", limit)
        found = [*part, *found]
        moved = next((told for told in part if told.type == "journey.moved" and ids.is_id(str(told.body.get("why")))), None)
        if moved is None:
            break
        journey = str(moved.body["why"])
    return sorted(found, key=lambda told: told.id)


async def of_party(tx: Tx, party: str, keys: tuple[str, ...] = (), before: str = "", limit: int = PAGE_MAX) -> list[Told]:
    """This will give what happened to a customer across all channels, newest first.

    `keys` name what else is theirs (orders, lines, accounts): its facts belong to the story even where no one was named.
    """
    journeys = await _journeys_of(tx, party)
    found = await _by_keys(tx, ids.home_of(party), party, [*journeys, *keys], before, limit)
    for moved in [told for told in found if told.type == "journey.moved"][:MOVES_MAX]:
        if ids.is_id(old := str(moved.body.get("why"))):
            found += await _by_keys(tx, ids.home_of(old), None, [old], before, limit)
    return sorted(found, key=lambda told: told.id, reverse=True)[:limit]


async def log(tx: Tx, unit: str, sought: Sought, limit: int = PAGE_MAX) -> list[Told]:
    """This will search the log of a part of the operator, newest first; the whole sees what belongs to no part as well."""
    sql = f"""-- fan-out: the console, off the hot path
        SELECT {_COLUMNS} FROM event
        WHERE ($1 OR unit = $2 OR starts_with(unit, $3)) AND ($4 = '' OR type = $4 OR starts_with(type, $4 || '.'))
          AND ($5 = '' OR party = $5) AND ($6 = '' OR journey = $6 OR key = $6) AND ($7 = '' OR channel = $7) AND ($8 = '' OR staff = $8)
          AND ($9::timestamptz IS NULL OR at >= $9) AND ($10::timestamptz IS NULL OR at < $10) AND ($11 = '' OR id < $11)
          AND ($12::smallint IS NULL OR home = $12)
        ORDER BY at DESC, id DESC LIMIT $13"""
    rows = await tx.read(
        sql, "." not in unit, unit, unit + ".", sought.type, sought.party, sought.journey, sought.channel, sought.staff, sought.since,
        sought.until, sought.before, _one_home(sought), min(limit, PAGE_MAX + 1),
    )  # fmt: skip
    return [_told(row) for row in rows]


def _one_home(sought: Sought) -> int | None:
    named = sought.journey or sought.party
    return ids.home_of(named) if ids.is_id(named) else None


async def _journeys_of(tx: Tx, party: str) -> list[str]:
    sql = "SELECT id FROM journey WHERE home = $1 AND party = $2 ORDER BY updated DESC LIMIT $3"
    return [row["id"] for row in await tx.read(sql, ids.home_of(party), party, JOURNEYS_MAX)]


async def _by_keys(tx: Tx, home: int, party: str | None, keys: list[str], before: str, limit: int) -> list[Told]:
    sql = f"""SELECT {_COLUMNS} FROM event WHERE home = $1 AND (party = $2 OR journey = ANY($3) OR key = ANY($3))
              AND ($4 = '' OR id < $4) ORDER BY id DESC LIMIT $5"""
    return [_told(row) for row in await tx.read(sql, home, party, keys, before, limit)]


def _told(row: Any) -> Told:
    return Told(**dict(row))
