"""A list's query string, taken apart: conditions on attributes, and the words that TM Forum reserves."""

import re
from typing import Final
from urllib.parse import unquote_to_bytes

import msgspec

from onehall.kernel.i18n import Text, _
from onehall.kernel.refusals import Refusal

RESERVED: Final = ("fields", "offset", "limit", "sort", "filter")
OPERATORS: Final = {"=": "eq", "==": "eq", "!=": "ne", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte", "*=": "regex", "=~": "regex"}
SUFFIXES: Final = frozenset(OPERATORS.values())
CONDITIONS_MAX: Final = 30
ALTERNATIVES_MAX: Final = 100
_ATTRIBUTE = re.compile(r"@?[A-Za-z_][\w-]{0,63}(\.@?[A-Za-z_][\w-]{0,63}){0,9}", re.ASCII)
_SIGN = re.compile(r"([^<>=!*]+)(>=|<=|!=|==|\*=|=~|=|>|<)(.*)", re.DOTALL)


class Condition(msgspec.Struct, frozen=True):
    """One attribute, one operator, and the values of which one must fit."""

    path: str
    operator: str
    values: tuple[str, ...]


class Query(msgspec.Struct, frozen=True):
    """What a list is asked for. `words` holds the reserved ones as they were sent."""

    conditions: tuple[Condition, ...] = ()
    words: dict[str, str] = {}


def take_apart(raw: str) -> Query:
    """This will read a raw (still encoded) query string.

    :raises Refusal: `query.*`, 400.
    """
    found: dict[tuple[str, str], list[str]] = {}
    words: dict[str, list[str]] = {}
    for part in filter(None, raw.split("&")):
        name, operator, value = _one(part)
        if name in RESERVED and operator == "eq":
            words.setdefault(name, []).append(value)
        else:
            path, operator = _suffix(name, operator)
            found.setdefault((path, operator), []).extend(alternatives(operator, value))
    if len(found) > CONDITIONS_MAX or any(len(values) > ALTERNATIVES_MAX for values in found.values()):
        raise refuse(_("Too many conditions are asked for at once."))
    conditions = tuple(Condition(path, operator, tuple(values)) for (path, operator), values in found.items())
    return Query(conditions, {name: ",".join(values) for name, values in words.items()})


def alternatives(operator: str, value: str) -> list[str]:
    """This will give the values that a condition may meet: `a,b` is a or b (or the words `a,b`); quotes keep a comma."""
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return [value[1:-1]]
    if operator == "regex" or "," not in value:
        return [value]
    parts = [part.strip('"') for part in value.split(",")]
    return [*parts, value] if operator == "eq" else parts


def check_attribute(path: str) -> str:
    """This will give an attribute's path back if it has the form of one."""
    if not _ATTRIBUTE.fullmatch(path):
        raise refuse(_("{attribute} is not the name of an attribute.", attribute=path[:60]))
    return path


def refuse(reason: Text, message: str | None = None) -> Refusal:
    """This will make the refusal of a query."""
    return Refusal("query.bad", reason, 400, message=message)


def decode(text: str) -> str:
    """This will undo percent and plus encoding; what is not UTF-8, or holds a NUL, is refused."""
    try:
        plain = unquote_to_bytes(text.replace("+", " ")).decode()
    except UnicodeError as error:
        raise refuse(_("The query is not in UTF-8.")) from error
    if "\0" in plain:
        raise refuse(_("A text holds characters that cannot be kept."))
    return plain


def _one(part: str) -> tuple[str, str, str]:
    name, equals, value = part.partition("=")
    name = decode(name)
    if equals and name[-1:] in "<>!*" and name[:-1]:
        return name[:-1], OPERATORS[name[-1] + "="], decode(value)
    if equals and not _SIGN.fullmatch(name):
        return name, "eq", decode(value)
    sign = _SIGN.fullmatch(decode(part))
    if not sign:
        raise refuse(_("{attribute} has no value.", attribute=name[:60]))
    return sign[1], OPERATORS[sign[2]], sign[3]


def _suffix(name: str, operator: str) -> tuple[str, str]:
    path, dot, last = name.rpartition(".")
    if dot and last in SUFFIXES and operator == "eq":
        return check_attribute(path), last
    return check_attribute(name), operator
