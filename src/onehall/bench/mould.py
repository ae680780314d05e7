"""A life as a mould: the rows that one customer left in every table, cut where they differ from copy to copy, as COPY reads them.

An id keeps its time; its home becomes that of the same thing of the copy, and its last six characters are the copy's own, so that
ids that were alike or in order stay so. What is known by its value (number, card, document) goes to the value's home.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from io import BytesIO
from operator import itemgetter
from typing import Any, Final

from msgspec import Struct

from onehall.bench.year import Lived
from onehall.kernel.ids import HOMES, home_for, home_of, is_id

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
RECENT: Final = timedelta(days=31)
# the world outside, what only lets people in, what is of a run and not of a customer, and what nobody has
LEFT_OUT: Final = frozenset(
    "sim_message sim_payment sim_identity_check sim_person sim_refund sim_agreement sim_invoice sim_mail sms_dialogue sms_inbound "
    "session one_time_code code_quota login_tries staff partner answered bill_run bill_part bill_report bill_fault usage_file "
    "reconciliation reconciliation_part reconciliation_difference".split()
)
# of the last month only: the log, journeys, steps of orders, raw records of use; what is older lies in an archive
SINCE: Final = {
    "event": "at", "journey": "updated", "usage": "at", "bucket": "until", "fulfilment_plan": "begun", "fulfilment_step": "ended",
}  # fmt: skip
WORDS: Final = ("number", "iccid", "imsi", "hash", "name", "number_id", "sim_id")
HOME_COLUMNS: Final = ("home", "works_in")
_ID = r"(?<![0-9a-z])[0-7][0-9a-hjkmnp-tv-z]{23}(?![0-9a-z])"
_BILL_NO = r"(?<![0-9A-Z])\d{6}-[0-9A-HJKMNP-TV-Z]{10}(?![0-9A-Z])"
_HOME = "\x01"


class Unfit(Exception):
    """Two things of the life happen to live in one home, so that a copy could not tell them apart; another life does better."""


class Own(Struct, frozen=True):
    """What is a customer's own: the values by which the house knows them."""

    number: str
    iccid: str
    imsi: str
    hash: str
    name: str
    number_id: str
    sim_id: str


class Table(Struct, frozen=True):
    """The rows of one table: its columns, and which of the copy's pieces make them."""

    name: str
    columns: tuple[str, ...]
    rows: int
    cut: Any


class Mould:
    """A life to copy. `homes` are those that the life's things live in; those of values come first."""

    def __init__(self, lived: Lived, own: Own, rows: dict[str, tuple[tuple[str, ...], list[str]]], shared: frozenset[str]) -> None:
        self.own = own
        self._fixed: dict[str, int] = {}
        self._owned: dict[tuple[str, ...], int] = {}
        by_value = [home_for(own.number), home_for(own.iccid), home_for(own.hash)]
        self.homes = list(dict.fromkeys([*by_value, home_of(lived.party)]))
        if len(self.homes) < 4:
            raise Unfit
        self.party = lived.party
        self._shared, self._pattern = shared, _pattern(own)
        cut = {name: self._cut(columns, lines) for name, (columns, lines) in rows.items()}
        self.tables = [self._table(name, rows[name], places) for name, places in cut.items()]
        self._constants = list(self._fixed)

    def copy(self, own: Own, homes: Sequence[int], tail: str) -> list[str]:
        """This will give the text of each table's rows for a copy: its values, its homes (as `homes`), its own six characters."""
        made = {"tail": tail, "TAIL": tail.upper()}
        values = self._constants.copy()
        at = dict(zip(map(str, self.homes), homes, strict=True))
        for key in self._owned:
            match key:
                case ("head", home, high):
                    values.append(_head(at[home], int(high)))
                case ("home", home):
                    values.append(str(at[home]))
                case (word,):
                    values.append(made[word] if word in made else getattr(own, word))
        return ["".join(table.cut(values)) for table in self.tables]

    def party_of(self, home: int, tail: str) -> str:
        """This will give the id of a copy's party."""
        return self.party[:9] + _head(home, ALPHABET.index(self.party[9]) >> 2) + self.party[12:18] + tail

    def _table(self, name: str, rows: tuple[tuple[str, ...], list[str]], places: list[tuple[bool, Any]]) -> Table:
        start = len(self._fixed)
        getter = itemgetter(*(where if constant else start + where for constant, where in places))
        return Table(name, rows[0], len(rows[1]), getter)

    def _cut(self, columns: tuple[str, ...], lines: list[str]) -> list[tuple[bool, Any]]:
        marked = [place for place, column in enumerate(columns) if column in HOME_COLUMNS]
        text = "".join(_marked(line, marked) + "\n" for line in lines)
        places: list[tuple[bool, Any]] = []
        for piece in _joined(self._pieces(text)):
            if isinstance(piece, str):
                places.append((True, self._fixed.setdefault(piece, len(self._fixed))))
            else:
                places.append((False, self._owned.setdefault(piece, len(self._owned))))
        return places

    def _pieces(self, text: str) -> Iterator[str | tuple[str, ...]]:
        last = 0
        for found in self._pattern.finditer(text):
            yield text[last : found.start()]
            last = found.end()
            yield from self._piece(found.group())
        yield text[last:]

    def _piece(self, token: str) -> Iterator[str | tuple[str, ...]]:
        word = next((word for word in WORDS if getattr(self.own, word) == token), None)
        if word:
            yield (word,)
        elif token[0] == _HOME:
            yield self._home(token[1:-1])
        elif "-" in token:
            yield from (token[:-6], ("TAIL",))
        elif token in self._shared or not _timely(token):
            yield token
        else:
            home, high = str(home_of(token)), str(ALPHABET.index(token[9]) >> 2)
            self._home(home)
            yield from (token[:9], ("head", home, high), token[12:18], ("tail",))

    def _home(self, home: str) -> tuple[str, ...]:
        if int(home) not in self.homes:
            self.homes.append(int(home))
        return ("home", home)


