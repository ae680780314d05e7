"""Filling in a form as a plain browser lets one: only what stands in it, and nothing that it would not send."""

import base64
import re
from dataclasses import dataclass, field
from typing import Any

from tests.conformance.reading import Control, Form

MULTIPART = "multipart/form-data"
TICKED = ("radio", "checkbox")


class Unfit(AssertionError):
    """The form has no place for the answer."""


@dataclass
class Filled:
    """What a browser would send."""

    form: Form
    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def request(self) -> dict[str, Any]:
        """What the client is told: fields alone, or fields and files in parts."""
        if self.form.encoding != MULTIPART:
            return {"data": self.fields | dict.fromkeys(self.files, "picture.jpg")}
        return {"data": self.fields, "files": {name: ("picture.jpg", body, "image/jpeg") for name, body in self.files.items()}}


def fill(form: Form, answer: Any = None) -> Filled:
    """This will fill in an answer: words for the only question of the form, a dict by the last part of each box's name.

    :raises Unfit: there is no box or button for it, or a browser would not send it.
    """
    filled, groups = Filled(form, _as_it_stands(form)), form.groups()
    for name, value in _places(groups, answer).items():
        _put(filled, groups[name], str(value))
    missing = [name for name, group in groups.items() if any(one.required for one in group) and not _said(filled, name)]
    if missing:
        raise Unfit(f"a browser would not send it without {missing}")
    if not any(one.kind == "submit" and one.name in ("", *filled.fields) for one in form.controls):
        raise Unfit("there is no button to send it with")
    return filled


def takes(form: Form, answer: Any) -> bool:
    """This will tell whether the form has a place for the answer."""
    try:
        fill(form, answer)
    except Unfit:
        return False
    return True


def _places(groups: dict[str, list[Control]], answer: Any) -> dict[str, Any]:
    """The answer's parts by the names of the boxes that they go into."""
    if answer is None:
        return {}
    if not isinstance(answer, dict):
        if len(groups) != 1:
            raise Unfit(f"one answer for {sorted(groups)}")
        return {next(iter(groups)): answer}
    ends = {name.rpartition(".")[2]: name for name in groups}
    if not answer.keys() <= ends.keys():
        raise Unfit(f"no box for {sorted(answer.keys() - ends.keys())} among {sorted(groups)}")
    return {ends[part]: value for part, value in answer.items()}


def _as_it_stands(form: Form) -> dict[str, str]:
    stands = [one for one in form.controls if one.name and one.kind not in ("submit", "file")]
    return {one.name: one.value for one in stands if one.kind not in TICKED or "checked" in one.attributes}


def _put(filled: Filled, group: list[Control], value: str) -> None:
    first = group[0]
    if first.kind == "file":
        filled.files[first.name] = base64.b64decode(value)
        return
    allowed = first.options if first.kind == "select" else [one.value for one in group]
    if first.kind in ("select", "submit", *TICKED):
        if value not in allowed:
            raise Unfit(f"{first.name} offers {allowed}, not {value}")
    elif not _typed(first, value):
        raise Unfit(f"{first.name} does not take {value!r}")
    filled.fields[first.name] = value


def _typed(box: Control, value: str) -> bool:
    """Whether a browser lets one type and send this."""
    long = len(value) > int(box.attributes.get("maxlength") or 10_000)
    pattern = box.attributes.get("pattern") or ".*"
    return not long and re.fullmatch(pattern, value) is not None and (box.kind != "email" or "@" in value)


def _said(filled: Filled, name: str) -> bool:
    return bool(filled.fields.get(name)) or name in filled.files
