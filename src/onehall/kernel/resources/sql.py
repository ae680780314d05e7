"""Small words for putting a SELECT together: its values are parameters, never text."""

from typing import Any


class Values:
    """The values of one statement, in the order of their `$n`."""

    def __init__(self, *values: Any) -> None:
        self.values: list[Any] = list(values)

    def add(self, value: Any, cast: str = "") -> str:
        """This will add a value and give its place: `$3::jsonb`."""
        self.values.append(value)
        place = f"${len(self.values)}"
        return f"{place}::{cast}" if cast else place


def literal(text: str) -> str:
    """This will write a developer's text (a path, a type name; never a caller's) as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def every(conditions: list[str]) -> str:
    """This will join conditions with AND."""
    return " AND ".join(conditions) or "true"
