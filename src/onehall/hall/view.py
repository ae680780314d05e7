"""What a channel is given to show: a journey in the reader's language, as plain words and values."""

from typing import Any

import msgspec

from onehall.kernel.functions import FUNCTIONS, Ask, Proof
from onehall.kernel.i18n import render
from onehall.kernel.journeys import CHANNELS, Caller, Row

HAND_OVER_ABOVE = Proof.CODE


class View(msgspec.Struct):
    """A journey as shown. `question`, `said` and `trail` are rendered; see `question_of` for their shapes.

    `suggestion`: a channel that is better for this, with the reason in words (way, channel, title, head, text); to staff, way "here"
    says why their customer was sent to a person.
    `rate`: the word of the function by which the customer may say how it was, after an end.
    """

    id: str
    function: str
    title: str
    state: str
    question: dict[str, Any] | None
    said: dict[str, Any] | None
    trail: list[dict[str, Any]]
    holds: list[dict[str, Any]]
    channel: str
    expires: str
    party: str | None = None
    moved_to: str | None = None
    suggestion: dict[str, Any] | None = None
    rate: str | None = None


def view(row: Row, caller: Caller, *, elsewhere: bool = False, follow: frozenset[str] = frozenset()) -> View:
    """This will render a journey for a caller; `elsewhere` means that it went on in other hands, `follow` what may be begun here."""
    language = caller.who.language
    function = FUNCTIONS.get(row.function)
    return View(
        row.id, row.function, function.title.render(language) if function else row.function, row.state,
        None if elsewhere or row.question is None else question_of(row, caller),
        None if row.said is None else said_of(row.said, caller, follow), trail_of(row, language), holds_of(row, language),
        row.channel, row.expires.isoformat(), row.party,
        CHANNELS[row.channel].title.render(language) if elsewhere else None,
    )  # fmt: skip


def question_of(row: Row, caller: Caller) -> dict[str, Any]:
    """This will render the open question; `hand_over` is true where this channel cannot put it."""
    assert row.question is not None
    question = _amounts(render(row.question, caller.who.language), row.question)
    channel = CHANNELS[caller.channel]
    level = Proof(row.question.get("level") or 0)
    cannot = Ask(row.question["kind"]) not in channel.asks or (question["kind"] == "prove" and not channel.can_prove(level))
    for option in question.get("options", ()):
        option.pop("holds", None)
    return question | {"hand_over": cannot}


def said_of(said: dict[str, Any], caller: Caller, offered: frozenset[str]) -> dict[str, Any]:
    """This will render what was said at the end: text, facts (with their raw values), the functions that follow."""
    language = caller.who.language
    facts = [_fact(fact, language) for fact in said.get("facts", ())]
    series = [_fact(fact, language) for fact in said.get("series", ())]
    follow = [FUNCTIONS[name] for name in said.get("next", ()) if name in FUNCTIONS and name in offered]
    return {
        "text": render(said["text"], language),
        "facts": facts,
        "next": [{"function": function.name, "title": function.title.render(language)} for function in follow],
        **({"series": series} if series else {}),
        **({"given": said["given"]} if said.get("given") else {}),
    }


def trail_of(row: Row, language: str) -> list[dict[str, Any]]:
    """This will render the answers so far, in order."""
    answers = [entry for entry in row.entries if entry.kind == "answer" and entry.text is not None]
    return [
        {"key": e.key, "text": render(e.text, language), "value": render(e.shown, language), "channel": e.channel, "staff": e.staff}
        for e in answers
    ]


def holds_of(row: Row, language: str) -> list[dict[str, Any]]:
    """This will say what is kept for the customer, and until when (ISO, UTC); only while the journey goes on.

    What was held before an effect is the effect's now: it no longer ends.
    """
    done = max((place for place, entry in enumerate(row.entries) if entry.kind == "effect"), default=-1)
    held = [entry for entry in row.entries[done + 1 :] if entry.kind == "hold" and entry.until is not None]
    return [{"key": entry.key, "text": entry.value["ref"], "until": entry.until.isoformat()} for entry in held] if row.open else []  # type: ignore[union-attr]


def _fact(fact: dict[str, Any], language: str) -> dict[str, Any]:
    raw = fact["value"]
    return render(fact, language) | {"kind": fact.get("kind", "text")} | ({"raw": raw} if isinstance(raw, dict | int) else {})


def _amounts(shown: dict[str, Any], kept: dict[str, Any]) -> dict[str, Any]:
    summary = kept.get("summary") or {}
    if summary.get("total"):
        shown = shown | {"summary": shown["summary"] | {"total_minor": summary["total"]["minor"]}}
    return shown | ({"amount_minor": kept["amount"]["minor"], "currency": kept["amount"]["currency"]} if kept.get("amount") else {})
