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
    return Text(id, values)


def show(value: Any, language: str = DEFAULT_LANGUAGE) -> str:
    """This will write a value as a reader of `language` expects it; times are shown in the operator's zone."""
    locale = Locale.parse(language.replace("-", "_"))
    match value:
        case Text() | Named():
            return value.render(language)
        case Money():
            return format_currency(value.decimal(), value.currency, locale=locale)
        case bool() | str():
            return str(value)
        case int():
            return format_decimal(value, locale=locale)
        case datetime():
            return format_datetime(value.astimezone(ZONE), "medium" if language == "en" else "yyyy-MM-dd HH:mm", locale=locale)
        case date():
            return format_date(value, "medium", locale=locale)
        case dict() if "id" in value and "values" in value:
            return thaw(value).render(language)
        case dict() if "by_language" in value:
            return Named(value["by_language"]).render(language)
        case dict() if "currency" in value and "minor" in value:
            return show(Money(value["minor"], value["currency"]), language)
    return str(value)


def thaw(kept: Any) -> Any:
    """This will give back the Text, Named or plain words that were kept in a row as JSON."""
    if isinstance(kept, dict) and "id" in kept:
        return Text(kept["id"], kept.get("values", {}))
    if isinstance(kept, dict) and "by_language" in kept:
        return Named(kept["by_language"])
    return kept


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
