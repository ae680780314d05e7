"""The tools: one for each function that is admitted, and the verbs by which a journey goes on. There is no other."""

import inspect
from typing import Any

import msgspec
from mcp_types import Tool, ToolAnnotations

from onehall.kernel.functions import Function
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal

TEXT_MAX = 500
WORDS = {"type": "string", "maxLength": TEXT_MAX}
_JOURNEY = {"type": "string", "maxLength": 24, "description": "The journey, as a tool gave it."}


class Verb(msgspec.Struct, frozen=True):
    """One of the few things that are no function: how a journey is gone on with."""

    title: str
    description: str
    properties: dict[str, Any]
    required: tuple[str, ...]
    reads: bool = False


VERBS: dict[str, Verb] = {
    "answer": Verb(
        "Answer a question",
        "Answers the open question of a journey. Give the key and turn that the question shows, and a value that fits its schema. "
        "What the customer must agree to, pay or prove is never answered here: the customer does that themselves.",
        {"journey": _JOURNEY, "key": WORDS, "turn": {"type": "integer", "minimum": 0, "maximum": 1_000_000},
         "value": {"type": ["string", "integer", "boolean"], "description": "As the question's answer schema says."}},
        ("journey", "key", "turn", "value"),
    ),
    "see": Verb("See a journey", "Shows where a journey stands.", {"journey": _JOURNEY}, ("journey",), True),
    "options": Verb(
        "Search options", "Searches the options of the open question by words; thirty at a time.",
        {"journey": _JOURNEY, "words": WORDS, "offset": {"type": "integer", "minimum": 0, "maximum": 3000}}, ("journey",), True,
    ),
    "hand_over": Verb(
        "Hand over to the customer", "Gives a code and a link by which the customer goes on with the journey in a human channel.",
        {"journey": _JOURNEY}, ("journey",),
    ),
    "take": Verb(
        "Take a journey over", "Continues a journey of the customer by the hand-over code, or the link, that they give you.",
        {"code": {"type": "string", "maxLength": 300}}, ("code",),
    ),
    "mine": Verb("Open journeys", "Lists the customer's open journeys that you began or were given.", {}, (), True),
}  # fmt: skip


def of_function(function: Function, language: str, *, person: bool) -> Tool:
    """This will show a function as a tool: its name and title, its own description, and what it takes along."""
    said = (inspect.getdoc(function.run) or "").removeprefix("This will ")
    ends = " The customer finishes it themselves, by a link." if person else ""
    reads = function.family == "query"
    return Tool(
        name=function.name, title=function.title.render(language), description=f"Use this to {said}{ends}",
        input_schema=schema({key: WORDS | {"type": ["string", "integer"]} for key in function.takes}, ()),
        annotations=ToolAnnotations(read_only_hint=reads, destructive_hint=not reads, open_world_hint=False),
    )  # fmt: skip


def of_verb(name: str) -> Tool:
    """This will show a verb as a tool."""
    verb = VERBS[name]
    return Tool(
        name=name, title=verb.title, description=verb.description, input_schema=schema(verb.properties, verb.required),
        annotations=ToolAnnotations(read_only_hint=verb.reads, destructive_hint=not verb.reads, open_world_hint=False),
    )  # fmt: skip


def schema(properties: dict[str, Any], required: tuple[str, ...]) -> dict[str, Any]:
    """This will make the schema of an object that has these properties and no other."""
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def check(properties: dict[str, Any], required: tuple[str, ...], given: dict[str, Any]) -> dict[str, Any]:
    """This will give the arguments if they fit.

    :raises Refusal: `tool.arguments`, 422.
    """
    for name in required:
        if name not in given:
            raise _unfit(name)
    for name, value in given.items():
        if name not in properties or not _fits(properties[name], value):
            raise _unfit(name)
    return given


def _fits(wanted: dict[str, Any], value: Any) -> bool:
    kinds = wanted["type"] if isinstance(wanted["type"], list) else [wanted["type"]]
    if isinstance(value, bool):
        return "boolean" in kinds
    if isinstance(value, int):
        return "integer" in kinds and wanted.get("minimum", -(2**53)) <= value <= wanted.get("maximum", 2**53)
    return isinstance(value, str) and "string" in kinds and len(value) <= wanted.get("maxLength", TEXT_MAX)


def _unfit(name: str) -> Refusal:
    shown = "".join(sign for sign in name[:40] if sign.isalnum() or sign in "._-")
    return Refusal("tool.arguments", _("The argument {name} does not fit.", name=shown), 422)
