"""Names say what a thing is; and nothing of one person's machine is written into the project."""

import ast
import re

from tests.tidy.source import ROOT, kept_files, nothing, place, python_files, tree

EMPTY = {"manager", "helper", "helpers", "util", "utils", "common", "data", "info", "process", "handle", "handler"}
PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
TEXTS = {".py", ".md", ".toml", ".ini", ".sql", ".html", ".css", ".js", ".json", ".po", ".lock", ".yml", ".yaml", ".sh", ""}
# put together here, so that this file does not hold them
MACHINE = re.compile(r"(?<![\w.])/(?:work|home/\w+|Users/\w+|root/\w+)/")
HOSTS = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmmirror", "com"))]


def words(name: str) -> set[str]:
    """This will split a name into its words: `read_rows`, `RowReader`."""
    return {part.lower() for part in PART.findall(name)}


def test_no_file_has_an_empty_name() -> None:
    named = [path for path in kept_files() if path.suffix in {".py", ".html", ".sql", ".js", ".css"}]
    inside = [path.relative_to(ROOT) for path in named]
    nothing(str(path) for path in inside if EMPTY & words(path.stem) or EMPTY & set(path.parts[:-1]))


def test_no_function_or_class_has_an_empty_name() -> None:
    named = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    wrong = [
        f"{place(path, node)} {node.name}"
        for path in python_files()
        for node in ast.walk(tree(path))
        if isinstance(node, named) and not node.name.startswith("test_") and EMPTY & words(node.name)
    ]
    nothing(wrong)


def test_no_path_of_one_machine_and_no_registry_is_written_down() -> None:
    wrong = []
    for path in kept_files():
        if path.suffix not in TEXTS or path.name == "LICENSE":
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        wrong += [f"{place(path)}: {found[0]}" for found in MACHINE.finditer(text)]
        wrong += [f"{place(path)}: {host}" for host in HOSTS if host in text]
    nothing(wrong)
