"""The SQL of the house as the tidy tests see it: statements in the code, tables in the migrations."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.tidy.source import kept_files, place, python_files, tree

STARTS = re.compile(
    r"\s*(?:--[^\n]*\n\s*)*(WITH\s+\w+.*\bAS\b|SELECT\b.*\bFROM\b|INSERT\s+INTO\b|UPDATE\s+[\w.]+.*\bSET\b|DELETE\s+FROM\b|MERGE\s+INTO\b)",
    re.DOTALL,
)
WRITES = re.compile(r"\b(?:INSERT\s+INTO|UPDATE(?!\s+(?:SET|SKIP|OF|NOWAIT)\b)|DELETE\s+FROM)\s+(\w+)", re.I)
READS = re.compile(r"(?<!DELETE\s)\b(?:FROM|JOIN)\s+((?:\w+(?:\s+(?:AS\s+)?(?!WHERE|JOIN|ON|ORDER|LIMIT|FOR|GROUP)\w+)?\s*,\s*)*\w+)", re.I)
COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
CREATE = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+) \((.*?)\n\)", re.DOTALL | re.I)


@dataclass(frozen=True)
class Statement:
    """One SQL text in the code; `marks` are the comments in it (`-- fan-out: why`, `-- cold: why`)."""

    text: str
    marks: str
    at: str

    @property
    def written(self) -> set[str]:
        """The tables it writes."""
        return {name.lower() for name in WRITES.findall(self.text)}

    @property
    def read(self) -> list[str]:
        """The tables it reads, each as often as it is named."""
        lists = [found for found in READS.findall(WRITES.sub(" ", self.text))]
        return [part.split()[0].lower() for names in lists for part in names.split(",")]


@cache
def statements() -> tuple[Statement, ...]:
    """This will give every SQL text of the house."""
    return tuple(
        Statement(COMMENT.sub(" ", text), " ".join(COMMENT.findall(text)), place(path, node))
        for path in python_files("src")
        for node, text in _texts(tree(path))
        if STARTS.match(text) and not place(path).startswith(WORLD)
    )


def _texts(module: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """This will give every text; what is put into an f-string is seen as one word."""
    inner = {id(part) for node in ast.walk(module) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(module):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "inserted" for part in node.values]
            yield node, "".join(str(part) for part in parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            yield node, node.value


WORLD = "src/onehall/adapters/"  # tables of the simulated world are not ours to shard


@cache
def migrations() -> tuple[tuple[Path, str], ...]:
    """This will give every migration, comments left out."""
    found = [path for path in kept_files() if path.suffix == ".sql" and path.parent.name == "migrations"]
    return tuple((path, COMMENT.sub(" ", path.read_text(encoding="utf-8"))) for path in found)


@cache
def customer_tables() -> frozenset[str]:
    """This will name the tables whose rows live with their owner."""
    return frozenset(name.lower() for _, text in migrations() for name, body in CREATE.findall(text) if _has_home(body))


def _has_home(body: str) -> bool:
    return re.search(r"^\s*home\s", body, re.MULTILINE) is not None
