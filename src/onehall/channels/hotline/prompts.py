"""Prompts: a journey as sentences to be spoken, and what the keys mean after them."""

from typing import Any

import msgspec

from onehall.channels.hotline.speech import spoken
from onehall.hall import View
from onehall.kernel.functions import Function
from onehall.kernel.i18n import Text, Words, _, show

KEYS_MAX = 8
FACTS_MAX = 5
FAMILIES: tuple[tuple[str, Text], ...] = (
    ("query", _("To look up balance, data and bills")), ("recharge", _("To top up or pay")), ("handle", _("To change or report something")),
    ("sell", _("For new lines and packs")), ("serve", _("For orders, invoices and other services")),
)  # fmt: skip
BY_DIGITS = frozenset({"amount", "number", "phone", "code", "date"})


class Prompt(msgspec.Struct):
    """What is said, what the keys 1 to 8 stand for, and whether many digits are listened for."""

    says: list[Words]
    shown: list[str] = []
    many: bool = False


def menu() -> Prompt:
    """This will offer the families of services."""
    offers = [_("{what}, press {key}.", what=text, key=str(place)) for place, (_name, text) in enumerate(FAMILIES, 1)]
    return Prompt([*offers, _("To go on with a code, press 7."), _("For Chinese, press 9."), ways()], [name for name, _text in FAMILIES])


def ways() -> Text:
    """This will say what the keys mean everywhere."""
    return _("To hear this again press star, to go back press hash, for an agent press 0.")


def family(functions: list[Function], page: int) -> Prompt:
    """This will offer a page of services."""
    shown = functions[page * KEYS_MAX : (page + 1) * KEYS_MAX]
    says: list[Words] = [_("For {what} press {key}.", what=each.title, key=str(place)) for place, each in enumerate(shown, 1)]
    return Prompt([*says, *_more(len(functions) > (page + 1) * KEYS_MAX)], [each.name for each in shown])


def question(asked: dict[str, Any], options: list[dict[str, Any]], more: bool) -> Prompt:
    """This will put a question: its reason, its words, and how it is answered."""
    says: list[Words] = [asked["why"]] if asked.get("why") else []
    says.append(asked["text"])
    match asked["kind"]:
        case "choose" | "pick_time":
            offers = [_("{what}: press {key}.", what=_offer(option), key=str(place)) for place, option in enumerate(options, 1)]
            search: list[Words] = [_("Or type digits to search, and hash.")] if asked.get("search") else []
            return Prompt([*says, *offers, *search, *_more(more)], [str(option["value"]) for option in options])
        case "confirm":
            return Prompt([*says, *_summary(asked.get("summary") or {}), _("To agree press 1. To stop here press 2.")])
        case "pay":
            return Prompt([*says, _("It is {amount}. We have sent you a message with a link to pay. When you have paid, press 1.",
                                    amount=asked["amount"])])  # fmt: skip
        case "wait":
            return Prompt([*says, _("This takes a moment; we send you a message when it is done. To ask again press 1.")])
        case "prove":
            return _prove(asked, says)
    return _enter(asked, says)


def said(view: View) -> Prompt:
    """This will tell the end, its facts, and what may follow."""
    told = view.said or {"text": "", "facts": [], "next": []}
    facts: list[Words] = [_("{label}: {value}.", label=fact["label"], value=fact["value"]) for fact in told["facts"][:FACTS_MAX]]
    following = told.get("next", [])[:KEYS_MAX]
    offers: list[Words] = [_("For {what} press {key}.", what=each["title"], key=str(place)) for place, each in enumerate(following, 1)]
    return Prompt([told["text"], *facts, *offers, _("For the main menu press hash.")], [each["function"] for each in following])


def better(view: View) -> list[Words]:
    """This will say last that another channel is better for this, and why; nothing where none is."""
    return [view.suggestion["text"]] if view.suggestion and not view.moved_to else []


def speak(says: list[Words], language: str) -> list[str]:
    """This will write prompts as a voice says them."""
    return [spoken(show(each, language), language) for each in says if each]


def _prove(asked: dict[str, Any], says: list[Words]) -> Prompt:
    fields = asked.get("fields") or [{"name": "code"}]
    if fields[0]["name"] == "code":
        return Prompt([*says, _("Type the six digits, and hash. For another code press 9.")], many=True)
    return Prompt([*says, _("To have the code sent to the phone from which you call, press 1.")])


def _enter(asked: dict[str, Any], says: list[Words]) -> Prompt:
    field = (asked.get("fields") or [{}])[0]
    says += [field["hint"]] if field.get("hint") else []
    how = _("Type it and end with hash.") if field.get("kind") in BY_DIGITS else _("Please say it after the tone.")
    return Prompt([*says, how], many=True)


def _offer(option: dict[str, Any]) -> str:
    per = f" / {option['per']}" if option.get("per") else ""
    price = f", {option['price']}{per}" if option.get("price") else ""
    return f"{option['text']}{price}"


def _summary(summary: dict[str, Any]) -> list[Words]:
    lines: list[Words] = [_("{label}: {value}.", label=line["label"], value=line["value"]) for line in summary.get("lines", ())]
    if summary.get("total"):
        lines.append(_("In all {total}.", total=summary["total"]))
    return [*lines, *summary.get("terms", ())]


def _more(more: bool) -> list[Words]:
    return [_("For more press 9.")] if more else []
