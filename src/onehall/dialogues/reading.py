"""Reading a message: a keyword with what follows it, or the answer to the question that is open."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import msgspec

from onehall.kernel.functions import Function

TEXT_LENGTH_MAX = 1000
MENU = "menu"
MORE = frozenset({"M", "MORE", "更多", "多"})
YES = frozenset({"Y", "YES", "1", "是", "好", "确认", "OK"})
NO = frozenset({"N", "NO", "0", "否", "不", "取消"})
HAND_OVER = frozenset({"JX", "接续", "接续码"})
_BARE_CODE = re.compile(r"[0-9]{6}")
_LINK = re.compile(r"https?://\S+/[ch]/[0-9A-Za-z]+")


class Keyword(msgspec.Struct, frozen=True):
    """A function that a message calls for, with what it brings along."""

    function: Function
    given: dict[str, Any]


def plain(text: str) -> str:
    """This will give a message in plain letters: full-width forms narrowed, spaces tidied."""
    return " ".join(unicodedata.normalize("NFKC", text[:TEXT_LENGTH_MAX]).replace("\x00", "").split())


def keyword(text: str, offered: Sequence[Function]) -> Keyword | None:
    """This will find the function that a message calls for, of those offered: "CZ 50", "CXXZ#name#id", "0000"."""
    head, *rest = [part for part in text.replace("#", " ").split(" ") if part] if text.replace("#", " ").strip() else [""]
    found = next((each for each in offered if head.upper() in each.words), None)
    if found is None:
        return None
    return Keyword(found, dict(zip(found.takes, rest, strict=False)))


def hand_over(text: str, *, bare: bool) -> str | None:
    """This will find a call to go on with a journey: "JX 123456", its link, six digits alone where they mean nothing else (`bare`).

    "" is a call for a code to go on elsewhere; None is none of this.
    """
    head, _space, rest = text.partition(" ")
    if head.upper() in HAND_OVER:
        return rest.strip()
    if head.upper()[:2] == "JX" and _BARE_CODE.fullmatch(head[2:]):
        return head[2:]
    return text if _LINK.fullmatch(text) or (bare and _BARE_CODE.fullmatch(text)) else None


def answer(text: str, question: dict[str, Any], shown: list[str]) -> Any:
    """This will read a message as the answer to a question; numbers name what was shown under them."""
    kind = question["kind"]
    if kind in ("choose", "pick_time"):
        place = int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else 0
        return shown[place - 1] if 0 < place <= len(shown) else text
    if kind == "confirm":
        return "yes" if text.upper() in YES else "no" if text.upper() in NO else text
    if kind == "prove":
        return _shown(text, question.get("fields", ()))
    return text


def _shown(text: str, fields: Sequence[dict[str, Any]]) -> dict[str, str]:
    """A proof asked for by SMS fills the first box; a yes leaves it blank where that may be."""
    if not fields:
        return {"code": text}
    blank = not fields[0].get("required", True) and text.upper() in YES
    return {fields[0]["name"]: "" if blank else text}
