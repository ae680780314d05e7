"""Nobody but the edge opens or commits a transaction, and nobody but the edge holds a connection."""

import ast
import re

from tests.tidy.source import nothing, place, python_files, tree

CHECKS = ("src/onehall/chaos",)  # breaks the house from outside, and checks its tables by a snapshot of its own that cannot write
EDGE = ("src/onehall/kernel/store", *CHECKS)
CONNECTS = (*EDGE, "src/onehall/launch")
OPENS = {"transaction", "commit", "rollback"}
CONNECTIONS = {"connect", "create_pool"}
STATEMENT = re.compile(r"^\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|START\s+TRANSACTION)\b\s*(;|$|TRANSACTION|WORK|ISOLATION)")


def outside(rooms: tuple[str, ...]) -> list[tuple[str, ast.AST]]:
    """This will give every node of the house outside some rooms, with its place."""
    files = [path for path in python_files("src") if not place(path).startswith(rooms)]
    return [(place(path, node), node) for path in files for node in ast.walk(tree(path))]


def test_only_the_edge_opens_and_commits() -> None:
    calls = [(at, node.func.attr) for at, node in outside(EDGE) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    nothing(f"{at} .{name}(" for at, name in calls if name in OPENS)


def test_no_statement_ends_a_transaction() -> None:
    texts = [(at, node.value) for at, node in outside(EDGE) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    nothing(f"{at} {text!r}" for at, text in texts if STATEMENT.match(text))


def test_only_the_edge_and_the_launcher_connect() -> None:
    wrong = [
        at
        for at, node in outside(CONNECTS)
        if isinstance(node, ast.Attribute) and node.attr in CONNECTIONS and isinstance(node.value, ast.Name) and node.value.id == "asyncpg"
    ]
    nothing(wrong)