def tail_of(place: int) -> str:
    """This will give the six characters that are a copy's own (30 bits), far apart for neighbours."""
    bits = place * 0x9E3779B1 & (2**30 - 1)
    return "".join([ALPHABET[bits >> shift & 31] for shift in (25, 20, 15, 10, 5, 0)])


async def take(connection: Any, lived: Lived, now: datetime) -> Mould:
    """This will read a life out of the tables.

    :raises Unfit: it cannot be copied.
    """
    own = await _own(connection, lived)
    found: dict[str, tuple[tuple[str, ...], list[str]]] = {}
    outside: list[str] = []
    for name, columns in (await _tables(connection)).items():
        if "home" in columns and name not in LEFT_OUT:
            found[name] = (columns, await _lines(connection, name, columns, own, now - RECENT))
        elif "home" not in columns or name == "bill_run":
            outside += await _lines(connection, name, columns, own, now - RECENT)
    shared = frozenset(re.findall(_ID, "\n".join(outside)))
    return Mould(lived, own, _belonging(found, lived, own, shared), shared - {lived.party})


def _belonging(
    found: dict[str, tuple[tuple[str, ...], list[str]]], lived: Lived, own: Own, shared: frozenset[str]
) -> dict[str, tuple[tuple[str, ...], list[str]]]:
    """What names the customer is theirs; and what names something that is theirs."""
    pattern, known = _pattern(own), {lived.party, own.number, own.iccid, own.hash}
    waiting = [(name, line, set(pattern.findall(line)) - shared) for name, (_columns, lines) in found.items() for line in lines]
    taken: dict[str, list[str]] = {}
    more = True
    while more:
        more = False
        for one in waiting.copy():
            name, line, tokens = one
            if tokens & known:
                waiting.remove(one)
                taken.setdefault(name, []).append(line)
                known |= {token for token in tokens if is_id(token)}
                more = True
    return {name: (found[name][0], lines) for name, lines in taken.items()}


async def _own(connection: Any, lived: Lived) -> Own:
    row = await connection.fetchrow(
        """-- fan-out: of one customer, while the ground is made
        SELECT p.number, p.iccid, s.imsi, c.document_hash, c.name, n.id AS number_id, s.id AS sim_id FROM product p
        JOIN party c ON c.id = p.party JOIN number n ON n.number = p.number JOIN sim s ON s.iccid = p.iccid
        WHERE p.party = $1 AND p.kind = 'line'""",
        lived.party,
    )
    return Own(*row)


async def _tables(connection: Any) -> dict[str, tuple[str, ...]]:
    rows = await connection.fetch(
        "SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position) AS columns FROM information_schema.columns "
        "WHERE table_schema = 'onehall' AND is_generated = 'NEVER' GROUP BY 1 ORDER BY 1"
    )
    return {row["table_name"]: tuple(row["columns"]) for row in rows}


async def _lines(connection: Any, name: str, columns: tuple[str, ...], own: Own, since: datetime) -> list[str]:
    only = {"number": f"number = '{own.number}'", "sim": f"iccid = '{own.iccid}'", "job": "due > now() + interval '1 day'"}
    where = f"{SINCE[name]} > '{since.isoformat()}'" if name in SINCE else only.get(name, "true")
    sql, out = f"SELECT {', '.join(columns)} FROM {name} WHERE {where}", BytesIO()
    await connection.copy_from_query(sql, output=out)
    return out.getvalue().decode().splitlines()


def _pattern(own: Own) -> re.Pattern[str]:
    values = [rf"(?<![0-9A-Za-z]){re.escape(value)}(?![0-9A-Za-z])" for value in (own.number, own.iccid, own.imsi, own.hash)]
    return re.compile("|".join([*values, _ID, _BILL_NO, re.escape(own.name), f"{_HOME}\\d+{_HOME}"]))


def _marked(line: str, places: list[int]) -> str:
    values = line.split("\t")
    for place in places:
        if values[place] != "\\N":
            values[place] = f"{_HOME}{values[place]}{_HOME}"
    return "\t".join(values)


def _joined(pieces: Iterator[str | tuple[str, ...]]) -> Iterator[str | tuple[str, ...]]:
    text = ""
    for piece in pieces:
        if isinstance(piece, str):
            text += piece
            continue
        if text:
            yield text
        text = ""
        yield piece
    yield text


def _head(home: int, high: int) -> str:
    return ALPHABET[high << 2 | home >> 10] + ALPHABET[home >> 5 & 31] + ALPHABET[home & 31]


def _timely(token: str) -> bool:
    """An id of this house was made since 2020; anything else only looks like one."""
    millis = int(token.translate(_DIGITS), 32) >> 72
    return 1_577_836_800_000 <= millis < 4_102_444_800_000 and home_of(token) < HOMES


_DIGITS = str.maketrans(ALPHABET, "0123456789abcdefghijklmnopqrstuv")
