"""Turns plain dicts into pages. It holds no business: what is not given is not shown."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, Undefined

from onehall.channels.web import shapes
from onehall.channels.web.assets import static
from onehall.kernel.i18n import Text, _, show
from onehall.pages.render import TEMPLATES as SHARED

ROOM: Final = Path(__file__).parent
TEMPLATES: Final = ROOM / "templates"
NAMES: Final = {"en": "English", "zh-CN": "中文"}
_TABS: Final = (("/", _("Hall"), "home"), ("/plans", _("Plans"), "sim"), ("/numbers", _("Numbers"), "hash"), ("/me", _("Mine"), "user"))


@lru_cache(maxsize=1)
def house() -> Environment:
    """This will make the room's Jinja environment; other rooms may add their own folders before ours."""
    jinja = Environment(
        loader=FileSystemLoader([TEMPLATES, SHARED]), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=Undefined
    )
    jinja.filters |= shapes.FILTERS
    jinja.tests["is_phone"] = jinja.filters["is_phone"] = shapes.is_phone
    jinja.globals["static"] = static
    return jinja


def page(template: str, lang: str, path: str = "/", **given: Any) -> str:
    """This will render a page in `lang` ("en", "zh-CN") at the address `path` (with its query, for the language switch)."""
    here = path.split("?")[0]
    other = "zh-CN" if lang == "en" else "en"
    return house().get_template(template).render(
        _=lambda id, **values: Text(id, values).render(lang), lang=lang, other_lang=other, other_lang_name=NAMES[other],
        langs=list(NAMES.items()), path=path, here=here, typed=given.pop("typed", {}), offset=given.pop("offset", 0),
        tabs=[(href, show(label, lang), symbol) for href, label, symbol in _TABS], **given,
    )  # fmt: skip
