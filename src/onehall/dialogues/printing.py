"""Printing a journey as short texts: the question with numbered options, or the last sentence with a page of facts."""

from datetime import datetime
from typing import Any

from onehall.hall import View
from onehall.kernel.i18n import Text, _
from onehall.kernel.journeys.hand_over import HandOver

OPTIONS_SHOWN = 6
FACTS_SHOWN = 8


def question_text(question: dict[str, Any], language: str) -> tuple[str, list[str]]:
    """This will write a question, and give the values of the options it numbers."""
    lines = [question["why"]] if question.get("why") else []
    lines.append(question["text"])
    options = question.get("options", ())[:OPTIONS_SHOWN]
    lines += [f"{place}. {_option(option)}" for place, option in enumerate(options, 1)]
    if options:
        more = len(question.get("options", ())) > OPTIONS_SHOWN
        hint = _("Reply with the number, or M for more.") if more else _("Reply with the number.")
        lines.append(_say(hint, language))
    lines += _summary(question, language)
    lines += _how(question, language)
    return "\n".join(line for line in lines if line), [option["value"] for option in options]


def said_text(view: View, language: str) -> str:
    """This will write what was said at the end, with at most a page of facts."""
    said = view.said or {"text": "", "facts": []}
    facts = [_fact(fact, language) for fact in said.get("facts", ())[:FACTS_SHOWN]]
    asks = [_say(_("How was it? Reply {word} and 1 to 5.", word=view.rate), language)] if view.rate else []
    return "\n".join([said["text"], *facts, *better(view), *asks])


def better(view: View) -> list[str]:
    """This will write that another channel is better for this, and why; nothing where none is."""
    return [view.suggestion["text"]] if view.suggestion else []


def hand_over_text(made: HandOver, now: datetime, language: str, *, needed: bool) -> str:
    """This will write how a journey goes on elsewhere: where its question can be asked, or where the customer likes it better."""
    why = [_("This needs a screen or a counter.")] if needed else []
    how = _("Go on at {url} or tell the clerk the code {code}, until {until}.", url=made.link, code=made.code, until=made.by_clock(now))
    return ("" if language == "zh-CN" else " ").join(_say(each, language) for each in [*why, how])


def over_text(view: View, language: str) -> str:
    """This will write why a message finds no question any more: its journey went on elsewhere, or came to its end meanwhile."""
    if view.moved_to:
        return _say(_("{title} goes on elsewhere now: {channel}.", title=view.title, channel=view.moved_to), language)
    return said_text(view, language) if view.said else unknown_text(language)


def unknown_text(language: str) -> str:
    """This will write what to do when a message was not understood."""
    return _say(_("We did not understand. Reply 0000 for the menu."), language)


def _fact(fact: dict[str, Any], language: str) -> str:
    return _say(_("{label}: {value}", label=fact["label"], value=fact["value"]), language)


def _option(option: dict[str, Any]) -> str:
    price = f" {option['price']}" if option.get("price") else ""
    per = f"/{option['per']}" if option.get("per") else ""
    return f"{option['text']}{price}{per}"


def _summary(question: dict[str, Any], language: str) -> list[str]:
    summary = question.get("summary")
    if not summary:
        return []
    lines = [_fact(line, language) for line in summary.get("lines", ())]
    if summary.get("total"):
        lines.append(_say(_("Total: {total}", total=summary["total"]), language))
    return [*lines, *summary.get("terms", ())]


def _how(question: dict[str, Any], language: str) -> list[str]:
    match question["kind"]:
        case "confirm":
            return [_say(_("Reply Y for yes or N for no."), language)]
        case "pay":
            return [_say(_("Pay {amount} here: {url}", amount=question["amount"], url=question.get("url") or ""), language)]
        case "wait":
            return [_say(_("We will write to you when it is done."), language)]
    fields = question.get("fields", ())
    if question["kind"] == "prove" and fields and not fields[0].get("required", True):
        return [_say(_("Reply OK and we send it to the phone that we have."), language)]
    return [fields[0]["hint"]] if fields and fields[0].get("hint") else []


def _say(text: Text, language: str) -> str:
    return text.render(language)
