"""One turn of a dialogue: what a text means where the speaker stands, and what is said to it."""

from typing import Any

import msgspec

from onehall.dialogues import printing, reading
from onehall.dialogues.store import Dialogue
from onehall.hall import Caller, Hall, View
from onehall.kernel.i18n import _
from onehall.kernel.journeys import BadAnswer
from onehall.kernel.refusals import Refusal

Said = tuple[str, Dialogue]


class Speech(msgspec.Struct, frozen=True):
    """What somebody says: the text in plain letters, the id of the message, and what the channel knows without asking."""

    caller: Caller
    message: str
    text: str
    given: dict[str, Any] = {}

    @property
    def language(self) -> str:
        """This will give the speaker's language."""
        return self.caller.who.language


async def converse(hall: Hall, speech: Speech, stands: Dialogue) -> Said:
    """This will answer a text; gives what is said, uncut, and where the speaker then stands.

    :raises Refusal: only of a house that cannot serve at all, 5xx; any other no is said.
    """
    try:
        return await _turn(hall, speech, stands)
    except BadAnswer as bad:
        asked = (bad.facts["view"].question or {}) | {"why": reason(bad, speech.language)}
        text, shown = printing.question_text(asked, speech.language)
        return text, Dialogue(stands.journey, shown)
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        return reason(refusal, speech.language), stands


async def begin(hall: Hall, speech: Speech, function: str, given: dict[str, Any]) -> Said:
    """This will begin a function and show what it asks or says."""
    return await _follow(hall, speech, await hall.start(speech.caller, function, given | speech.given, key=speech.message))


async def bring(hall: Hall, speech: Speech, code: str, stands: Dialogue) -> Said:
    """This will take a journey over by its code, and show where it stands; a no is said."""
    try:
        return await show(hall, speech.caller, await hall.take(speech.caller, code))
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        return reason(refusal, speech.language), stands


async def show(hall: Hall, caller: Caller, view: View) -> Said:
    """This will print a journey: its question, its last sentence, or the code by which it goes on where it can."""
    language = caller.who.language
    if view.question is None:
        return printing.said_text(view, language), Dialogue()
    if view.question["hand_over"]:
        return await _elsewhere(hall, caller, view, Dialogue(view.id), needed=True)
    text, shown = printing.question_text(view.question, language)
    return "\n".join([text, *printing.better(view)]), Dialogue(view.id, shown, stood=standing(view))


def standing(view: View) -> str:
    """This will say where a journey stands, to see later whether it went on: the kind of its question, or how it ended."""
    question = view.question or {}
    return f"{question.get('kind', view.state)}:{question.get('turn', 0)}"


def reason(refusal: Refusal, language: str) -> str:
    """This will say why something was refused."""
    return refusal.reason if isinstance(refusal.reason, str) else refusal.reason.render(language)


async def _turn(hall: Hall, speech: Speech, stands: Dialogue) -> Said:
    caller, text = speech.caller, speech.text
    code = reading.hand_over(text, bare=stands.journey is None)
    if code:
        return await bring(hall, speech, code, stands)
    if code == "" and stands.journey is not None:
        view = await hall.see(caller, stands.journey)
        if view.question is not None:
            return await _elsewhere(hall, caller, view, stands, needed=bool(view.question["hand_over"]))
    called = reading.keyword(text, await hall.functions(caller))
    if called:
        return await begin(hall, speech, called.function.name, called.given)
    if stands.journey is None:
        return printing.unknown_text(speech.language), stands
    view = await hall.see(caller, stands.journey)
    if view.question is None:
        return printing.over_text(view, speech.language), Dialogue()
    if view.question["hand_over"]:
        return await show(hall, caller, view)
    if text.upper() in reading.MORE and view.question.get("options"):
        return await _more(hall, caller, view, stands)
    if view.question.get("search") and not (text.isdigit() and 0 < int(text) <= len(stands.shown)):
        found = await hall.options(caller, view.id, text)
        if text not in [option["value"] for option in found]:
            return _found(caller, view, found, text)
    value = reading.answer(text, view.question, stands.shown)
    view = await hall.answer(caller, view.id, view.question["key"], view.question["turn"], value)
    return await _follow(hall, speech, view)


async def _follow(hall: Hall, speech: Speech, view: View) -> Said:
    """What was picked from the menu begins at once: most functions have no word that one could send."""
    picked = view.said["next"] if view.said and view.function == reading.MENU and view.state == "done" else []
    if picked:
        view = await hall.start(speech.caller, picked[0]["function"], dict(speech.given), key=speech.message)
    return await show(hall, speech.caller, view)


async def _elsewhere(hall: Hall, caller: Caller, view: View, stands: Dialogue, *, needed: bool) -> Said:
    """The code and the link by which a journey goes on, with the deadline; the speaker may still go on here."""
    made = await hall.hand_over(caller, view.id)
    return printing.hand_over_text(made, hall.store.clock.now(), caller.who.language, needed=needed), stands


async def _more(hall: Hall, caller: Caller, view: View, stands: Dialogue) -> Said:
    """The next page of what was shown; after the last comes the first."""
    page = stands.page + 1
    found = await hall.options(caller, view.id, stands.words, page * printing.OPTIONS_SHOWN)
    return _found(caller, view, found, stands.words, page) if found else await show(hall, caller, view)


def _found(caller: Caller, view: View, found: list[dict[str, Any]], words: str, page: int = 0) -> Said:
    """What fits the words, numbered."""
    why = None if found else _("Nothing fits. Try other words.").render(caller.who.language)
    written, shown = printing.question_text(dict(view.question or {}) | {"options": found, "why": why}, caller.who.language)
    return written, Dialogue(view.id, shown, page, words)
