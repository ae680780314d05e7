"""Rows of files that people give us: read one by one, each bad one named by its line and why, no good one lost."""

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import msgspec

from onehall.launch.trouble import Trouble

Say = Callable[[str], None]
NUMBER_MAX = Decimal(10) ** 9


class Bad(ValueError):
    """A row cannot be used; the message says why."""


class Refused(msgspec.Struct, frozen=True):
    """A row that was left out: its line in the file, from 1, and why."""

    line: int
    why: str
    file: str = ""


class Report(msgspec.Struct):
    """What was done: rows read, things added, changed, there already, and the rows refused; seconds it took."""

    read: int = 0
    added: int = 0
    changed: int = 0
    known: int = 0
    refused: list[Refused] = []
    seconds: float = 0.0

    def refuse(self, say: Say, line: int, why: str, file: str = "") -> None:
        """This will note a bad row, and name it at once."""
        self.refused.append(Refused(line, why, file))
        say(f"{file + ' ' if file else ''}line {line}: {why}")


def text_of(path: Path) -> str:
    """This will read a text file.

    :raises Trouble: it cannot be read.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Trouble(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise Trouble(f"{path} is not a text in UTF-8: {error}") from None


def json_rows(path: Path) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """This will give the objects of a JSON list with their lines; in the place of one that cannot be read, why.

    :raises Trouble: the file is no list at all.
    """
    text = text_of(path)
    if not text.lstrip().startswith("["):
        raise Trouble(f"{path} is not a list in JSON")
    decoder, at = json.JSONDecoder(parse_float=Decimal), text.index("[") + 1
    while (start := _next(text, at)) is not None:
        line = text.count("\n", 0, start) + 1
        try:
            row, at = decoder.raw_decode(text, start)
            yield line, row if isinstance(row, dict) else "it is not an object"
        except (json.JSONDecodeError, RecursionError) as error:
            yield line, f"it is not JSON: {error.msg if isinstance(error, json.JSONDecodeError) else 'nested too deep'}"
            at = _resume(text, start)


def word(row: dict[str, Any], name: str) -> str:
    """This will give a text that must be there."""
    value = row.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > 200 or "\x00" in value:
        raise Bad(f"{name} is missing or not a text")
    return value.strip()


def number(row: dict[str, Any], name: str, *, whole: bool = False, places: int | None = None) -> Decimal:
    """This will give a number of zero or more that must be there."""
    value = row.get(name)
    try:
        exact = Decimal(str(value).strip()) if isinstance(value, str | int | Decimal) and not isinstance(value, bool) else None
    except InvalidOperation:
        exact = None
    if exact is None or not exact.is_finite():
        raise Bad(f"{name} is {str(value)[:40]!r}, not a number")
    if not 0 <= exact <= NUMBER_MAX:
        raise Bad(f"{name} is {str(value)[:40]}, out of bounds")
    if (whole and exact != exact.to_integral_value()) or (places is not None and exact != round(exact, places)):
        raise Bad(f"{name} is {value}, too fine")
    return exact


def words(row: dict[str, Any], *names: str) -> list[str]:
    """This will give the texts of lists that may be there."""
    return [text for name in names for text in (row.get(name) if isinstance(row.get(name), list) else []) or [] if isinstance(text, str)]


def _next(text: str, at: int) -> int | None:
    found = re.compile(r"[\s,]*").match(text, at)
    start = found.end() if found else at
    return None if start >= len(text) or text[start] == "]" else start


def _resume(text: str, broken: int) -> int:
    """After a broken object the reading goes on at the next line that begins one as deep as the broken one."""
    indent = broken - (text.rfind("\n", 0, broken) + 1)
    found = re.compile(rf"\n[ \t]{{{indent}}}\{{").search(text, broken)
    return found.end() - 1 if found else len(text)
