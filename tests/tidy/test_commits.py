"""Nobody but the edge opens or commits a transaction, and nobody but the edge holds a connection."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.tidy.source import nothing, place, python_files, tree

CHECKS = ("src/onehall/chaos",)  # breaks the house from outside, and checks its tables by a snapshot of its own that cannot write
EDGE = ("src/onehall/kernel/store", *CHECKS)
CONNECTS = (*EDGE, "src/onehall/launch")
OPENS = {"transaction", "commit", "rollback"}
CONNECTIONS = {"connect", "create_pool"}
STATEMENT = re.compile(r"^\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|START\s+TRANSACTION)\b\s*(;|$|TRANSACTION|WORK|ISOLATION)")


def outside(rooms: tuple[str, ...]) -> Iterator[tuple[Path, ast.AST]]:
    """This will give every node of the house outside some rooms, with its file."""
    for path in python_files("src"):
        if not place(path).startswith(rooms):
            yield from ((path, node) for node in ast.walk(tree(path)))


def test_only_the_edge_opens_and_commits() -> None:
    calls = ((path, node, node.func) for path, node in outside(EDGE) if isinstance(node, ast.Call))
    nothing(f"{place(path, node)} .{f.attr}(" for path, node, f in calls if isinstance(f, ast.Attribute) and f.attr in OPENS)


def test_no_statement_ends_a_transaction() -> None:
    texts = ((path, node) for path, node in outside(EDGE) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    nothing(f"{place(path, node)} {node.value!r}" for path, node in texts if STATEMENT.match(str(node.value)))


def test_only_the_edge_and_the_launcher_connect() -> None:
    named = ((path, node) for path, node in outside(CONNECTS) if isinstance(node, ast.Attribute) and node.attr in CONNECTIONS)
    nothing(place(path, node) for path, node in named if isinstance(node.value, ast.Name) and node.value.id == "asyncpg")
