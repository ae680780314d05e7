"""Text made ready for a voice: sums, numbers, dates and units as they are spoken in English and in Chinese."""

import re
from collections.abc import Callable

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
_SCALES = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"))
_HAN = "零一二三四五六七八九"
_ID = re.compile(r"(?<![\w.@/-])(?=[\w-]*\d)(?:(?=[\w-]*[a-z])[a-z0-9-]{8,}|(?=[\w-]*[A-Z])[A-Z0-9-]{8,})(?![\w@])")
"""The id or the number of something (of a bill, say): it is spelt."""
_MONTHS = "January February March April May June July August September October November December".split()
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
    "seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth "
    "twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
).split()
SPELT_FROM = 6
"""A bare number of so many digits or more is a code or a number of something, and is read digit by digit."""

_MONEY = re.compile(r"(-?)(?:CN)?[¥￥](-?)([\d,]+)(?:\.(\d{1,2}))?")
_PHONE = re.compile(r"(?<!\d)(?:\+?86)?(1\d{2})[ ]?(\d{4})[ ]?(\d{4})(?!\d)")
_MASKED = re.compile(r"(?<!\w)(\w{1,4})\*{2,}(\w{3,4})(?!\w)")
_HIDDEN_NAME = re.compile(r"(?<=\w)\*+(?!\w)")
_DATE = re.compile(r"(\d{4})(?:-|年)(\d{1,2})(?:-|月)(\d{1,2})日?")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?::\d{2})?(?!\d)")
_SHARE = re.compile(r"(\d+(?:\.\d+)?) ?%")
_UNIT = re.compile(r"(?<=\d) ?(GB|MB|KB|min)\b")
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:,\d{3})*(?:\.\d+)?(?!\w)")
_TICKET = re.compile(r"(?<![A-Za-z\d])([A-Z])(\d{3})(?![A-Za-z\d])")
"""A number in a queue."""
_MONTH_DAY = re.compile(r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* (\d{1,2}), (\d{2})(\d{2})")
_UNITS = {
    "en": {"GB": " gigabytes", "MB": " megabytes", "KB": " kilobytes", "min": " minutes"},
    "zh-CN": {"GB": "吉字节", "MB": "兆", "KB": "千字节", "min": "分钟"},
}  # fmt: skip


def spoken(text: str, language: str) -> str:
    """This will write a text as a voice says it, in `language` ("en", "zh-CN")."""
    speaks = _CHINESE if language == "zh-CN" else _ENGLISH
    text = _ID.sub(lambda found: " ".join(found[0].replace("-", "")), text)
    for pattern, says in speaks:
        text = pattern.sub(says, text)
    return " ".join(text.replace("\n", ". " if language == "en" else "。").split())


def number(value: int, language: str) -> str:
    """This will say a whole number."""
    if value < 0:
        return ("minus " if language == "en" else "负") + number(-value, language)
    return _english(value) if language == "en" else _chinese(value)


def digits(text: str, language: str) -> str:
    """This will say digits one by one, and letters among them as they are; a one in a Chinese number is yao."""
    if language == "en":
        return " ".join(_ONES[int(one)] if one.isdecimal() else one for one in text)
    return "".join("幺" if one == "1" else _HAN[int(one)] if one.isdecimal() else one for one in text)


def _english(value: int) -> str:
    if value < 20:
        return _ONES[value]
    if value < 100:
        return _TENS[value // 10] + (f"-{_ONES[value % 10]}" if value % 10 else "")
    if value < 1000:
        rest = f" and {_english(value % 100)}" if value % 100 else ""
        return f"{_ONES[value // 100]} hundred{rest}"
    scale, name = next(each for each in _SCALES if value >= each[0])
    small = value % scale
    joined = f"{' and' if small < 100 else ''} {_english(small)}" if small else ""
    return f"{_english(value // scale)} {name}{joined}"


def _chinese(value: int) -> str:
    if value < 10:
        return _HAN[value]
    for scale, name in ((10**8, "亿"), (10**4, "万")):
        if value >= scale:
            high, low = divmod(value, scale)
            gap = "零" if 0 < low < scale // 10 else ""
            return _two(high, name) + gap + (_chinese_low(low) if low else "")
    words = _chinese_low(value)
    return words.removeprefix("一") if 10 <= value < 20 else words


def _chinese_low(value: int) -> str:
    if value >= 10**4:
        return _chinese(value)
    words, gap = "", False
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, scale)
        if digit:
            words += ("零" if gap and words else "") + ("两" if digit == 2 and scale == 1000 else _HAN[digit]) + name
            gap = False
        else:
            gap = bool(words)
    return words


def _two(value: int, name: str) -> str:
    return f"两{name}" if value == 2 else f"{_chinese(value)}{name}"


def _money_en(found: re.Match[str]) -> str:
    yuan, fen = int(found[3].replace(",", "")), int((found[4] or "").ljust(2, "0") or 0)
    parts = [f"{_english(yuan)} yuan"] if yuan or not fen else []
    parts += [f"{_english(fen)} fen"] if fen else []
    return ("minus " if found[1] or found[2] else "") + " and ".join(parts)


def _money_zh(found: re.Match[str]) -> str:
    yuan, fen = int(found[3].replace(",", "")), int((found[4] or "").ljust(2, "0") or 0)
    jiao = f"{_HAN[fen // 10]}角" if fen >= 10 else "零" if fen and yuan else ""
    small = jiao + (f"{_HAN[fen % 10]}分" if fen % 10 else "")
    return f"{'负' if found[1] or found[2] else ''}{_two(yuan, '元') if yuan or not fen else ''}{small}"


def _day(day: int, month: str, year: str) -> str:
    return f"the {_ORDINALS[(day - 1) % 31]} of {month} {_year(year)}"


def _year(year: str) -> str:
    return f"{_english(int(year[:2]))} {_english(int(year[2:]))}" if year[2:] != "00" else _english(int(year))


def _plain(language: str) -> Callable[[re.Match[str]], str]:
    def say(found: re.Match[str]) -> str:
        whole, _dot, part = found[0].replace(",", "").partition(".")
        if not part and len(whole.lstrip("-")) >= SPELT_FROM and "," not in found[0]:
            return digits(whole.lstrip("-"), language)
        said = number(int(whole), language)
        point = " point " if language == "en" else "点"
        apart = " " if language == "en" else ""
        return said + (point + apart.join(_ONES[int(one)] if language == "en" else _HAN[int(one)] for one in part) if part else "")

    return say


def _phone(language: str) -> Callable[[re.Match[str]], str]:
    return lambda found: (", " if language == "en" else "，").join(digits(part, language) for part in found.groups())


def _masked(language: str) -> Callable[[re.Match[str]], str]:
    ending = "ending in " if language == "en" else "尾号"
    return lambda found: ending + digits(found[2], language)


def _share(found: re.Match[str], language: str) -> str:
    said = _plain(language)(re.fullmatch(r".+", found[1]))  # type: ignore[arg-type]
    return f"{said} per cent" if language == "en" else f"百分之{said}"


_ENGLISH = [
    (_MONEY, _money_en), (_MASKED, _masked("en")), (_HIDDEN_NAME, lambda m: ""), (_PHONE, _phone("en")),
    (_DATE, lambda m: _day(int(m[3]), _MONTHS[(int(m[2]) - 1) % 12], m[1])),
    (_MONTH_DAY, lambda m: _day(int(m[2]), next(name for name in _MONTHS if name.startswith(m[1])), m[3] + m[4])),
    (_CLOCK, lambda m: f"{_english(int(m[1]))} {_english(int(m[2])) if int(m[2]) else 'o’clock'}"),
    (_SHARE, lambda m: _share(m, "en")),
    (_TICKET, lambda m: f"{m[1]} {digits(m[2], 'en')}"), (_UNIT, lambda m: _UNITS["en"][m[1]]), (_NUMBER, _plain("en")),
]  # fmt: skip
_CHINESE = [
    (_MONEY, _money_zh), (_MASKED, _masked("zh-CN")), (_HIDDEN_NAME, lambda m: "某"), (_PHONE, _phone("zh-CN")),
    (_DATE, lambda m: f"{''.join(_HAN[int(one)] for one in m[1])}年{_chinese(int(m[2]))}月{_chinese(int(m[3]))}日"),
    (_CLOCK, lambda m: f"{_chinese(int(m[1]))}点" + (f"{_chinese(int(m[2]))}分" if int(m[2]) else "")),
    (_SHARE, lambda m: _share(m, "zh-CN")), (_TICKET, lambda m: m[1] + digits(m[2], "zh-CN")),
    (re.compile(r"(?<=\d) ?(GB|MB|KB|min)(?![A-Za-z])"), lambda m: _UNITS["zh-CN"][m[1]]),
    (re.compile(r"(?<![A-Za-z\d.])-?\d+(?:,\d{3})*(?:\.\d+)?(?![A-Za-z\d])"), _plain("zh-CN")),
]  # fmt: skip
