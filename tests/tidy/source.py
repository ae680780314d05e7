"""The sources that the tidy tests read: files, syntax trees, the map of imports. Nothing of the house is run."""

import ast
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "onehall"
Definition = ast.FunctionDef | ast.AsyncFunctionDef
SKIPPED = {".venv", "node_modules", ".onehall", "vendor", "__pycache__", "build", "dist"}


@cache
def kept_files() -> tuple[Path, ...]:
    """This will give every file that is, or may be, committed."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if listed.returncode == 0:
        return tuple(ROOT / name for name in sorted(listed.stdout.split("\0")) if name and (ROOT / name).is_file())
    found = (path for path in ROOT.rglob("*") if path.is_file())
    return tuple(sorted(path for path in found if not SKIPPED & set(path.relative_to(ROOT).parts)))


def python_files(*folders: str) -> Iterator[Path]:
    """This will give the Python files below some folders of the project, or all of them."""
    for path in kept_files():
        inside = path.relative_to(ROOT)
        if path.suffix == ".py" and (not folders or any(inside.is_relative_to(folder) for folder in folders)):
            yield path


@cache
def tree(path: Path) -> ast.Module:
    """This will parse a Python file, once."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def definitions(path: Path) -> Iterator[Definition]:
    """This will give every function of a file, inner ones and methods too."""
    yield from (node for node in ast.walk(tree(path)) if isinstance(node, Definition))


def place(path: Path, node: ast.AST | None = None) -> str:
    """This will name a place as `file:line`, from the project's folder."""
    line = f":{node.lineno}" if node is not None and hasattr(node, "lineno") else ""
    return f"{path.relative_to(ROOT)}{line}"


@cache
def imports() -> grimp.ImportGraph:
    """This will give the map of all imports of the house, those that are only for types left out."""
    return grimp.build_graph("onehall", exclude_type_checking_imports=True, cache_dir=None)


def domains() -> list[str]:
    """This will name the domains there are."""
    return sorted(path.parent.name for path in (SOURCE / "domains").glob("*/__init__.py"))


def nothing(wrong: Iterable[str]) -> None:
    """This will fail with every line of what is wrong."""
    lines = sorted(wrong)
    assert not lines, "\n" + "\n".join(lines)
