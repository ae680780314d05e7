"""Turns plain values into pages: a room's own templates before the shared ones."""

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from markupsafe import Markup

from onehall.kernel.i18n import Text, Words, show
from onehall.kernel.identity import Who
from onehall.pages import shapes
from onehall.pages.assets import static

TEMPLATES: Final = Path(__file__).parent / "templates"
OTHER: Final = {"en": ("zh-CN", "中文"), "zh-CN": ("en", "English")}
Link = tuple[str, Words, str]


class Room:
    """A room with pages: its name, the folder of its `templates`, and the ways through it (address, words, drawing).

    `only`: to whom a way is shown; one that is not named there is shown to all.
    """

    def __init__(
        self,
        name: str,
        title: Words,
        home: str,
        folder: Path,
        links: tuple[Link, ...] = (),
        only: Mapping[str, Callable[[Who], bool]] | None = None,
    ) -> None:
        self.name = name
        self.title = title
        self.home = home
        self.folder = folder
        self.links = links
        self.only = only or {}

    @cached_property
    def jinja(self) -> Environment:
        """This will make the room's Jinja environment, once."""
        loader = ChoiceLoader([FileSystemLoader(self.folder / "templates"), FileSystemLoader(TEMPLATES)])
        made = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
        made.filters |= shapes.FILTERS
        made.globals |= {"static": static, "icons": Markup(static("icons.svg"))}
        return made

    def page(self, template: str, lang: str, path: str, **given: Any) -> str:
        """This will render a page in `lang` ("en", "zh-CN") at the address `path`, to which the language switch comes back."""
        other, other_name = OTHER[lang]
        return self.jinja.get_template(template).render(
            _=lambda id, **values: Text(id, values).render(lang), say=lambda words: show(words, lang), lang=lang, other_lang=other,
            other_lang_name=other_name, path=path, here=path.split("?")[0], room=self, title=show(self.title, lang),
            links=[(href, show(label, lang), symbol) for href, label, symbol in self.ways(given.get("who"))],
            **({"typed": {}, "offset": 0} | given),
        )  # fmt: skip

    def ways(self, who: Who | None) -> list[Link]:
        """This will give the ways of the room for a reader: one is shown to those who may go it."""
        return [way for way in self.links if way[0] not in self.only or (who is not None and self.only[way[0]](who))]
