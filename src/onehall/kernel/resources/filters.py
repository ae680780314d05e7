"""Conditions as SQL: on the typed column where one is declared, else on the body by a jsonpath in lax mode.

Every value goes as a parameter, every path is checked; a regular expression, which jsonpath wants as a literal, is
written as a JSON string inside a jsonpath that is itself a parameter.
"""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from onehall.kernel.i18n import _
from onehall.kernel.resources.declaration import Column, Kind
from onehall.kernel.resources.sql import Values
from onehall.kernel.resources.words import Condition, refuse

REGEX_LENGTH_MAX: Final = 100
_SIGNS: Final = {"eq": "==", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_SQL_SIGNS: Final = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_TIME = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+ -]\d\d(:?\d\d)?)?)?")
_NUMBER = re.compile(r"-?\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,2})?")
_TRAPS = re.compile(r"\\\d|\(\?|\{\d{3,}|\{\d+,\d{3,}|[*+?}]\)[*+{]|\\Z|\\m|\\M")


def condition_sql(condition: Condition, typed: dict[str, Column], shown: str, values: Values) -> str:
    """This will write one condition; `shown` is the SQL expression of the whole body."""
    column = typed.get(condition.path)
    if condition.operator == "ne":
        same = condition_sql(Condition(condition.path, "eq", condition.values), typed, shown, values)
        return f"({same}) IS NOT TRUE"
    if condition.operator == "regex":
        check_regex(condition.values)
    if column is None or column.kind is Kind.JSON:
        return _by_path(condition, shown, values)
    return _by_column(condition, column, values)


def check_regex(patterns: tuple[str, ...]) -> None:
    """This will refuse a pattern that is long, or of a kind that can take for ever (back references, nested repeats)."""
    for pattern in patterns:
        if len(pattern) > REGEX_LENGTH_MAX or _TRAPS.search(pattern):
            raise refuse(_("This regular expression is not one that we run."))


def jsonpath_of(path: str) -> str:
    """This will write an attribute's path as jsonpath: a.b -> $."a"."b"."""
    return "$" + "".join(f".{json.dumps(step)}" for step in path.split("."))


def number_of(text: str) -> int | float | None:
    """This will read a number, or give None."""
    if not _NUMBER.fullmatch(text):
        return None
    return int(text) if text.lstrip("-").isdigit() else float(text)


def time_of(text: str) -> datetime | None:
    """This will read a time (UTC when no zone is said; a space stands for a plus that was not encoded), or give None."""
    if not _TIME.fullmatch(text):
        return None
    try:
        at = datetime.fromisoformat(re.sub(r"(:\d\d(\.\d+)?) (\d\d:?\d\d)$", r"\1+\3", text))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _by_path(condition: Condition, shown: str, values: Values) -> str:
    tests: list[str] = []
    known: dict[str, Any] = {}
    for index, value in enumerate(condition.values):
        tests.append(_test(condition.operator, value, f"v{index}", known))
    path = f"{jsonpath_of(condition.path)} ? ({' || '.join(tests)})"
    return f"jsonb_path_exists_tz({shown}, {values.add(path, 'text')}::jsonpath, {values.add(known, 'jsonb')})"


def _test(operator: str, value: str, name: str, known: dict[str, Any]) -> str:
    if operator == "regex":
        return f"@ like_regex {json.dumps(value)}"
    sign = _SIGNS[operator]
    number, at = number_of(value), time_of(value)
    if at is not None:
        known[f"{name}t"] = at.isoformat().removesuffix("+00:00") + "Z"
        return f"(@.datetime() {sign} ${name}t.datetime())" if operator != "eq" else _equal_time(value, name, known)
    tests = []
    if number is not None:
        known[f"{name}n"] = number
        tests.append(f"@ {sign} ${name}n")
    if number is None or operator == "eq":
        known[f"{name}s"] = value
        tests.append(f"@ {sign} ${name}s")
    if operator == "eq" and value in ("true", "false"):
        tests.append(f"@ == {value}")
    return "(" + " || ".join(tests) + ")"


def _equal_time(value: str, name: str, known: dict[str, Any]) -> str:
    known[f"{name}s"] = value
    return f"(@ == ${name}s || @.datetime() == ${name}t.datetime())"


def _by_column(condition: Condition, column: Column, values: Values) -> str:
    sql = f"({column.sql})"
    if condition.operator == "regex":
        alike = [f"{sql}::text ~ {values.add(value, 'text')}" for value in condition.values]
        return "(" + " OR ".join(alike) + ")"
    read = [_typed(condition.path, value, column.kind) for value in _without_whole(condition, column.kind)]
    if condition.operator == "eq":
        return f"{sql} = ANY({values.add(read, column.kind.value + '[]')})"
    collate = ' COLLATE "C"' if column.kind is Kind.TEXT else ""
    sign = _SQL_SIGNS[condition.operator]
    return "(" + " OR ".join(f"{sql}{collate} {sign} {values.add(value, column.kind.value)}" for value in read) + ")"


def _without_whole(condition: Condition, kind: Kind) -> tuple[str, ...]:
    """A text may hold a comma, so `a,b` stands for itself too; a number or a time does not."""
    if kind is Kind.TEXT:
        return condition.values
    return tuple(value for value in condition.values if "," not in value)


def _typed(path: str, text: str, kind: Kind) -> Any:
    read: Any = text
    if kind is Kind.TIME:
        read = time_of(text)
    elif kind is Kind.BOOLEAN:
        read = {"true": True, "false": False}.get(text)
    elif kind in (Kind.INTEGER, Kind.NUMBER):
        read = _whole_or_decimal(text, kind)
    if read is None:
        raise refuse(_("{attribute} cannot be compared with {value}.", attribute=path, value=text[:60]))
    return read


def _whole_or_decimal(text: str, kind: Kind) -> int | Decimal | None:
    if not _NUMBER.fullmatch(text):
        return None
    try:
        exact = Decimal(text)
    except InvalidOperation:
        return None
    if kind is Kind.NUMBER:
        return exact
    return int(exact) if exact == exact.to_integral_value() and abs(exact) < 2**63 else None
