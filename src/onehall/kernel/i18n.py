"""Texts that are written once in English and shown in the reader's language.

`_("Your plan changes on {day}.", day=...)` makes a `Text`: it keeps its words and its values apart, so it can be kept in
a row, and is rendered for a reader at the edge. Values may be numbers, dates, Money, other Texts or plain words.
"""

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal

from onehall.kernel.money import Money

LANGUAGES: Final = ("en", "zh-CN")
DEFAULT_LANGUAGE: Final = "en"
LOCALES = Path(__file__).parent.parent / "locales"
ZONE = ZoneInfo("Asia/Shanghai")


class Text(msgspec.Struct, frozen=True):
    """Words to be shown to a person: the English `id` and the values of its `{names}`."""

    id: str
    values: dict[str, Any] = {}

    def render(self, language: str = DEFAULT_LANGUAGE) -> str:
        """This will give the words in `language` ("en", "zh-CN"), or in English where a translation is missing."""
        words = catalogue(language).get(self.id) or self.id
        if not self.values:
            return words
        return words.format(**{name: show(value, language) for name, value in self.values.items()})

    def __str__(self) -> str:
        return self.render()


class Named(msgspec.Struct, frozen=True):
    """A name that its owner wrote in several languages (a plan, a store): `{"en": "...", "zh-CN": "..."}`."""

    by_language: dict[str, str]

    def render(self, language: str = DEFAULT_LANGUAGE) -> str:
        """This will give the name in `language`, else in the default language, else any."""
        names = self.by_language
        return names.get(language) or names.get(DEFAULT_LANGUAGE) or next(iter(names.values()), "")


Words = Text | Named | str


def _(id: str, /, **values: Any) -> Text:
    """This will make a Text; the name is what message extraction looks for."""
    return Text(id, {name: keep(value) for name, value in values.items()})


def keep(value: Any) -> Any:
    """This will give a value a form that survives being kept in a row: times become `{"at": ...}`, days `{"day": ...}`."""
    match value:
        case datetime():
            return {"at": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case msgspec.Struct():
            return msgspec.to_builtins(value)
    return value


def show(value: Any, language: str = DEFAULT_LANGUAGE) -> str:
    """This will write a value as a reader of `language` expects it; times are shown in the operator's zone."""
    match value:
        case Text() | Named():
            return value.render(language)
        case Money():
            return _amount(value, language).replace("CN¥", "¥")  # as the operator writes it
        case bool() | str():
            return str(value)
        case int():
            return format_decimal(value, locale=_locale(language))
        case datetime():
            return format_datetime(
                value.astimezone(ZONE), "medium" if language == "en" else "yyyy-MM-dd HH:mm", locale=_locale(language)
            )
        case date():
            return format_date(value, "medium", locale=_locale(language))
        case dict():
            return show(thaw(value), language)
    return str(value)


@lru_cache(maxsize=8)
def _locale(language: str) -> Locale:
    return Locale.parse(language.replace("-", "_"))


@lru_cache(maxsize=4096)
def _amount(amount: Money, language: str) -> str:
    return format_currency(amount.decimal(), amount.currency, locale=_locale(language))


def thaw(kept: Any) -> Any:
    """This will give back what `keep` or a row's JSON made of a Text, a Named, Money, a time or a day."""
    match kept:
        case {"id": str(id_), "values": dict(values)}:
            return Text(id_, values)
        case {"by_language": dict(names)}:
            return Named(names)
        case {"minor": int(minor), "currency": str(currency)}:
            return Money(minor, currency)
        case {"at": str(at)}:
            return datetime.fromisoformat(at)
        case {"day": str(day)}:
            return date.fromisoformat(day)
        case dict():
            return str(kept)
    return kept


def render(kept: Any, language: str) -> Any:
    """This will write every Text, name, amount and time inside a kept structure in the reader's language."""
    if isinstance(kept, list):
        return [render(part, language) for part in kept]
    if not isinstance(kept, dict):
        return kept
    thawed = thaw(kept) if len(kept) <= 2 else None
    if thawed is not None and not isinstance(thawed, str):
        return show(thawed, language)
    return {name: render(part, language) for name, part in kept.items()}


def choose_language(wanted: str | None) -> str:
    """This will pick one of our languages from a cookie value or an Accept-Language header."""
    for part in (wanted or "").split(","):
        tag = part.split(";")[0].strip().lower()
        if tag.startswith("zh"):
            return "zh-CN"
        if tag.startswith("en"):
            return "en"
    return DEFAULT_LANGUAGE


@lru_cache(maxsize=8)
def catalogue(language: str) -> dict[str, str]:
    """This will read every room's messages of a language: `locales/zh_CN/<room>.po`."""
    found: dict[str, str] = {}
    for path in sorted((LOCALES / language.replace("-", "_")).glob("*.po")):
        with path.open("rb") as file:
            found |= {str(m.id): str(m.string) for m in read_po(file, charset="utf-8") if m.id and m.string}
    return found
