"""The homes that statements really touch: read from what is sent, text and values, at the edge where it is sent."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import pytest

from onehall.kernel.identity import http
from onehall.kernel.store.statements import watching
from tests.tidy.sql import COMMENT, Statement, customer_tables

STAFF_AND_WORLD = ("/console", "/desk", "/sim", "/oauth", "/metrics", "/healthz", "/tmf-api", "/openapi")
FAN_OUT = re.compile(r"(?:--|/\*) fan-out:")
# the one search of a customer's that reads many homes: free numbers are nobody's yet, it changes nothing, and a hold stays in one home
SEARCH = "-- fan-out: numbers are searched by their digits"
EQUALS = re.compile(r"\bhome\s*=\s*(ANY\s*\(\s*)?\$(\d+)", re.I)
INSERTS = re.compile(  # possessive: a statement that does not fit is given up at once
    r"INSERT\s+INTO\s+\w+(?:\s+AS\s+\w+)?\s*\(([^)]*)\)\s*VALUES\s*((?:\([^()]*+(?:\([^()]*+\)[^()]*+)*+\)\s*+,?\s*+)++)", re.I
)
ROWS = re.compile(r"\(([^()]*+(?:\([^()]*+\)[^()]*+)*+)\)")
ARRAYS = re.compile(r"unnest\s*\(((?:[^()]|\[\])*)\)\s*(?:AS\s+)?\w+\s*\(([^)]*)\)", re.I)
SELECTED = re.compile(r"INSERT\s+INTO\s+\w+\s*\(([^)]*)\)\s*SELECT\s+\*\s+FROM\s+unnest\s*\(((?:[^()]|\[\])*)\)", re.I)
PLACE = re.compile(r"\$(\d+)")
WORLD = "sim_"
_path: ContextVar[str | None] = ContextVar("path", default=None)


@dataclass(frozen=True)
class Sent:
    """A statement with its values; `path` is that of the request it was sent in, None when it was sent by work in the background."""

    sql: str
    values: tuple[Any, ...]
    path: str | None

    @property
    def of_customer(self) -> bool:
        """Whether it was sent in a customer's request."""
        return self.path is not None and not self.path.startswith(STAFF_AND_WORLD)

    @property
    def homes(self) -> frozenset[int]:
        """The homes that are bound in it."""
        return frozenset(_homes(COMMENT.sub(" ", self.sql), self.values))

    @property
    def of_owners(self) -> bool:
        """Whether it touches rows that live with their owners; the tables of the simulated world are not ours."""
        statement = Statement(COMMENT.sub(" ", self.sql), "", "")
        named = statement.written | set(statement.read) | set(re.findall(r"^COPY (\w+)", self.sql))
        return any(table in customer_tables() and not table.startswith(WORLD) for table in named)


def _homes(sql: str, values: tuple[Any, ...]) -> Iterator[int]:
    for many, place in EQUALS.findall(sql):
        bound = values[int(place) - 1]
        yield from bound if many else [bound]
    for columns, rows in INSERTS.findall(sql):
        at = _place(columns)
        if at is not None:
            yield from (values[int(PLACE.findall(row.split(",")[at])[0]) - 1] for row in ROWS.findall(rows))
    for arrays, columns in (*ARRAYS.findall(sql), *((arrays, columns) for columns, arrays in SELECTED.findall(sql))):
        at = _place(columns)
        if at is not None:
            yield from values[int(PLACE.findall(arrays.split(",")[at])[0]) - 1]
    for columns in re.findall(r"^COPY \w+ \((.*)\)$", sql):
        at = _place(columns)
        yield from (row[at] for row in values[0] if at is not None)


def _place(columns: str) -> int | None:
    named = [column.strip().lower() for column in columns.split(",")]
    return named.index("home") if "home" in named else None


@contextmanager
def recorded() -> Iterator[list[Sent]]:
    """This will record every statement of this process, and in which request it was sent."""
    sent: list[Sent] = []
    real = http._pass

    async def passes(gate: Any, app: Any, scope: Any, receive: Any, send: Any) -> None:
        token = _path.set(scope["path"])
        try:
            await real(gate, app, scope, receive, send)
        finally:
            _path.reset(token)

    def watch(sql: str, values: tuple[Any, ...]) -> None:
        if not _of_a_test():
            sent.append(Sent(sql, values, _path.get()))

    with pytest.MonkeyPatch.context() as patch, watching(watch):
        patch.setattr(http, "_pass", passes)
        yield sent


def _of_a_test() -> bool:
    """A test that looks into the tables may look everywhere."""
    frame = sys._getframe(1)
    while frame.f_back and any(part in frame.f_code.co_filename for part in ("/kernel/store/", "/ground/homes.py")):
        frame = frame.f_back
    return "/tests/" in frame.f_code.co_filename


def spanning(sent: list[Sent]) -> list[str]:
    """This will name the statements that touch more than one home, or owners' rows without a home, and are no declared fan-out."""
    wrong = [one for one in sent if not FAN_OUT.search(one.sql) and one.of_owners and len(one.homes) != 1]
    return sorted({f"{one.path or 'background'}: {sorted(one.homes)} {' '.join(one.sql.split())}" for one in wrong})


def fanned(sent: list[Sent]) -> list[str]:
    """This will name the declared fan-outs that were sent in a customer's request, but the search for a number."""
    found = [one for one in sent if one.of_customer and FAN_OUT.search(one.sql) and SEARCH not in one.sql]
    return sorted({f"{one.path}: {' '.join(one.sql.split())}" for one in found})
