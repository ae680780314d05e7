"""Business decisions are pure, say themselves in business words, and each has a test that names it."""

import ast

from onehall.launch.reference import rule_files
from tests.tidy.source import ROOT, SOURCE, nothing, place, python_files, tree

OUTSIDE = {
    "asyncio", "asyncpg", "httpx", "io", "litestar", "os", "pathlib", "random", "secrets", "socket", "subprocess",
    "sys", "time", "urllib", "uvicorn",
}  # fmt: skip
OUTSIDE_ROOMS = ("onehall.ports", "onehall.adapters", "onehall.kernel.store", "onehall.kernel.worker")
ASKS_THE_MACHINE = {"now", "utcnow", "today", "open", "print", "input", "uuid4", "urandom", "getenv"}
FIRST_WORDS_MIN = 4


def public(path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """This will give the rules of a file: its public functions."""
    both = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in tree(path).body if isinstance(node, both) and not node.name.startswith("_")]


def imported(path) -> list[str]:
    """This will name the modules that a file imports."""
    found: list[str] = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return found


def test_rules_reach_no_input_or_output() -> None:
    wrong = [
        f"{place(path)}: {name}"
        for path in rule_files(SOURCE)
        for name in imported(path)
        if name.split(".")[0] in OUTSIDE or name.startswith(OUTSIDE_ROOMS)
    ]
    nothing(wrong)


def test_rules_ask_neither_clock_nor_luck() -> None:
    wrong = []
    for path in rule_files(SOURCE):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.AsyncFunctionDef):
                wrong.append(f"{place(path, node)} {node.name} is async")
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called in ASKS_THE_MACHINE:
                    wrong.append(f"{place(path, node)} {called}()")
    nothing(wrong)


def test_every_rule_says_itself_in_words() -> None:
    wrong = [
        f"{place(path, node)} {node.name}"
        for path in rule_files(SOURCE)
        for node in public(path)
        if len((ast.get_docstring(node) or "").partition("\n")[0].split()) < FIRST_WORDS_MIN
    ]
    nothing(wrong)


def test_every_rule_has_a_test_that_names_it() -> None:
    named: set[str] = set()
    for path in python_files("tests"):
        if not path.is_relative_to(ROOT / "tests" / "tidy"):
            for node in ast.walk(tree(path)):
                named |= {getattr(node, "id", ""), getattr(node, "attr", "")}
                named |= {alias.name for alias in node.names} if isinstance(node, ast.ImportFrom) else set()
    missing = [f"{place(path, node)} {node.name}" for path in rule_files(SOURCE) for node in public(path) if node.name not in named]
    nothing(missing)
