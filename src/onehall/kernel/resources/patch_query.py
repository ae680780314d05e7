"""json-patch-query: a json-patch whose paths choose list elements by a query instead of by place.

    {"op": "remove", "path": "/note?author=li"}      {"op": "replace", "path": "/note/text?note.author=li", "value": "x"}

A condition's name is a path from the chosen element, or from the top; steps are parted by `/` or `.`.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal

CHOSEN_MAX: Final = 100
PATH_MAX: Final = 500
Steps = tuple[str, ...]


class Place(msgspec.Struct, frozen=True):
    """A value in a body: its pointer, and the list elements on the way there, each with its path without places."""

    pointer: str
    value: Any
    elements: tuple[tuple[Steps, Any], ...]


def plain(body: Any, step: dict[str, Any]) -> list[dict[str, Any]]:
    """This will write a step with a query as steps of an ordinary json-patch on this body.

    :raises Refusal: `patch.conflict`, 409, when nothing fits the query; `patch.malformed`, 400.
    """
    path = step.get("path")
    if not isinstance(path, str) or len(path) > PATH_MAX:
        raise Refusal("patch.malformed", _("This change is not one that we can read."), 400, message="a step has no path")
    pointer, queried, query = path.partition("?")
    if not queried:
        return [step]
    steps, wanted = _steps(pointer), [_condition(part) for part in query.split("&")]
    single = step.get("op") != "add"
    fitting = [place for place in _places(body, steps, single) if all(_meets(body, place, *each) for each in wanted)]
    if not fitting or len(fitting) > CHOSEN_MAX:
        raise Refusal("patch.conflict", _("This change does not fit what is there now."), 409, message=path)
    return [{**step, "path": place.pointer} for place in reversed(fitting)]  # from the end: places before it stay as they are


def _steps(text: str) -> Steps:
    return tuple(part for part in text.replace(".", "/").split("/") if part)


def _condition(part: str) -> tuple[Steps, str]:
    name, equals, value = part.partition("=")
    if not equals or not _steps(name):
        raise Refusal("patch.malformed", _("This change is not one that we can read."), 400, message=part[:80])
    return _steps(name), value.strip('"')


def _places(body: Any, steps: Steps, into_lists: bool) -> Iterator[Place]:
    yield from _walk(Place("", body, ()), steps, (), into_lists)


def _walk(place: Place, left: Steps, done: Steps, into_lists: bool) -> Iterator[Place]:
    if isinstance(place.value, list) and (left or into_lists):
        for index, part in enumerate(place.value):
            inside = Place(f"{place.pointer}/{index}", part, (*place.elements, (done, part)))
            yield from _walk(inside, left, done, into_lists)
    elif not left:
        yield place
    elif isinstance(place.value, dict) and (left[0] in place.value or len(left) == 1):
        name = left[0].replace("~", "~0").replace("/", "~1")
        inside = Place(f"{place.pointer}/{name}", place.value.get(left[0]), place.elements)
        yield from _walk(inside, left[1:], (*done, left[0]), into_lists)


def _meets(body: Any, place: Place, name: Steps, value: str) -> bool:
    for done, element in reversed(place.elements):
        if name[: len(done)] == done and len(name) > len(done):
            return value in _texts(element, name[len(done) :])
    if place.elements and (found := _texts(place.elements[-1][1], name)):
        return value in found
    return value in _texts(body, name)


def _texts(value: Any, steps: Steps) -> list[str]:
    if isinstance(value, list):
        return [text for part in value for text in _texts(part, steps)]
    if steps:
        return _texts(value[steps[0]], steps[1:]) if isinstance(value, dict) and steps[0] in value else []
    return [value if isinstance(value, str) else msgspec.json.encode(value).decode()]
