"""Every text shown to a person has its Chinese line, with the same values in it, and no line is left over."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from tests.tidy.source import ROOT, SOURCE, kept_files, nothing, place, python_files, tree

LOCALES = SOURCE / "locales" / "zh_CN"
VALUE = re.compile(r"\{(\w+)\}")


def in_python() -> Iterator[tuple[str, str]]:
    """This will give every `_("...")` of the house with its place."""
    for path in python_files("src"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_" and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value, place(path, node)


def templates() -> list[Path]:
    """This will give every page template."""
    return [path for path in kept_files() if path.is_relative_to(SOURCE) and "templates" in path.parts]


def in_templates() -> Iterator[tuple[str, str]]:
    """This will give every `_("...")` of the templates with its place."""
    for path in templates():
        parsed = Environment(extensions=["jinja2.ext.loopcontrols", "jinja2.ext.do"]).parse(path.read_text(encoding="utf-8"))
        for call in parsed.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "_" and call.args:
                if isinstance(call.args[0], nodes.Const):
                    yield str(call.args[0].value), f"{path.relative_to(ROOT)}:{call.lineno}"


def written() -> dict[str, str]:
    """This will give each English text that is written in the house, and one place of it."""
    return dict([*in_templates(), *in_python()])


def translated() -> list[tuple[str, str, str]]:
    """This will give each line of the Chinese files: English, Chinese, place."""
    found = []
    for path in sorted(LOCALES.glob("*.po")):
        with path.open("rb") as file:
            found += [(str(m.id), str(m.string), f"{place(path)}:{m.lineno}") for m in read_po(file, charset="utf-8") if m.id]
    return found


def test_every_text_has_its_chinese() -> None:
    known = {english for english, chinese, _ in translated() if chinese}
    nothing(f"{at}: {text!r}" for text, at in written().items() if text not in known)


def test_no_chinese_line_is_left_over() -> None:
    used = written()
    nothing(f"{at}: {english!r}" for english, _, at in translated() if english not in used)


def test_values_are_the_same_in_both_languages() -> None:
    wrong = [f"{at}: {english!r}" for english, chinese, at in translated() if set(VALUE.findall(english)) != set(VALUE.findall(chinese))]
    nothing(wrong)


def test_one_text_has_one_translation() -> None:
    meanings: dict[str, set[str]] = {}
    for english, chinese, _ in translated():
        meanings.setdefault(english, set()).add(chinese)
    nothing(f"{sorted(many)}: {english!r}" for english, many in meanings.items() if len(many) > 1)


def test_texts_are_constant_so_that_they_can_be_found() -> None:
    wrong = [
        place(path, node)
        for path in python_files("src")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"
        if not (node.args and isinstance(node.args[0], ast.Constant))
    ]
    nothing(wrong)
