"""What a tool gives back: the journey as it stands, as plain words and as structure, and what is the person's to do."""

from typing import Any

import msgspec
from mcp_types import CallToolResult, ContentBlock, TextContent

from onehall.channels.agent import questions
from onehall.hall import View
from onehall.kernel.refusals import Refusal


class ForPerson(msgspec.Struct, frozen=True, omit_defaults=True):
    """What only the person can do, and where."""

    why: str
    link: str
    code: str = ""
    expires: str = ""


def of_view(view: View, person: ForPerson | None = None, *, closed: bool = False) -> dict[str, Any]:
    """This will show a journey; `answered_by` tells whether a program may answer the open question. Of a `closed` one only the state."""
    shown: dict[str, Any] = {"journey": view.id, "function": view.function, "title": view.title, "state": view.state}
    if closed:
        return shown | ({"person": msgspec.to_builtins(person)} if person else {}) | {"expires": view.expires}
    if view.question is not None:
        theirs = person is not None or view.question["kind"] in questions.FOR_PERSON
        by = "world" if view.question["kind"] == "wait" else "person" if theirs else "agent"
        shown["question"] = view.question | {"answered_by": by}
        if by == "agent":
            shown["question"] |= {"answer_schema": questions.answer_schema(view.question)}
    if view.said is not None:
        shown["said"] = view.said
    if view.moved_to:
        shown["continued_at"] = view.moved_to
    if person is not None:
        shown["person"] = msgspec.to_builtins(person)
    return shown | {"trail": view.trail, "holds": view.holds, "expires": view.expires}


def result(shown: dict[str, Any], *, wrong: bool = False) -> CallToolResult:
    """This will wrap what is shown: a sentence for the reader, and the structure."""
    texts: list[ContentBlock] = [TextContent(text=sentence(shown)), TextContent(text=msgspec.json.encode(shown).decode())]
    return CallToolResult(content=texts, structured_content=shown, is_error=wrong)


def refused(refusal: Refusal, language: str, view: View | None = None) -> CallToolResult:
    """This will wrap a refusal, with the journey as it stands if there is one."""
    reason = refusal.reason if isinstance(refusal.reason, str) else refusal.reason.render(language)
    shown = {"code": refusal.code, "reason": reason, "status": refusal.status}
    return result((of_view(view) if view else {}) | shown, wrong=True)


def sentence(shown: dict[str, Any]) -> str:
    """This will say in one line how things stand."""
    if "reason" in shown:
        return str(shown["reason"])
    if shown.get("said"):
        return str(shown["said"]["text"])
    if shown.get("person"):
        return f"{shown['person']['why']} {shown['person']['link']}"
    if shown.get("question"):
        return questions.words(shown["question"])
    return str(shown.get("state", ""))
