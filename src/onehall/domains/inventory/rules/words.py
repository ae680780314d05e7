"""What somebody says of the number they would like, in either language."""

import re
import unicodedata

from onehall.domains.inventory.model import ORDINARY, Wanted
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal

WORDS_MAX = 60
TIER_MAX = 99
_KEYS = {
    "ends": "ends ending end tail 尾号 尾数 结尾 末尾 尾",
    "starts": "starts start starting begins begin prefix 开头 号段 前缀 打头",
    "contains": "contains contain containing with has have 包含 含有 含 带 有",
    "without": "without no not avoid 不包含 不含有 不含 不带 不要 没有 无 没 除",
    "tier": "tier level 等级 级别 级 档",
    "ordinary": "ordinary plain normal 普通 普号",
    "nice": "nice lucky pretty 靓号 靓 吉祥",
    "": "refresh another more again and or in of the a an is please number numbers digit digits me show find "
        "换一批 刷新 再来 号码 数字 的 和 与 且 是 请 我 要 想 找 搜 号 以 为",
}  # fmt: skip
_BY_WORD = {word: key for key, words in _KEYS.items() for word in words.split()}
_HAN = sorted((word for word in _BY_WORD if not word.isascii()), key=len, reverse=True)
_TOKEN = re.compile(rf"\d+|[a-z]+|{'|'.join(_HAN)}|[\s,.;:+/*\-#&'\"!?]+|.")
_NUMERALS = str.maketrans("一二三四五六七八九", "123456789")
_LEVEL = re.compile(r"第?([一二三四五六七八九])(?=级|档)")
_PREFIX = re.compile(r"1[3-9]\d|1[3-9]\d{5,8}", re.ASCII)


def wanted(words: str, unit: str | None = None) -> Wanted:
    """Words like "ends 88, no 4", "尾号88 不含4", "start 186" or "tier 3" say which numbers are wanted.

    Digits alone are wanted anywhere in the last eight; three that begin like a prefix (186), at the front.
    :raises Refusal: `number.words`, 422, when they cannot be understood or contradict themselves.
    """
    plain = unicodedata.normalize("NFKC", words).strip().lower()
    if len(plain) > WORDS_MAX:
        raise _not_understood(plain[:WORDS_MAX])
    found: dict[str, list[str]] = {key: [] for key in _KEYS}
    flags: set[str] = set()
    key, loose = "", list[str]()
    for token in _TOKEN.findall(_LEVEL.sub(lambda level: level[1].translate(_NUMERALS), plain)):
        if token.isascii() and token.isdigit():
            _put(found, loose, key, token)
        elif token in _BY_WORD:
            key = _turn(found, loose, flags, key, _BY_WORD[token])
        elif token.isalnum():
            raise _not_understood(token)
        elif not token.isspace():
            key = key if key in ("without", "contains") else ""
    _settle(found, loose)
    return check_wanted(_made(found, flags, unit))


def check_wanted(asked: Wanted) -> Wanted:
    """What is wanted must be possible: no digit both wanted and unwanted, and one digit at least left.

    :raises Refusal: `number.words`, 422.
    """
    forbidden = set(asked.without)
    both = forbidden & set(asked.ends + "".join(asked.contains))
    if both or len(forbidden) == 10:
        raise Refusal("number.words", _("A number cannot both have {digit} and not have it.", digit=min(both or forbidden)), 422)
    if len(asked.ends) > 15 or len(asked.starts) > 15 or any(len(part) > 8 for part in asked.contains) or (asked.tier or 0) > TIER_MAX:
        raise Refusal("number.words", _("No number is as long as that."), 422)
    return asked


def _put(found: dict[str, list[str]], loose: list[str], key: str, digits: str) -> None:
    """Digits go to the word before them: "ends 8 8" is 88, "no 4 7" is neither; digits before any word are loose."""
    if key in ("ends", "starts", "tier") and found[key]:
        found[key][-1] += digits
    elif key in ("ends", "starts", "contains", "without", "tier"):
        found[key].append(digits)
    else:
        loose.append(digits)


def _turn(found: dict[str, list[str]], loose: list[str], flags: set[str], key: str, new: str) -> str:
    """A new word begins. "88 ending" and "3级" name the digits that stand before them."""
    if new in ("ordinary", "nice"):
        flags.add(new)
        return ""
    if not new:
        return key
    if new in ("ends", "starts", "tier") and loose and not found[new]:
        found[new].append("".join(loose))
        loose.clear()
        return ""
    if new == "contains" and key in ("ends", "starts", "without") and not found[key]:
        return key  # "ends with 88"
    return new


def _settle(found: dict[str, list[str]], loose: list[str]) -> None:
    """Digits that no word claims, joined: "1 8 6" is 186."""
    digits = "".join(loose)
    if _PREFIX.fullmatch(digits):
        found["starts"].append(digits)
    elif len(digits) > 8:
        found["ends"].append(digits)
    elif digits:
        found["contains"].append(digits)


def _made(found: dict[str, list[str]], flags: set[str], unit: str | None) -> Wanted:
    level = int(found["tier"][0][:3]) if found["tier"] else None
    return Wanted(
        ends="".join(found["ends"]), starts="".join(found["starts"]), contains=tuple(dict.fromkeys(found["contains"])),
        without="".join(sorted(set("".join(found["without"])))), tier=ORDINARY if "ordinary" in flags else level,
        nice="nice" in flags and level is None and "ordinary" not in flags, unit=unit,
    )  # fmt: skip


def _not_understood(word: str) -> Refusal:
    return Refusal("number.words", _("We do not understand {word}. Say it like: ends 88, no 4.", word=word), 422)
